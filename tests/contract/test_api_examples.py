"""The examples of the API documentation are requests that the services understand."""

from typing import Any

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from casetrail_common.web.openapi import described
from casetrail_embedded.gateway.examples import add_examples, examples
from casetrail_embedded.gateway.schema import merged
from casetrail_embedded.serve import BLUEPRINTS


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The merged description, as the gateway makes it."""
    schemas = {}
    for blueprint in BLUEPRINTS:
        app = FastAPI(responses={"default": {"description": "Refused"}})
        for router in blueprint.routers:
            app.include_router(router)
        schemas[str(blueprint.service)] = described(app)
    whole = merged(schemas, title="t", version="1", description="d")
    add_examples(whole, examples())
    return whole


def bodies(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation["requestBody"]["content"]["application/json"]
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        if "requestBody" in operation
    }


def test_every_operation_with_a_body_shows_one_and_nothing_is_shown_in_vain(schema: dict[str, Any]) -> None:
    assert {name for name, body in bodies(schema).items() if "example" in body} == bodies(schema).keys()
    assert examples().keys() == bodies(schema).keys()


def test_what_is_shown_is_what_is_described(schema: dict[str, Any]) -> None:
    for name, body in bodies(schema).items():
        validator = Draft202012Validator({**body["schema"], "components": schema["components"]})
        assert [(name, error.message) for error in validator.iter_errors(body["example"])] == []


def test_every_operation_says_in_chinese_what_it_does(schema: dict[str, Any]) -> None:
    silent = [
        f"{method} {path}"
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        if not any("\u4e00" <= character <= "\u9fff" for character in operation.get("description", ""))
    ]
    assert silent == []
