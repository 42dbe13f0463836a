"""Whether the process lives, whether it can serve, and what it has counted."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.responses import JSONResponse

from casetrail_common.errors import CasetrailError
from casetrail_common.outages import DATABASE_ERRORS

Check = Callable[[], Awaitable[str | None]]
"""Returns None if all is well, otherwise what is wrong in a few words without names or addresses."""

CHECK_TIMEOUT_S: Final = 2.0
"""Seconds; a probe that waits longer than its caller helps nobody."""


class Health(BaseModel):
    """The answer of a probe."""

    status: str
    checks: dict[str, str] = {}


def health_router(checks: Mapping[str, Check]) -> APIRouter:
    """Make the probes of a service."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="The process lives")
    async def healthz() -> Health:
        return Health(status="alive")

    @router.get("/readyz", summary="The service can serve", response_model=Health)
    async def readyz() -> Response:
        health = await judge(checks)
        return JSONResponse(health.model_dump(), status_code=200 if health.status == "ready" else 503)

    @router.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


async def judge(checks: Mapping[str, Check]) -> Health:
    """Run all checks side by side."""
    found = await asyncio.gather(*(_outcome(check) for check in checks.values()))
    outcomes = dict(zip(checks, found, strict=True))
    return Health(status="ready" if set(found) <= {"ok"} else "not_ready", checks=outcomes)


async def _outcome(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            return await check() or "ok"
    except TimeoutError:
        return "no answer"
    except (*DATABASE_ERRORS, CasetrailError) as error:
        return type(error).__name__
