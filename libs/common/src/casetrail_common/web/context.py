"""What surrounds every request: an id to find it by, headers for browsers, its duration."""

import secrets
import time
from typing import Final

from opentelemetry import trace
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casetrail_common.logs import REQUEST_ID
from casetrail_common.metrics import HTTP_REQUESTS

SECURITY_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Set unless the answer says otherwise: case data belongs in no cache and no frame.

Source: OWASP REST Security Cheat Sheet, section "Security headers".
"""


class RequestContextMiddleware:
    """Gives each request an id (its trace id, if it is traced) and each answer the security headers."""

    def __init__(self, app: ASGIApp, *, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _trace_id() or secrets.token_hex(16)
        scope.setdefault("state", {})["request_id"] = request_id
        REQUEST_ID.set(request_id)
        started = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            HTTP_REQUESTS.labels(self._service, _method(scope), _route(scope), str(status)).observe(
                time.perf_counter() - started
            )


def _trace_id() -> str | None:
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None


def _method(scope: Scope) -> str:
    """A client may invent methods; a label must stay within a small set."""
    known = {"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"}
    return scope["method"] if scope["method"] in known else "other"


def _route(scope: Scope) -> str:
    """Return the template of the path, never the path: ids would make a series each."""
    return str(getattr(scope.get("route"), "path", "unmatched"))
