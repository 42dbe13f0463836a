"""One OpenAPI document tells what four services do."""

from typing import Any

import pytest

from casetrail_embedded.gateway.routes import service_of
from casetrail_embedded.gateway.schema import merged


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/v1/cases", "intake"),
        ("/v1/cases/i-1/records", "intake"),
        ("/v1/people/zhou", "intake"),
        ("/v1/media/m-1", "media"),
        ("/v1/reviews", "review"),
        ("/v1/rules/packs", "archive"),
        ("/v1/test/clock", "archive"),
        ("/v1/items/i-0190", "intake"),
        ("/v1/items/m-0190/content", "media"),
        ("/v1/items/r-0190", "review"),
        ("/v1/items/a-0190", "archive"),
        ("/v1/items/x-0190", None),
        ("/v1/items/i", None),
        ("/v1/items", None),
        ("/v1/items/", None),
        ("/v1/casesx", None),
        ("/v1", None),
        ("/v2/cases", None),
        ("//v1/cases", None),
        ("", None),
    ],
)
def test_a_path_belongs_to_one_service_or_none(path: str, service: str | None) -> None:
    assert service_of(path) == service


def described(
    components: dict[str, Any], *, path: str = "/v1/x", answer: str = "A", method: str = "get"
) -> dict[str, Any]:
    """Make the schema of a service with one operation."""
    ref = {"$ref": f"#/components/schemas/{answer}"}
    operation = {"responses": {"200": {"content": {"application/json": {"schema": ref}}}}, "tags": ["t"]}
    return {
        "paths": {path: {method: operation}, "/healthz": {"get": {"responses": {}}}},
        "components": {"schemas": components, "securitySchemes": {"bearer": {"type": "http"}}},
    }


def join(**schemas: dict[str, Any]) -> dict[str, Any]:
    return merged(schemas, title="t", version="1", description="d")


def answer(whole: dict[str, Any], path: str, method: str = "get") -> Any:
    return whole["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]


STRING = {"type": "string"}
INTEGER = {"type": "integer"}
TO_B = {"properties": {"b": {"$ref": "#/components/schemas/B"}}}


def test_components_that_mean_the_same_are_shared() -> None:
    whole = join(intake=described({"A": STRING}), media=described({"A": STRING}, path="/v1/y"))
    assert whole["components"]["schemas"] == {"A": STRING}
    assert whole["components"]["securitySchemes"] == {"bearer": {"type": "http"}}
    assert whole["openapi"] == "3.1.0"
    assert set(whole["paths"]) == {"/v1/x", "/v1/y"}


def test_components_that_mean_different_things_are_told_apart() -> None:
    whole = join(intake=described({"A": STRING}), media=described({"A": INTEGER}, path="/v1/y"))
    assert whole["components"]["schemas"] == {"Intake_A": STRING, "Media_A": INTEGER}
    assert answer(whole, "/v1/x") == {"$ref": "#/components/schemas/Intake_A"}
    assert answer(whole, "/v1/y") == {"$ref": "#/components/schemas/Media_A"}


def test_components_that_refer_to_different_things_are_told_apart_too() -> None:
    whole = join(intake=described({"A": TO_B, "B": STRING}), media=described({"A": TO_B, "B": INTEGER}, path="/v1/y"))
    assert set(whole["components"]["schemas"]) == {"Intake_A", "Intake_B", "Media_A", "Media_B"}
    inner = whole["components"]["schemas"]["Media_A"]["properties"]["b"]
    assert inner == {"$ref": "#/components/schemas/Media_B"}


def test_a_path_that_several_services_answer_under_has_the_answers_of_each() -> None:
    whole = join(
        intake=described({"A": STRING}, path="/v1/items/{item}"),
        media=described({"M": INTEGER}, path="/v1/items/{id}", answer="M"),
        review=described({"A": STRING}, path="/v1/items/{item}"),
        archive=described({"A": STRING}, path="/v1/items/{id}", method="delete"),
    )
    (path,) = whole["paths"]
    assert path == "/v1/items/{item}"
    assert answer(whole, path) == {"anyOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/M"}]}
    assert whole["paths"][path]["get"]["x-casetrail-services"] == ["intake", "media", "review"]
    assert whole["paths"][path]["delete"]["x-casetrail-services"] == ["archive"]


def test_path_parameters_are_named_as_in_the_path() -> None:
    media = described({"A": STRING}, path="/v1/items/{id}", method="delete")
    media["paths"]["/v1/items/{id}"]["delete"]["parameters"] = [{"name": "id", "in": "path"}]
    whole = join(intake=described({"A": STRING}, path="/v1/items/{item}"), media=media)
    assert whole["paths"]["/v1/items/{item}"]["delete"]["parameters"] == [{"name": "item", "in": "path"}]
