"""What the applications of all services have in common."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version

from fastapi import APIRouter, FastAPI

from casetrail_common.auth import AuthenticationMiddleware, TokenVerifier
from casetrail_common.ids import Service
from casetrail_common.problems import add_problem_handlers
from casetrail_common.settings import Settings
from casetrail_common.telemetry import instrument_app
from casetrail_common.web.bounds import RequestBoundsMiddleware
from casetrail_common.web.context import RequestContextMiddleware
from casetrail_common.web.health import Check, health_router
from casetrail_common.web.openapi import install_openapi
from casetrail_common.web.wish import WishRoute


def service_router(*, tag: str) -> APIRouter:
    """Make a router whose routes read their bodies as wishes; write whole paths in its routes."""
    return APIRouter(route_class=WishRoute, tags=[tag])


def create_service_app(
    service: Service,
    *,
    title: str,
    description: str,
    settings: Settings,
    verifier: TokenVerifier,
    routers: Sequence[APIRouter],
    checks: Mapping[str, Check],
) -> FastAPI:
    """Make the application of a service.

    Answers come in the order 401, 400 and 413, 422, 404, 403: the token is verified before the body is read, and the
    body is read before the service sees it.

    Parameters
    ----------
    checks
        What `/readyz` asks, by name; see `Check`.
    """
    app = FastAPI(
        title=title,
        description=description,
        version=version("casetrail"),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Keeps the framework from describing its own 422; `install_openapi` describes ours.
        responses={"default": {"description": "Refused"}},
    )
    app.include_router(health_router(checks))
    for router in routers:
        app.include_router(router)
    add_problem_handlers(app)
    install_openapi(app)
    # The last one added is the outermost.
    app.add_middleware(RequestBoundsMiddleware, max_body_bytes=settings.max_body_bytes)
    app.add_middleware(AuthenticationMiddleware, verifier=verifier)
    app.add_middleware(RequestContextMiddleware, service=service)
    if settings.otlp_endpoint:
        instrument_app(app, service=service)
    return app
