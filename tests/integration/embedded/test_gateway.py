"""The edge routes alike whether the services are in its process or behind the network."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Annotated

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Query, Request
from starlette.responses import StreamingResponse

from casetrail_common.auth import CurrentPrincipal, JwksCache, JwtVerifier
from casetrail_common.ids import SERVICES, Service
from casetrail_common.settings import Settings
from casetrail_common.web import Sent, Wish, create_service_app, service_router
from casetrail_embedded.gateway import create_gateway
from casetrail_embedded.issuer import DevIssuer, create_dev_issuer

PATH_OF = {"intake": "/v1/cases", "media": "/v1/media", "review": "/v1/reviews", "archive": "/v1/dossiers"}
CHUNK = b"x" * 65536


class Answer(Wish):
    service: str


def service_app(service: Service, settings: Settings) -> FastAPI:
    router = service_router(tag=service)

    @router.get(PATH_OF[service] + "/{name:path}")
    async def echo(
        name: str, request: Request, who: CurrentPrincipal, q: Annotated[list[str], Query()]
    ) -> dict[str, str | list[str]]:
        """Tell what arrived."""
        return {
            "service": service,
            "name": name,
            "person": who.person,
            "query": str(request.url.query),
            "x-twice": request.headers.getlist("x-twice"),
            "hops": [name for name in request.headers if name in {"te", "proxy-authorization"}],
        }

    @router.post(PATH_OF[service], response_model=Answer)
    async def make(wish: Sent[Answer]) -> dict[str, str]:
        """Make something."""
        return {"service": wish.service}

    @router.get("/v1/items/{item}")
    async def item(item: str) -> dict[str, str]:
        """Read an item."""
        return {"service": service, "item": item}

    @router.put(PATH_OF[service] + "/size")
    async def size(request: Request) -> int:
        """Count what is sent."""
        return sum([len(chunk) async for chunk in request.stream()])

    @router.delete(PATH_OF[service] + "/big")
    async def big() -> StreamingResponse:
        """Answer in many chunks."""

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(64):
                yield CHUNK

        return StreamingResponse(chunks(), headers={"X-Own": "1"})

    async def well() -> str | None:
        return "follower stopped" if service == "review" else None

    issuer = DevIssuer.open(settings)
    return create_service_app(
        service,
        title=service,
        description=service,
        settings=settings,
        verifier=JwtVerifier(JwksCache(issuer.jwks), issuer=settings.oidc_issuer, audience=settings.oidc_audience),
        routers=[router],
        checks={"follower": well},
    )


@asynccontextmanager
async def served(app: object) -> AsyncIterator[str]:
    """Serve an application on a free port."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on"))  # type: ignore[arg-type]
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


@pytest.fixture(params=["together", "split"])
async def edge(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(dev_issuer=True, data_dir=tmp_path, max_body_bytes=16 * 1024 * 1024)
    async with AsyncExitStack() as stack:
        apps: dict[Service, FastAPI | str] = {service: service_app(service, settings) for service in SERVICES}
        if request.param == "split":
            apps = {service: await stack.enter_async_context(served(app)) for service, app in apps.items()}
        gateway = create_gateway(apps, issuer=create_dev_issuer(settings))
        url = await stack.enter_async_context(served(gateway))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=60))
        wish = {"sub": "zhou", "agency": "qinghe", "unit": "u1", "roles": ["case_officer"], "ttl_s": 3600}
        token = (await client.post("/dev/token", json=wish)).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


async def test_each_path_reaches_its_service_unchanged(edge: httpx.AsyncClient) -> None:
    for service, path in PATH_OF.items():
        answer = await edge.get(
            f"{path}/a%2Fb%20c?q=%E6%A1%88&q=2",
            headers=[("X-Twice", "1"), ("X-Twice", "2"), ("Te", "trailers"), ("Proxy-Authorization", "x")],
        )
        told = answer.json()
        assert (told["service"], told["person"], told["name"]) == (service, "zhou", "a/b c")
        assert told["query"] == "q=%E6%A1%88&q=2"
        assert told["x-twice"] == ["1", "2"]


async def test_an_item_is_read_from_the_service_that_made_it(edge: httpx.AsyncClient) -> None:
    for service in SERVICES:
        answer = await edge.get(f"/v1/items/{service[0]}-0190")
        assert answer.json() == {"service": service, "item": f"{service[0]}-0190"}


async def test_what_belongs_nowhere_is_404_and_a_missing_token_401(edge: httpx.AsyncClient) -> None:
    for path in ("/v1/nothing", "/", "/v1/items/x-1", "/dev/nothing"):
        answer = await edge.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert answer.headers["content-type"] == "application/problem+json"
    answer = await edge.get("/v1/cases/x", headers={"Authorization": "Bearer forged"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_bodies_stream_through_in_both_directions(edge: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield CHUNK

    assert (await edge.put("/v1/media/size", content=chunks())).json() == 64 * len(CHUNK)
    assert (await edge.put("/v1/media/size", content=CHUNK)).json() == len(CHUNK)
    answer = await edge.delete("/v1/media/big")
    assert (len(answer.content), answer.headers["x-own"]) == (64 * len(CHUNK), "1")


async def test_a_body_over_the_limit_is_refused_through_the_edge(edge: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(1024):
            yield CHUNK

    answer = await edge.put("/v1/media/size", content=chunks())
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert (await edge.get("/healthz")).status_code == 200


async def test_the_schema_is_that_of_all_services(edge: httpx.AsyncClient) -> None:
    schema = (await edge.get("/openapi.json")).json()
    assert schema["openapi"].startswith("3.1")
    assert {*PATH_OF.values(), "/v1/items/{item}", "/dev/token", "/dev/jwks.json"} <= set(schema["paths"])
    components = schema["components"]["schemas"]
    assert {"Answer", "ProblemDocument", "TokenWish"} <= set(components)
    assert schema["paths"]["/v1/items/{item}"]["get"]["x-casetrail-services"] == list(SERVICES)


async def test_the_documentation_needs_nothing_from_elsewhere(edge: httpx.AsyncClient) -> None:
    for path in ("/docs", "/docs.js", "/docs.css"):
        answer = await edge.get(path)
        assert answer.status_code == 200
        assert "//" not in answer.text.replace("// Lists", "")
        assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_readiness_names_the_service_that_is_not_ready(edge: httpx.AsyncClient) -> None:
    answer = await edge.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {
        "intake": "ok",
        "media": "ok",
        "review": "follower: follower stopped",
        "archive": "ok",
    }


async def test_a_service_that_is_down_is_told_as_502() -> None:
    gateway = create_gateway({"intake": "http://127.0.0.1:9"})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=gateway), base_url="http://edge") as client:
        answer = await client.get("/v1/cases/x")
        assert (answer.status_code, answer.json()["code"]) == (502, "upstream_unavailable")
        assert answer.json()["facts"] == {"service": "intake"}
        assert answer.headers["retry-after"] == "2"
        assert (await client.get("/readyz")).json()["checks"] == {"intake": "ConnectError"}
        assert (await client.get("/openapi.json")).json()["code"] == "upstream_unavailable"
