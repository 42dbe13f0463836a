"""The application's ledgers, read from outside."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from casetrail_archive.verify_ledger import verify
from casetrail_common.ids import SERVICES, Service
from casetrail_embedded.stack.addresses import StackAddresses


async def counts(stack: StackAddresses, agency: str) -> dict[str, int]:
    """Return how many facts each service holds of an agency."""
    found = {}
    for service in SERVICES:
        async with connected(stack.dsn(service)) as conn:
            found[str(service)] = await conn.fetchval("select count(*) from ledger where agency = $1", agency)
    return found


async def facts(stack: StackAddresses, service: Service, agency: str, *types: str) -> list[dict[str, Any]]:
    """Return the bodies of a service's facts of an agency in order, of some types if any are given."""
    async with connected(stack.dsn(service)) as conn:
        rows = await conn.fetch("select body from ledger where agency = $1 order by n", agency)
    bodies = [json.loads(row["body"]) for row in rows]
    return [body for body in bodies if not types or body["type"] in types]


async def faults(stack: StackAddresses, agency: str) -> list[str]:
    """Return what verification finds wrong with an agency's ledgers."""
    report = await verify({service: stack.dsn(service) for service in SERVICES})
    return [str(fault) for fault in report.faults if fault.agency == agency]


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """Open a connection and close it."""
    conn = await asyncpg.connect(dsn)
    try:
        yield conn
    finally:
        await conn.close()
