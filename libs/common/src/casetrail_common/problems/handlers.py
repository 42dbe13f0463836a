"""Every way a request can fail, turned into a problem document."""

import logging
from typing import Final

import asyncpg
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from casetrail_common.errors import CasetrailError
from casetrail_common.problems.document import FieldProblem, problem_of, problem_response, request_id_of
from casetrail_common.problems.table import CODE_OF_STATUS

logger = logging.getLogger(__name__)

TRANSIENT_ERRORS: Final[tuple[type[Exception], ...]] = (
    ConnectionError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,
)
"""What a database that is restarting looks like from here: the request may be repeated."""

MAX_FIELD_PROBLEMS: Final = 20
"""Answering more helps nobody and lets a small request draw a large answer."""

MAX_POINTER_CHARACTERS: Final = 200


def add_problem_handlers(app: FastAPI) -> None:
    """Make an application answer every failure as a problem document."""
    app.add_exception_handler(CasetrailError, refused)
    app.add_exception_handler(RequestValidationError, wrongly_formed)
    app.add_exception_handler(HTTPException, refused_by_framework)
    for transient in TRANSIENT_ERRORS:
        app.add_exception_handler(transient, unavailable)
    app.add_exception_handler(asyncpg.InterfaceError, database_interface_failed)
    app.add_exception_handler(Exception, failed)


async def refused(request: Request, error: Exception) -> Response:
    """Answer an expected refusal."""
    assert isinstance(error, CasetrailError)  # noqa: S101  registered for this type alone
    try:
        problem_of(error)
    except KeyError:
        return await failed(request, error)
    return problem_response(error, request, errors=_named_fields(error))


async def wrongly_formed(request: Request, error: Exception) -> Response:
    """Answer malformed JSON with 400 and arguments of the wrong shape with 422."""
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for this type alone
    found = error.errors()
    kinds = {str(each["type"]) for each in found}
    if "json_invalid" in kinds:
        return problem_response(CasetrailError("malformed_json"), request)
    if found and _body_is_foreign(request) and tuple(found[0]["loc"]) == ("body",):
        return problem_response(CasetrailError("unsupported_media_type"), request)
    code = "text_not_storable" if "text_not_storable" in kinds else "field_missing"
    fields = [_field_problem(each) for each in found[:MAX_FIELD_PROBLEMS]]
    return problem_response(CasetrailError(code), request, errors=fields)


async def refused_by_framework(request: Request, error: Exception) -> Response:
    """Answer what routing and body reading refuse by themselves: unknown path, wrong method, unreadable body."""
    assert isinstance(error, HTTPException)  # noqa: S101  registered for this type alone
    code = CODE_OF_STATUS.get(error.status_code)
    if code is None:
        return await failed(request, error)
    headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
    return problem_response(CasetrailError(code), request, headers=headers)


async def unavailable(request: Request, error: Exception) -> Response:
    """Answer a failure that passes by itself."""
    logger.warning("a part behind this service did not answer: %s", type(error).__name__)
    return problem_response(CasetrailError("unavailable"), request)


async def database_interface_failed(request: Request, error: Exception) -> Response:
    """Tell a connection that was closed under us from a misuse of the driver, which is a bug.

    asyncpg raises the same type for both and tells them apart only in the message.
    """
    if "clos" in str(error):
        return await unavailable(request, error)
    return await failed(request, error)


async def failed(request: Request, error: Exception) -> Response:
    """Answer a bug without telling anything about it; the log has the rest."""
    logger.error("request failed by a bug", exc_info=error, extra={"request_id": request_id_of(request)})
    return problem_response(CasetrailError("internal_error"), request)


def _allowed(request: Request) -> str:
    """Return all methods of a path; the framework names only those of the first route that has it.

    Source: RFC 9110 section 15.5.6.
    """
    methods: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        pattern = getattr(route, "path_regex", None)
        if pattern is not None and pattern.match(request.scope["path"]):
            methods |= route.methods or set()
    return ", ".join(sorted(methods))


def _body_is_foreign(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    return has_body and not (kind == "application/json" or kind.endswith("+json"))


def _named_fields(error: CasetrailError) -> list[FieldProblem]:
    """Return the fields a command names as `fields`, so that clients find all missing fields in one place."""
    if error.code != "field_missing":
        return []
    names = str(error.facts.get("fields", "")).replace(",", " ").split()
    return [FieldProblem(place="body", pointer=f"/{name}", problem="missing") for name in names]


def _field_problem(found: dict[str, object]) -> FieldProblem:
    """Name the field and the problem, never the value."""
    location = found["loc"]
    place, *path = location if isinstance(location, tuple | list) else [location]
    context = found.get("ctx")
    if isinstance(context, dict):
        path += context.get("path", [])
    steps = [str(step).replace("~", "~0").replace("/", "~1") for step in path]
    pointer = "".join(f"/{step}" for step in steps) if place == "body" else ".".join(steps)
    return FieldProblem(place=str(place), pointer=pointer[:MAX_POINTER_CHARACTERS], problem=str(found["type"]))
