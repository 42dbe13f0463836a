"""One service's real API over a database of its own, with or without its worker, called as people of an agency."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from casetrail_common.auth import JwksCache, JwtVerifier, Principal
from casetrail_common.runtime import Blueprint, Process, create_app, open_process, work
from casetrail_common.settings import Settings
from casetrail_embedded.issuer import DevIssuer
from casetrail_embedded.stack.addresses import StackAddresses
from support.stack import scratch_database

PATIENCE = {"deferred_wait_s": 60, "position_wait_s": 60, "rejection_wait_ms": 60_000}
"""Settings of services that follow each other: long enough for a busy machine, and no test waits them out."""


@dataclass
class Served:
    """A service, seen from outside."""

    blueprint: Blueprint
    process: Process
    http: httpx.AsyncClient
    issuer: DevIssuer

    async def send(
        self,
        who: Principal,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        key: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        """Send a request as somebody."""
        token = self.issuer.token(who.person, who.agency, unit=who.unit, roles=sorted(who.roles))
        sent = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or secrets.token_hex(8), **headers}
        return await self.http.request(method, path, json=body, headers=sent)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Run the service's worker meanwhile."""
        stop = asyncio.Event()
        worker = asyncio.create_task(work(self.blueprint, self.process, stop))
        try:
            yield
        finally:
            stop.set()
            await worker


async def everything_is_told(_agency: str) -> bool:
    """Say that there is nothing left to follow: what the test has told is all there is."""
    return True


@asynccontextmanager
async def serving(
    blueprint: Blueprint, stack: StackAddresses, data_dir: Path, **settings: Any
) -> AsyncIterator[Served]:
    """Open a service over a database of its own, as its application's role.

    Whoever runs its worker gives it another broker than that of the stack, where the application follows.
    """
    service = blueprint.service
    async with AsyncExitStack() as closing:
        database = await closing.enter_async_context(scratch_database(stack, service))
        addresses: dict[str, Any] = {
            f"postgres_{service}_dsn": database.app_dsn,
            f"postgres_{service}_owner_dsn": database.owner_dsn,
            "kafka_bootstrap": stack.kafka_bootstrap,
        }
        chosen = Settings(**{**addresses, **settings}, dev_issuer=True, data_dir=data_dir)
        process = await closing.enter_async_context(open_process(blueprint, chosen))
        issuer = DevIssuer.open(chosen)
        process.verifier = JwtVerifier(JwksCache(issuer.jwks), issuer=chosen.oidc_issuer, audience=chosen.oidc_audience)
        transport = httpx.ASGITransport(create_app(blueprint, process))
        http = await closing.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://service"))
        yield Served(blueprint, process, http, issuer)
