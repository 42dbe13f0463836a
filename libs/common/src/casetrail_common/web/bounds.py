"""Requests that are refused before anything reads them."""

from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casetrail_common.errors import CasetrailError
from casetrail_common.problems import problem_response

_NUL_IN_QUERY: Final = b"%00"


class RequestBoundsMiddleware:
    """Refuses bodies over the limit, announced or not, and addresses that hold U+0000."""

    def __init__(self, app: ASGIApp, *, max_body_bytes: int) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await problem_response(refusal, Request(scope))(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > self._max_body_bytes:
                    # The only kind of error that body reading in FastAPI lets through.
                    raise HTTPException(413)
            return message

        await self._app(scope, receive_counted, send)

    def _refusal(self, scope: Scope) -> CasetrailError | None:
        if "\0" in scope["path"] or _NUL_IN_QUERY in scope["query_string"]:
            return CasetrailError("text_not_storable")
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > self._max_body_bytes:
            return CasetrailError("body_too_large", {"limit_bytes": self._max_body_bytes})
        return None
