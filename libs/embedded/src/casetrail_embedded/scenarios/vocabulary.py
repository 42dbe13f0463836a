"""The commands that a scenario may give, and what their arguments look like."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from ruamel.yaml import YAML

from casetrail_common.records import enumerations, record_types
from casetrail_embedded.scenarios.samples import SAMPLES

_ARGUMENT: Final = re.compile(r"(?P<type>[a-z_]+)(?::(?P<of>[a-z_|]+))?(?P<required>!?)")


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a command."""

    type: str
    of: str
    """Code list, or kinds of alias."""
    is_required: bool

    def fits(self, value: Any) -> bool:
        """Whether a value has the shape of the argument."""
        if self.type in {"enum", "enums"}:
            return all(isinstance(one, str) and one in enumerations()[self.of] for one in self._listed(value))
        if self.type in {"ref", "refs"}:
            return all(isinstance(one, str) for one in self._listed(value))
        return _SHAPES[self.type](value)

    def aliases(self, value: Any) -> Sequence[str]:
        """Return what a value of the argument names."""
        return self._listed(value) if self.type in {"ref", "refs"} and self.fits(value) else ()

    def _listed(self, value: Any) -> Sequence[Any]:
        """Return the values of a list, or the only one; one that cannot be if the value is no list but should be."""
        if not self.type.endswith("s"):
            return [value] if isinstance(value, str) else [None]
        return value if isinstance(value, list) else [None]


@dataclass(frozen=True, slots=True)
class Command:
    """Something that people can do."""

    creates: str | None
    """Kind of what it creates."""
    arguments: Mapping[str, Argument]


@cache
def commands() -> Mapping[str, Command]:
    """Return every command by its name."""
    text = (files(__package__) / "commands.yaml").read_text(encoding="utf-8")
    return MappingProxyType({name: _command(entry) for name, entry in YAML(typ="safe", pure=True).load(text).items()})


def _command(entry: Mapping[str, Any]) -> Command:
    return Command(entry.get("creates"), {name: _argument(text) for name, text in entry["args"].items()})


def _argument(text: str) -> Argument:
    found = _ARGUMENT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return Argument(found["type"], found["of"] or "", bool(found["required"]))


def is_instant(value: Any) -> bool:
    """Whether a value is an instant with its zone, written as text."""
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def is_date(value: Any) -> bool:
    """Whether a value is a date, written as text."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _maps(*required: str, optional: Sequence[str] = ()) -> Callable[[Any], bool]:
    """Return a test for a list of mappings with these members."""
    return lambda value: isinstance(value, list) and all(has_members(one, required, optional) for one in value)


def has_members(value: Any, required: Sequence[str], optional: Sequence[str] = ()) -> bool:
    """Whether a value is a mapping with all of some members, and no others but some optional ones."""
    return isinstance(value, dict) and set(required) <= value.keys() <= {*required, *optional}


def _media(value: Any) -> bool:
    return _maps("sample", "start", "end")(value) and all(
        str(one["sample"]) in SAMPLES and is_instant(one["start"]) and is_instant(one["end"]) for one in value
    )


_SHAPES: Final[Mapping[str, Callable[[Any], bool]]] = {
    "str": lambda value: isinstance(value, str),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "bool": lambda value: isinstance(value, bool),
    "date": is_date,
    "instant": is_instant,
    "list": lambda value: isinstance(value, list),
    "map": lambda value: isinstance(value, dict),
    "record_type": lambda value: isinstance(value, str) and value in record_types(),
    "marks": _maps("by", "as", optional=("kind", "place")),
    "corrections": _maps("id", "position", "before", "after"),
    "identity": lambda value: has_members(value, ("officers",), ("certificate_shown",)),
    "media": _media,
    "target": lambda value: has_members(value, ("kind",), ("name",)),
    "rules": _maps("id", "overrides", "authority_level", optional=("stricter", "parameters")),
}
