"""Authentication before anything else is read, and the principal as a dependency."""

from typing import Annotated, Final

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from casetrail_common.auth.principal import Principal
from casetrail_common.auth.tokens import TokenVerifier
from casetrail_common.errors import CasetrailError
from casetrail_common.problems import problem_response

PUBLIC_PATHS: Final = frozenset({"/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"})
"""Paths that tell nothing about any agency."""

_bearer = HTTPBearer(
    auto_error=False, scheme_name="bearer", bearerFormat="JWT", description="Access token of the OIDC issuer."
)


class AuthenticationMiddleware:
    """Answers 401 before the body is read or a path is matched: without a token nothing can be learned."""

    def __init__(self, app: ASGIApp, *, verifier: TokenVerifier) -> None:
        self._app = app
        self._verifier = verifier

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in PUBLIC_PATHS:
            try:
                found = await self._verifier.verify(_bearer_token(scope))
            except CasetrailError as error:
                await problem_response(error, Request(scope))(scope, receive, send)
                return
            scope.setdefault("state", {})["principal"] = found
        await self._app(scope, receive, send)


async def principal(
    request: Request,
    _documented: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None,
) -> Principal:
    """Return who is asking.

    Raises
    ------
    CasetrailError
        `unauthenticated` if nobody verified a token for this request.
    """
    found: object = request.scope.get("state", {}).get("principal")
    if not isinstance(found, Principal):
        raise CasetrailError("unauthenticated")
    return found


CurrentPrincipal = Annotated[Principal, Depends(principal)]


def _bearer_token(scope: Scope) -> str:
    """Source: RFC 6750 section 2.1."""
    scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise CasetrailError("unauthenticated")
    return token.strip()
