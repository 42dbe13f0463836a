"""The kinds of objects that rules speak of, read once from the files in `kinds/`.

A kind has `zh` (words), `born` (facts that bring such an object into being; its attribute `at` is the instant of that),
`main` (the attribute that a bare code tests: `{record: inquiry_record}` is `{record: {type: inquiry_record}}`),
`linked` (kinds linked to it by facts; declared once, works both ways) and `joins` (kinds whose attributes equal its
own: `{officer_return: {recorder: officer}}`; with `through`, those of objects of another kind that it is linked to).

Everything in a case file is linked to its case, but for what is `targeted`, which is linked only to what facts name. An
agency is linked to everything. What is `standing` outlives the laws it is judged by: the law of the day holds for it.

An attribute is `[type, words, the facts that set it]`. Types: enum:<code list>, enums:<code list>, type_of_record,
boolean, date, instant, integer, period, id, ids, name, names.
"""

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

FIELDS: Final = "fields."
"""Before the name of a coded field of a form."""

_FILES: Final = ("case.yaml", "recording.yaml", "agency.yaml")


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
class Join:
    """Objects are linked because attributes of theirs are equal."""

    through: str | None
    """Kind of the linked objects whose attributes count in place of its own."""
    pairs: tuple[tuple[str, str], ...]
    """Its attribute, and that of the other kind."""


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
    joins: Mapping[str, Join]
    is_targeted: bool
    """Linked only to the objects that facts name, not to the case by lying in its file."""
    is_standing: bool
    """Judged by the law of the day of the judgement."""

    def attribute(self, name: str) -> Attribute | None:
        """Return an attribute; `fields.<name>` is a coded field of a form."""
        return _fields().get(name) if self.name == "record" and name.startswith(FIELDS) else self.attributes.get(name)


@cache
def model() -> Mapping[str, Kind]:
    """Return every kind by its name."""
    declared: dict[str, dict[str, Any]] = {}
    for name in _FILES:
        text = (files(__package__) / "kinds" / name).read_text(encoding="utf-8")
        declared |= YAML(typ="safe", pure=True).load(text)
    pairs = {
        (one, other) for one, kind in declared.items() for other in (*kind.get("linked", ()), *kind.get("joins", {}))
    }
    return MappingProxyType({name: _kind(name, kind, pairs) for name, kind in declared.items()})


def _kind(name: str, kind: Mapping[str, Any], pairs: set[tuple[str, str]]) -> Kind:
    return Kind(
        name=name,
        zh=kind["zh"],
        born=tuple(kind["born"]),
        main=kind.get("main"),
        attributes=_attributes(kind),
        is_targeted=kind.get("targeted", False),
        is_standing=kind.get("standing", False),
        linked=frozenset({b for a, b in pairs if a == name} | {a for a, b in pairs if b == name}),
        joins={other: _join(dict(join)) for other, join in kind.get("joins", {}).items()},
    )


def _join(join: dict[str, str]) -> Join:
    through = join.pop("through", None)
    return Join(through, tuple(join.items()))


def _attributes(kind: Mapping[str, Any]) -> Mapping[str, Attribute]:
    declared = {name: Attribute(type_, zh, tuple(set_by)) for name, (type_, zh, *set_by) in kind["attributes"].items()}
    return MappingProxyType({BIRTH: Attribute("instant", "产生时间", tuple(kind["born"])), **declared})


@cache
def _fields() -> Mapping[str, Attribute]:
    """Return the coded fields of all forms; fields of one name with different codes are only compared as names."""
    found: dict[str, Attribute] = {}
    for record in record_types().values():
        for field in record.fields:
            if field.coding.is_content:
                continue
            coding = field.coding
            type_ = f"{coding.kind}:{coding.enumeration}" if coding.enumeration else coding.kind
            name = f"{FIELDS}{field.name}"
            known = found.get(name)
            type_ = type_ if known is None or known.type == type_ else "name"
            found[name] = Attribute(type_, field.zh, ("record.added",))
    return MappingProxyType(found)


@cache
def told_types() -> frozenset[str]:
    """Return the types of fact that a rule can speak of; no other fact changes a finding."""
    return frozenset(fact for kind in model().values() for one in kind.attributes.values() for fact in one.set_by)
