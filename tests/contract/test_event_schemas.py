"""What was published keeps its meaning: the code is held against the committed schemas."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from casetrail_common.bus.compatibility import violations
from casetrail_common.bus.describe import ASYNCAPI, problems, schema_of
from casetrail_common.facts import REGISTRY, Payload
from casetrail_common.facts.intake import PersonRegisteredV1

ROOT = Path(__file__).parents[2]


def test_the_code_says_what_the_committed_schemas_say() -> None:
    """Otherwise: `python -m casetrail_common.bus.describe --write`, and a new version if that refuses."""
    assert problems(ROOT) == []


@pytest.mark.parametrize("model", REGISTRY.values(), ids=lambda model: model.__name__)
def test_every_fact_has_a_valid_schema_of_one_object(model: type[Payload]) -> None:
    schema = schema_of(model)
    Draft202012Validator.check_schema(schema)
    assert schema["type"] == "object"


def test_every_reference_of_the_catalogue_leads_somewhere() -> None:
    catalogue = YAML(typ="safe").load(ROOT / ASYNCAPI)

    def check(part: Any) -> None:
        if isinstance(part, list):
            for inner in part:
                check(inner)
        elif isinstance(part, dict):
            if isinstance(reference := part.get("$ref"), str):
                assert resolves(reference, catalogue), reference
            for inner in part.values():
                check(inner)

    check(catalogue)


def resolves(reference: str, catalogue: Any) -> bool:
    """Whether a reference names a part of the catalogue or a file beside it."""
    if not reference.startswith("#/"):
        return (ROOT / ASYNCAPI).parent.joinpath(reference).is_file()
    at = catalogue
    for step in reference[2:].split("/"):
        if step not in at:
            return False
        at = at[step]
    return True


PERSON = schema_of(PersonRegisteredV1)

HARMLESS: dict[str, Callable[[Any, Any], object]] = {
    "an optional field is added": lambda fact, _part: fact["properties"].update(nickname={"type": "string"}),
    "an optional field of a part is added": lambda _fact, part: part["properties"].update(issuer={"type": "string"}),
    "a description is reworded": lambda fact, _part: fact.update(description="Somebody became known."),
}
HARMFUL: dict[str, Callable[[Any, Any], object]] = {
    "a field is removed": lambda fact, _part: fact["properties"].pop("unit"),
    "a field of a part is removed": lambda _fact, part: part["properties"].pop("valid_until"),
    "a field becomes optional": lambda fact, _part: fact["required"].remove("kind"),
    "a field becomes required": lambda fact, _part: fact["required"].append("unit"),
    "a type changes": lambda fact, _part: fact["properties"].update(person={"type": "integer"}),
    "a value is added": lambda fact, _part: fact["properties"]["kind"]["enum"].append("robot"),
    "the elements of a list change": lambda fact, _part: fact["properties"]["roles"].update(items={"type": "integer"}),
    "an alternative goes": lambda fact, _part: fact["properties"].update(unit={"type": "string"}),
}


def changed(change: Callable[[Any, Any], object]) -> dict[str, Any]:
    """Return the schema of a person after a change to it or to its part, the certificate."""
    schema = copy.deepcopy(PERSON)
    change(schema, schema["$defs"]["Certificate"])
    assert schema != PERSON
    return schema


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_older_readers_survive_if(change: Callable[[Any, Any], object]) -> None:
    assert violations(PERSON, changed(change)) == []


@pytest.mark.parametrize("change", HARMFUL.values(), ids=HARMFUL)
def test_a_new_version_is_needed_if(change: Callable[[Any, Any], object]) -> None:
    assert violations(PERSON, changed(change))
