"""What the schema says beyond what the framework derives."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from casetrail_common.errors import CasetrailError
from casetrail_common.problems import PROBLEM_JSON, PROBLEMS, ProblemDocument, problem_document

REF_TEMPLATE: Final = "#/components/schemas/{model}"

_KEY_SCHEMA: Final = {"type": "string", "pattern": r"^[!-~]{1,200}$"}
_TAG_SCHEMA: Final = {"type": "string", "pattern": r'^("[0-9]{1,15}"|[0-9]{1,15})$'}
_POSITIONS_SCHEMA: Final = {
    "type": "string",
    "pattern": r"^((intake|media|review|archive):[0-9]{1,15}(, (intake|media|review|archive):[0-9]{1,15})*)?$",
}
_HEADERS: Final[dict[str, dict[str, Any]]] = {
    "Idempotency-Key": {"schema": _KEY_SCHEMA, "required": True},
    "If-Match": {"schema": _TAG_SCHEMA},
    "Casetrail-Positions": {"schema": _POSITIONS_SCHEMA},
}
"""The framework sees optional strings, because their absence is answered by codes of our own."""


REFUSING_ANY: Final = frozenset({422})
REFUSING_CALLERS: Final = frozenset({400, 401, 403, 404, 409, 503})
REFUSING_BODIES: Final = frozenset({400, 413, 415})
REFUSING_RANGES: Final = frozenset({416})
"""Statuses of refusals: of any query, of what is asked in somebody's name, of what has a body, of parts of a file.

Besides these, 502 stands for a service that is away, 405 for a method that a path does not know, and 500 for a bug.
"""


def install_openapi(app: FastAPI) -> None:
    """Make an application describe its problem documents and headers as they are."""

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def described(app: FastAPI) -> dict[str, Any]:
    """Return the schema of an application."""
    schema = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version=app.openapi_version,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    _, problem = models_json_schema([(ProblemDocument, "serialization")], ref_template=REF_TEMPLATE)
    components = schema.setdefault("components", {})
    components.setdefault("schemas", {}).update(problem["$defs"])
    components["responses"] = problem_responses()
    for operations in schema.get("paths", {}).values():
        for operation in operations.values():
            _describe(operation)
    return schema


def problem_responses() -> dict[str, Any]:
    """Return what is answered to refusals, by status: every code with its words, and a document as an example."""
    told: dict[str, Any] = {}
    for status in sorted({problem.status for problem in PROBLEMS.values()}):
        codes = [code for code, problem in PROBLEMS.items() if problem.status == status]
        told[_name(status)] = {
            "description": "Refused; `code` says why. "
            + "; ".join(f"`{code}` {PROBLEMS[code].title}" for code in codes),
            "content": {
                PROBLEM_JSON: {
                    "schema": {"$ref": REF_TEMPLATE.format(model="ProblemDocument")},
                    "examples": {code: _example(code) for code in codes},
                }
            },
        }
    return told


def _example(code: str) -> dict[str, Any]:
    document = problem_document(CasetrailError(code), request_id="4bf92f3577b34da6a3ce929d0e0e4736")
    return {"summary": PROBLEMS[code].title_en, "value": document.model_dump(mode="json", exclude_defaults=True)}


def _name(status: int) -> str:
    return f"Refused{status}"


def _describe(operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    answers["default"] = {
        "description": "Refused otherwise: 405 unknown method, 502 a service is away, 500 a bug.",
        "content": {PROBLEM_JSON: {"schema": {"$ref": REF_TEMPLATE.format(model="ProblemDocument")}}},
    }
    statuses = REFUSING_ANY | (REFUSING_CALLERS if "security" in operation else frozenset())
    statuses |= REFUSING_BODIES if "requestBody" in operation else frozenset()
    statuses |= REFUSING_RANGES if "206" in answers else frozenset()
    for status in sorted(statuses):
        answers[str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}
    for parameter in operation.get("parameters", []):
        parameter.update(_HEADERS.get(parameter["name"], {}))
