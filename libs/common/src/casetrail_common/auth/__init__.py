"""Who is asking: tokens, roles, and the principal they add up to."""

from casetrail_common.auth.edge import AuthenticationMiddleware, CurrentPrincipal, principal, requires
from casetrail_common.auth.jwks import JwksCache
from casetrail_common.auth.principal import Principal
from casetrail_common.auth.roles import Role
from casetrail_common.auth.tokens import JwtVerifier, TokenVerifier, verifier_from

__all__ = [
    "AuthenticationMiddleware",
    "CurrentPrincipal",
    "JwksCache",
    "JwtVerifier",
    "Principal",
    "Role",
    "TokenVerifier",
    "principal",
    "requires",
    "verifier_from",
]
