"""A case file, looked at in one instant; and what a requirement found in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NamedTuple, Protocol

from casetrail_common.calendar import BEIJING
from casetrail_common.rules.casefile import BIRTH, CaseFile, Thing, Value

Settings = Mapping[str, str | int | bool]
"""What an agency has configured, by name."""


Query = tuple[str, str]
"""What is linked to an object: its id, and the kind that is asked for."""


@dataclass(slots=True)
class Asked:
    """What was asked of a case file while something was judged, which stands as long as the answers do."""

    answers: dict[Query, tuple[Thing, ...]] = field(default_factory=dict)
    """Every answer given so far."""
    queries: set[Query] = field(default_factory=set)
    """What was asked since the last beginning."""
    until: datetime | None = None
    """The instant from which time alone may change it; None if time does not matter."""

    def begin(self) -> None:
        """Begin to judge something else."""
        self.queries, self.until = set(), None

    def stands_until(self, instant: datetime) -> None:
        """Note that from an instant on the answer may be another one."""
        self.until = instant if self.until is None else min(self.until, instant)


@dataclass(frozen=True, slots=True)
class Look:
    """A case file, looked at in one instant."""

    file: CaseFile
    now: datetime
    """Compare with it by way of `moment`, unless it is noted otherwise until when that holds."""
    settings: Settings = field(default_factory=dict)
    subject: Thing | None = None
    """The object that is judged."""
    each: Thing | None = None
    """The object that `every` speaks of."""
    base_due: datetime | None = None
    """When the period ends that the rule relaxes."""
    asked: Asked = field(default_factory=Asked)

    def near(self, thing: Thing, kind: str) -> tuple[Thing, ...]:
        """Return the objects of a kind that are linked to an object, oldest first."""
        query = (thing.id, kind)
        self.asked.queries.add(query)
        found = self.asked.answers.get(query)
        if found is None:
            found = self.asked.answers[query] = self.file.near(thing, kind)
        return found

    def moment(self) -> datetime:
        """Return the instant, for what may already be otherwise in the next one."""
        self.asked.stands_until(self.now)
        return self.now


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
