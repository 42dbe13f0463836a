"""A case file, looked at in one instant; and what a requirement found in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NamedTuple, Protocol

from casetrail_common.calendar import BEIJING
from casetrail_common.rules.casefile import BIRTH, CaseFile, Thing, Value

Settings = Mapping[str, str | int | bool]
"""What an agency has configured, by name."""


@dataclass(frozen=True, slots=True)
class Look:
    """A case file, looked at in one instant."""

    file: CaseFile
    now: datetime
    settings: Settings = field(default_factory=dict)
    subject: Thing | None = None
    """The object that is judged."""
    each: Thing | None = None
    """The object that `every` speaks of."""
    base_due: datetime | None = None
    """When the period ends that the rule relaxes."""


class Met(NamedTuple):
    """A requirement is met."""

    since: datetime
    evidence: tuple[str, ...] = ()
    """Ids of the objects that meet it."""
    basis: str | None = None
    """Which of several ways it was met in, where the rule names it."""


class Node(Protocol):
    """A requirement."""

    def met(self, look: Look, thing: Thing) -> Met | None:
        """Return since when it is met for an object, or None."""


def value_of(thing: Thing, name: str) -> Value | None:
    """Return the value of an attribute."""
    if name == BIRTH:
        return thing.at
    held = thing.held.get(name)
    return held.value if held else None


def instant_of(thing: Thing, name: str) -> datetime | None:
    """Return an attribute that is a point in time; a date counts as its first instant."""
    value = value_of(thing, name)
    if isinstance(value, str):
        return datetime.combine(date.fromisoformat(value), time(), BEIJING)
    return value if isinstance(value, datetime) else None
