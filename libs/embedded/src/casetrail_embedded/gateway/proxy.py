"""A service in another process, reached over HTTP; bodies flow through in both directions as they come."""

import logging
from collections.abc import AsyncIterator
from typing import Final

import httpx
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from casetrail_common.errors import CasetrailError
from casetrail_common.ids import Service
from casetrail_common.problems import problem_response

logger = logging.getLogger(__name__)

TIMEOUT: Final = httpx.Timeout(connect=2.0, read=300.0, write=30.0, pool=10.0)
"""Seconds. Setting a test clock settles all services before it answers: minutes, if many timers are due."""

LIMITS: Final = httpx.Limits(max_connections=256, max_keepalive_connections=32, keepalive_expiry=4.0)
"""Idle connections are given up before the server behind does (five seconds), or a request would meet a closed one."""

HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"host",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""Headers that speak of one connection only. Source: RFC 9110 section 7.6.1."""


class ClientGoneError(Exception):
    """The caller hung up while it was still sending."""


class HttpService:
    """Forwards requests to a service at a URL.

    Parameters
    ----------
    client
        Only for tests: what to send with instead of the network.
    """

    def __init__(self, service: Service, url: str, *, client: httpx.AsyncClient | None = None) -> None:
        self._service = service
        self._url = httpx.URL(url)
        self.client = client or httpx.AsyncClient(base_url=url, timeout=TIMEOUT, limits=LIMITS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = self._forwarded(scope, receive)
        try:
            response = await self.client.send(request, stream=True)
        except ClientGoneError:
            return
        except httpx.TransportError:
            refusal = CasetrailError("upstream_unavailable", {"service": self._service})
            await problem_response(refusal, Request(scope))(scope, receive, send)
            return
        try:
            await send(
                {
                    "type": "http.response.start",
                    "status": response.status_code,
                    "headers": _passed(response.headers.raw),
                }
            )
            async for chunk in response.aiter_raw():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except httpx.TransportError:
            # The status has gone out already: only breaking off tells the caller that the rest is missing.
            logger.warning("a service broke off its answer", extra={"service": self._service})
            raise
        finally:
            await response.aclose()

    def _forwarded(self, scope: Scope, receive: Receive) -> httpx.Request:
        path = scope.get("raw_path") or scope["path"].encode()
        query = scope["query_string"]
        names = {name for name, _ in scope["headers"]}
        has_body = b"content-length" in names or b"transfer-encoding" in names
        return httpx.Request(
            scope["method"],
            self._url.copy_with(raw_path=path + (b"?" + query if query else b"")),
            headers=[*_passed(scope["headers"]), (b"host", self._url.netloc)],
            content=_body(receive) if has_body else None,
            extensions={"timeout": TIMEOUT.as_dict()},
        )


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        more = message.get("more_body", False)
        if chunk := message.get("body", b""):
            yield chunk


def _passed(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP]
