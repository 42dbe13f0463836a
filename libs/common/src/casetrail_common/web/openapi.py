"""What the schema says beyond what the framework derives."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from casetrail_common.problems import PROBLEM_JSON, ProblemDocument

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
    schema.setdefault("components", {}).setdefault("schemas", {}).update(problem["$defs"])
    for operations in schema.get("paths", {}).values():
        for operation in operations.values():
            _describe(operation)
    return schema


def _describe(operation: dict[str, Any]) -> None:
    operation["responses"]["default"] = {
        "description": "Refused; `code` says why.",
        "content": {PROBLEM_JSON: {"schema": {"$ref": REF_TEMPLATE.format(model="ProblemDocument")}}},
    }
    for parameter in operation.get("parameters", []):
        parameter.update(_HEADERS.get(parameter["name"], {}))
