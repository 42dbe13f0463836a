"""The record types (文书) and code lists, read once from the two YAML files beside this module."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, Literal

from ruamel.yaml import YAML

Stage = Literal["initiation", "investigation", "decision", "service", "execution", "archiving", "devices"]
Category = Literal["outward", "evidence", "internal_approval", "other"]
Kind = Literal["content", "date", "instant", "boolean", "integer", "id", "name", "enum", "enums"]


class UnknownRecordTypeError(LookupError):
    """No record type has this code."""


@dataclass(frozen=True, slots=True)
class Coding:
    """Whether a field's value stands in a fact as it is, and in which form."""

    kind: Kind
    enumeration: str | None = None
    """Name of the code list of an `enum` or `enums`."""

    @property
    def is_content(self) -> bool:
        """Whether the value is kept apart, as what people wrote."""
        return self.kind == "content"


CONTENT: Final = Coding("content")
"""How a field is coded that the catalogue does not declare otherwise."""


@dataclass(frozen=True, slots=True)
class RecordField:
    """One field of a form."""

    name: str
    zh: str
    """What the document prints beside the value."""
    coding: Coding
    optional: bool
    """Needed only where a rule or the situation asks."""


@dataclass(frozen=True, slots=True)
class RecordType:
    """One kind of text record (文书)."""

    code: str
    zh: str
    stage: Stage
    category: Category
    signers: tuple[str, ...]
    """Who is expected to sign, by the letters that `catalogue.yaml` explains."""
    slots: tuple[str, ...]
    """Opinions that an approval form asks for, in the order in which they are given."""
    contact: bool
    """Made in contact with the people concerned: it carries the identity block."""
    times: bool
    """Says when it was begun and ended."""
    created_by: str | None
    """The only command that makes one; None for what `add_record` makes."""
    fields: tuple[RecordField, ...]
    """In the order in which the document prints them."""

    def field(self, name: str) -> RecordField | None:
        """Return the declared field, or None: an undeclared field is content."""
        return next((field for field in self.fields if field.name == name), None)

    @property
    def required_fields(self) -> tuple[str, ...]:
        """Names of the fields that a complete form holds."""
        return tuple(field.name for field in self.fields if not field.optional)


@cache
def record_types() -> Mapping[str, RecordType]:
    """Return every record type by its code, in the order of the stages."""
    entries = _yaml("catalogue.yaml")["record_types"]
    return MappingProxyType({code: _record_type(code, entry) for code, entry in entries.items()})


def record_type(code: str) -> RecordType:
    """Return one record type.

    Raises
    ------
    UnknownRecordTypeError
        If there is none with this code.
    """
    try:
        return record_types()[code]
    except KeyError:
        raise UnknownRecordTypeError(code) from None


@cache
def enumerations() -> Mapping[str, Mapping[str, str]]:
    """Return every code list: code to the words a document prints."""
    lists = _yaml("enumerations.yaml")
    return MappingProxyType({name: MappingProxyType(dict(codes)) for name, codes in lists.items()})


def label(enumeration: str, code: str) -> str:
    """Return the words for a code; the code itself if the list does not hold it, so that nothing is left out."""
    return enumerations().get(enumeration, {}).get(code, code)


def _yaml(name: str) -> dict[str, Any]:
    text = (files(__package__) / name).read_text(encoding="utf-8")
    content: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return content


def _record_type(code: str, entry: Mapping[str, Any]) -> RecordType:
    form = entry["form"]
    return RecordType(
        code=code,
        zh=entry["zh"],
        stage=form["stage"],
        category=form["category"],
        signers=tuple(form["signers"]),
        slots=tuple(form.get("slots", ())),
        contact=form.get("contact", False),
        times=form.get("times", False),
        created_by=form.get("created_by"),
        fields=tuple(_field(name, field) for name, field in entry["fields"].items()),
    )


def _field(name: str, entry: Mapping[str, Any]) -> RecordField:
    kind, _, enumeration = entry.get("coding", "content").partition(":")
    return RecordField(name, entry["zh"], Coding(kind, enumeration or None), entry.get("optional", False))
