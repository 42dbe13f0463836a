"""The kinds of objects that rules speak of, read once from `model.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from ruamel.yaml import YAML

from casetrail_common.records import enumerations, record_types

BIRTH: Final = "at"
"""The attribute that every kind has: the instant at which the object came into being."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something that can be known of an object."""

    type: str
    zh: str
    set_by: tuple[str, ...]
    """Types of the facts that set it."""

    @property
    def codes(self) -> Mapping[str, str] | None:
        """The codes it can take with their words; None if it is no code."""
        if self.type == "type_of_record":
            return {code: record.zh for code, record in record_types().items()}
        kind, _, enumeration = self.type.partition(":")
        return enumerations()[enumeration] if kind in {"enum", "enums"} else None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object."""

    name: str
    zh: str
    born: tuple[str, ...]
    """Types of the facts that bring such an object into being."""
    main: str | None
    """Attribute that a bare code tests."""
    attributes: Mapping[str, Attribute]
    linked: frozenset[str]
    """Kinds that an object of this kind may be linked to."""
    is_targeted: bool
    """Linked only to the object it is aimed at, not to the case by lying in its file."""


@cache
def model() -> Mapping[str, Kind]:
    """Return every kind by its name."""
    text = (files(__package__) / "model.yaml").read_text(encoding="utf-8")
    declared: dict[str, dict[str, Any]] = YAML(typ="safe", pure=True).load(text)
    pairs = {(one, other) for one, kind in declared.items() for other in kind.get("linked", ())}
    return MappingProxyType(
        {
            name: Kind(
                name=name,
                zh=kind["zh"],
                born=tuple(kind["born"]),
                main=kind.get("main"),
                attributes=_attributes(kind),
                is_targeted=kind.get("targeted", False),
                linked=frozenset({b for a, b in pairs if a == name} | {a for a, b in pairs if b == name}),
            )
            for name, kind in declared.items()
        }
    )


def _attributes(kind: Mapping[str, Any]) -> Mapping[str, Attribute]:
    declared = {name: Attribute(type_, zh, tuple(set_by)) for name, (type_, zh, *set_by) in kind["attributes"].items()}
    return MappingProxyType({BIRTH: Attribute("instant", "产生时间", tuple(kind["born"])), **declared})


@cache
def told_types() -> frozenset[str]:
    """Return the types of fact that a rule can speak of; no other fact changes a finding."""
    return frozenset(fact for kind in model().values() for one in kind.attributes.values() for fact in one.set_by)
