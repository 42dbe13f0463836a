"""The edge as an application."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from typing import Any, Final

import httpx
from fastapi import FastAPI
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from casetrail_common.errors import CasetrailError
from casetrail_common.ids import SERVICES, Service
from casetrail_common.problems import add_problem_handlers
from casetrail_common.web.context import RequestContextMiddleware
from casetrail_common.web.health import Check, health_router
from casetrail_embedded.gateway.examples import add_examples, examples
from casetrail_embedded.gateway.proxy import HttpService
from casetrail_embedded.gateway.routes import service_of
from casetrail_embedded.gateway.schema import merged

TITLE: Final = "Casetrail 案迹"
DESCRIPTION: Final = "行政执法全过程记录: the whole process of administrative enforcement, recorded and checked."

DOCS_POLICY: Final = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"
"""The documentation comes whole from here: it works without any other network."""


@dataclass(frozen=True, slots=True)
class _Behind:
    """Something behind the edge: how requests reach it, and how the edge itself asks it."""

    serve: ASGIApp
    client: httpx.AsyncClient


class Gateway:
    """Hands each request to the service its path belongs to, and answers the rest itself."""

    def __init__(self, behind: Mapping[Service, _Behind], *, issuer: FastAPI | None, own: FastAPI) -> None:
        self._behind = behind
        self._issuer = issuer
        self._own = own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._chosen(scope)(scope, receive, send)

    def _chosen(self, scope: Scope) -> ASGIApp:
        if scope["type"] != "http":
            return self._own
        service = service_of(scope["path"])
        if service is not None and service in self._behind:
            return self._behind[service].serve
        if self._issuer is not None and scope["path"].startswith("/dev/"):
            return self._issuer
        return self._own


def create_gateway(services: Mapping[Service, FastAPI | str], *, issuer: FastAPI | None = None) -> Gateway:
    """Make the edge.

    Parameters
    ----------
    services
        Each service as an application in this process, or as the URL of one in another.
    issuer
        The development issuer, if there is to be one.
    """
    behind = {service: _reached(service, services[service]) for service in SERVICES if service in services}
    inside = [each for each in (*services.values(), issuer) if isinstance(each, FastAPI)]

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for each in behind.values():
                stack.push_async_callback(each.client.aclose)
            for app in inside:
                await stack.enter_async_context(app.router.lifespan_context(app))
            yield

    own = FastAPI(
        title=TITLE, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=lifespan
    )
    checks = {str(service): _check(each.client) for service, each in behind.items()}
    own.include_router(health_router(checks))
    _describe(own, behind, issuer)
    add_problem_handlers(own)
    own.add_middleware(RequestContextMiddleware, service="gateway")
    return Gateway(behind, issuer=issuer, own=own)


def _reached(service: Service, where: FastAPI | str) -> _Behind:
    if isinstance(where, str):
        proxy = HttpService(service, where)
        return _Behind(proxy, proxy.client)
    transport = httpx.ASGITransport(app=where)
    return _Behind(where, httpx.AsyncClient(transport=transport, base_url=f"http://{service}"))


def _check(client: httpx.AsyncClient) -> Check:
    """Ask a service whether it can serve."""

    async def check() -> str | None:
        try:
            answer = await client.get("/readyz")
        except httpx.TransportError as error:
            return type(error).__name__
        missing = {name: found for name, found in answer.json().get("checks", {}).items() if found != "ok"}
        return ", ".join(f"{name}: {found}" for name, found in missing.items()) or None

    return check


def _describe(own: FastAPI, behind: Mapping[Service, _Behind], issuer: FastAPI | None) -> None:
    """Add the documentation of everything behind the edge."""
    kept: dict[str, Any] = {}

    @own.get("/openapi.json")
    async def openapi() -> Response:
        if not kept:
            schemas = {str(service): await _schema(service, each.client) for service, each in behind.items()}
            if issuer is not None:
                schemas["issuer"] = issuer.openapi()
            kept.update(merged(schemas, title=TITLE, version=version("casetrail"), description=DESCRIPTION))
            add_examples(kept, examples())
        return JSONResponse(kept)

    for path, name, media_type in (
        ("/docs", "docs.html", "text/html"),
        ("/docs.css", "docs.css", "text/css"),
        ("/docs.js", "docs.js", "text/javascript"),
    ):
        own.add_api_route(path, _asset(name, media_type), methods=["GET"])


async def _schema(service: Service, client: httpx.AsyncClient) -> dict[str, Any]:
    try:
        answer = await client.get("/openapi.json")
    except httpx.TransportError as error:
        raise CasetrailError("upstream_unavailable", {"service": service}) from error
    schema: dict[str, Any] = answer.json()
    return schema


def _asset(name: str, media_type: str) -> Callable[[], Awaitable[Response]]:
    content = files("casetrail_embedded.gateway").joinpath(name).read_bytes()

    async def asset() -> Response:
        return Response(content, media_type=media_type, headers={"Content-Security-Policy": DOCS_POLICY})

    return asset
