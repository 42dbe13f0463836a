"""The development issuer: signs a token for anybody who asks. For development and tests, never for production.

It stands where an OIDC issuer of the agency would stand; the services cannot tell the difference, since they only see
its public keys.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Final, Self

from fastapi import APIRouter, FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey
from pydantic import BaseModel, Field

from casetrail_common.auth import Role
from casetrail_common.ids import AgencyId, PersonId, UnitId
from casetrail_common.problems import add_problem_handlers
from casetrail_common.settings import Settings
from casetrail_common.web import Sent, Wish, WishRoute
from casetrail_common.web.bounds import RequestBoundsMiddleware
from casetrail_common.web.context import RequestContextMiddleware
from casetrail_common.web.openapi import install_openapi

ALGORITHM: Final = "ES256"
KEY_FILE: Final = "dev-issuer-key.json"
DEFAULT_TTL_S: Final = 3600
MAX_TTL_S: Final = 30 * 24 * 3600


class IssuerDisabledError(RuntimeError):
    """The development issuer was asked to start where no setting allows it."""


class TokenWish(Wish):
    """Whom the token is for."""

    sub: PersonId
    agency: AgencyId
    unit: UnitId | None = None
    roles: list[Role] = []
    ttl_s: Annotated[int, Field(ge=-3600, le=MAX_TTL_S, description="Seconds it is valid; negative: expired.")] = (
        DEFAULT_TTL_S
    )


class TokenAnswer(BaseModel):
    """Source: RFC 6749 section 5.1."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105  the name of a scheme
    expires_in: int


@dataclass(frozen=True, slots=True)
class DevIssuer:
    """Signs tokens with a key of its own."""

    key: ECKey
    issuer: str
    audience: str
    now: Callable[[], float] = time.time

    @classmethod
    def open(cls, settings: Settings, *, now: Callable[[], float] = time.time) -> Self:
        """Take up the key kept in the data directory, or make one there that only its owner can read.

        Raises
        ------
        IssuerDisabledError
            Unless CASETRAIL_DEV_ISSUER is set: whoever reaches this issuer can be anybody.
        """
        if not settings.dev_issuer:
            raise IssuerDisabledError("set CASETRAIL_DEV_ISSUER=1 to start the development issuer; never in production")
        key = _kept_key(settings.data_dir / KEY_FILE)
        return cls(key=key, issuer=settings.oidc_issuer, audience=settings.oidc_audience, now=now)

    def token(
        self,
        sub: str,
        agency: str,
        *,
        unit: str | None = None,
        roles: list[str] | None = None,
        ttl_s: int = DEFAULT_TTL_S,
    ) -> str:
        """Sign a token."""
        issued_at = int(self.now())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": sub,
            "agency": agency,
            "roles": roles or [],
            "iat": issued_at,
            "exp": issued_at + ttl_s,
        }
        if unit is not None:
            claims["unit"] = unit
        return jwt.encode({"alg": ALGORITHM, "kid": self.key.kid}, claims, self.key, algorithms=[ALGORITHM])

    async def jwks(self) -> dict[str, Any]:
        """Return the public keys; it can stand in for fetching them."""
        return {"keys": [self.key.as_dict(private=False, use="sig", alg=ALGORITHM)]}


def create_dev_issuer(settings: Settings) -> FastAPI:
    """Make the application of the development issuer, with paths under `/dev`.

    Raises
    ------
    IssuerDisabledError
        Unless CASETRAIL_DEV_ISSUER is set.
    """
    issuer = DevIssuer.open(settings)
    router = APIRouter(route_class=WishRoute, tags=["development"])

    @router.post("/dev/token")
    async def token(wish: Sent[TokenWish]) -> TokenAnswer:
        """Sign a token for anybody. Development only."""
        roles = [str(role) for role in wish.roles]
        signed = issuer.token(wish.sub, wish.agency, unit=wish.unit, roles=roles, ttl_s=wish.ttl_s)
        return TokenAnswer(access_token=signed, expires_in=wish.ttl_s)

    @router.get("/dev/jwks.json")
    async def jwks() -> dict[str, Any]:
        """Return the public keys of the development issuer."""
        return await issuer.jwks()

    app = FastAPI(
        title="Casetrail development issuer",
        version=version("casetrail"),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses={"default": {"description": "Refused"}},
    )
    app.include_router(router)
    add_problem_handlers(app)
    install_openapi(app)
    app.add_middleware(RequestBoundsMiddleware, max_body_bytes=settings.max_body_bytes)
    app.add_middleware(RequestContextMiddleware, service="dev-issuer")
    return app


def _kept_key(file: Path) -> ECKey:
    if file.exists():
        return ECKey.import_key(json.loads(file.read_text()))
    key = ECKey.generate_key("P-256", auto_kid=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(key.as_dict(private=True), out)
        out.flush()
        os.fsync(out.fileno())
    fresh.rename(file)
    return key
