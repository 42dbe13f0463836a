"""Tokens: verified against the issuer's keys and read into a principal.

Source: RFC 7519 (JWT), RFC 8725 (JWT best current practices): algorithms are an allow-list, issuer and audience are
checked, and the type of the claims is.
"""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jws import JWSRegistry
from joserfc.util import json_b64decode

from casetrail_common.auth.jwks import JwksCache, Key, KeySource, fetch_from
from casetrail_common.auth.principal import Principal
from casetrail_common.auth.roles import Role
from casetrail_common.errors import CasetrailError
from casetrail_common.settings import Settings

ALGORITHMS: Final = ("ES256", "RS256", "Ed25519", "EdDSA")
"""Asymmetric only: a key that can verify must not be able to sign. `EdDSA` is the older name of `Ed25519`.

Source: RFC 8725 section 3.1, RFC 9864.
"""

MAX_TOKEN_CHARACTERS: Final = 8192

MOST_REMEMBERED: Final = 500
"""Tokens whose signature is not checked again while the key stays: as many people at work on one machine."""

_PERSON: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_AGENCY: Final = re.compile(r"[a-z0-9-]{1,40}")
_KNOWN_ROLES: Final = frozenset(map(str, Role))


class TokenVerifier(Protocol):
    """Turns a token into the person it was issued to."""

    async def verify(self, token: str) -> Principal:
        """Return the principal.

        Raises
        ------
        CasetrailError
            `unauthenticated`, `token_expired`, or `issuer_unavailable` if no key of the issuer could be had so far.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Signed:
    """That a key has signed claims: this does not change, so it is checked once. Everything else is, each time."""

    kid: str | None
    key: Key
    claims: dict[str, Any]


class JwtVerifier:
    """Verifies JSON Web Tokens.

    Checking a signature takes as long as deciding a command, so a good one is remembered, under the whole token and
    with the key that made it. The claims are judged each time. A key that is withdrawn, or fetched anew, has its
    signatures checked again. Bad tokens are not remembered, so nobody without a good one can fill this.

    Parameters
    ----------
    keys
        Where the issuer's public keys come from.
    leeway_s
        Seconds by which the issuer's clock may differ.
    now
        Seconds since the epoch by the real clock: tokens expire whatever an agency's clock says.
    """

    def __init__(
        self,
        keys: KeySource,
        *,
        issuer: str,
        audience: str,
        leeway_s: int = 30,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._remembered: dict[str, _Signed] = {}
        self._registry = JWSRegistry(algorithms=list(ALGORITHMS))
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(now()),
            leeway=leeway_s,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def verify(self, token: str) -> Principal:
        """Return the principal a token was issued to."""
        if len(token) > MAX_TOKEN_CHARACTERS:
            raise CasetrailError("unauthenticated")
        try:
            claims = await self._signed(token)
            self._claims.validate(claims)
        except ExpiredTokenError as error:
            raise CasetrailError("token_expired") from error
        except (JoseError, ValueError, TypeError, AttributeError) as error:
            raise CasetrailError("unauthenticated") from error
        return _principal(claims)

    async def _signed(self, token: str) -> dict[str, Any]:
        """Return the claims of a token once its signature has been found good."""
        known = self._remembered.get(token)
        kid = known.kid if known else _key_id(token)
        key = await self._keys.key(kid)
        if known is None or known.key is not key:
            known = _Signed(kid, key, jwt.decode(token, key, registry=self._registry).claims)
            self._remembered[token] = known
            if len(self._remembered) > MOST_REMEMBERED:
                del self._remembered[next(iter(self._remembered))]
        return known.claims


def _key_id(token: str) -> str | None:
    """Read the key id of a token that nobody has verified yet.

    Raises
    ------
    JoseError, ValueError
        If the first part of the token is no header.
    """
    kid = json_b64decode(token.encode().partition(b".")[0]).get("kid")
    return kid if isinstance(kid, str) else None


def _principal(claims: Mapping[str, Any]) -> Principal:
    person, agency, unit = claims["sub"], claims.get("agency"), claims.get("unit")
    roles = claims.get("roles", [])
    well_formed = (
        isinstance(person, str)
        and _PERSON.fullmatch(person)
        and isinstance(agency, str)
        and _AGENCY.fullmatch(agency)
        and (unit is None or (isinstance(unit, str) and _PERSON.fullmatch(unit)))
        and isinstance(roles, list)
    )
    if not well_formed:
        raise CasetrailError("unauthenticated")
    # An issuer that serves other systems too may put their roles here; they grant nothing.
    known = frozenset(role for role in roles if isinstance(role, str) and role in _KNOWN_ROLES)
    return Principal(person=claims["sub"], agency=claims["agency"], unit=unit, roles=known)


def verifier_from(settings: Settings) -> JwtVerifier:
    """Make the verifier a deployment asks for; keys are fetched when the first token arrives."""
    return JwtVerifier(
        JwksCache(fetch_from(settings.oidc_jwks_url)),
        issuer=settings.oidc_issuer,
        audience=settings.oidc_audience,
        leeway_s=settings.oidc_leeway_s,
    )
