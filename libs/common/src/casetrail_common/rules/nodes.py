"""The blocks that requirements are made of. A requirement yields since when it is met, or nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from casetrail_common.rules.casefile import BIRTH, CaseFile, Held, Thing, Value


@dataclass(frozen=True, slots=True)
class Look:
    """A case file, looked at in one instant."""

    file: CaseFile
    now: datetime


class Met(NamedTuple):
    """A requirement is met."""

    since: datetime
    evidence: tuple[str, ...] = ()
    """Ids of the objects that meet it."""
    basis: str | None = None
    """Which of several ways it was met in, where the rule names it."""


class Test(Protocol):
    """A question to the value of one attribute; None is an empty one."""

    def holds(self, value: Value | None) -> bool:
        """Whether the value passes."""


class Node(Protocol):
    """A requirement."""

    def met(self, look: Look, thing: Thing) -> Met | None:
        """Return since when it is met for an object, or None."""


# --- tests ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value, or one of several, is among some codes."""

    codes: tuple[Value, ...]

    def holds(self, value: Value | None) -> bool:
        """Whether the value passes."""
        return any(one in self.codes for one in value) if isinstance(value, tuple) else value in self.codes


@dataclass(frozen=True, slots=True)
class HoldsAll:
    """The values include all of some codes."""

    codes: tuple[Value, ...]

    def holds(self, value: Value | None) -> bool:
        """Whether the value passes."""
        held = value if isinstance(value, tuple) else (value,)
        return all(code in held for code in self.codes)


@dataclass(frozen=True, slots=True)
class IsFilled:
    """There is a value; `false` and 0 are values."""

    def holds(self, value: Value | None) -> bool:
        """Whether the value passes."""
        return value is not None


@dataclass(frozen=True, slots=True)
class Not:
    """Another test fails."""

    test: Test

    def holds(self, value: Value | None) -> bool:
        """Whether the value passes."""
        return not self.test.holds(value)


# --- objects --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pattern:
    """Describes one object; all of it speaks of the same object."""

    tests: tuple[tuple[str, Test], ...] = ()
    """Attributes and what is asked of them."""
    inner: tuple[Node, ...] = ()
    """What must hold of the objects linked to it."""

    def match(self, look: Look, thing: Thing) -> Met | None:
        """Return since when an object is as described."""
        since = thing.at
        if since is None:
            return None
        for name, test in self.tests:
            held = Held(since, since) if name == BIRTH else thing.held.get(name)
            if not test.holds(held.value if held else None):
                return None
            if held:
                since = max(since, held.since)
        itself = Met(since, (thing.id,))
        return _last([itself, *(node.met(look, thing) for node in self.inner)]) if self.inner else itself


@dataclass(frozen=True, slots=True)
class Some:
    """A linked object is as described; met since the first of them was."""

    kind: str
    pattern: Pattern

    def met(self, look: Look, thing: Thing) -> Met | None:
        """Return since when it is met for an object, or None."""
        found = [self.pattern.match(look, other) for other in look.file.near(thing, self.kind)]
        return min((met for met in found if met), key=lambda met: met.since, default=None)


@dataclass(frozen=True, slots=True)
class NoneSuch:
    """No linked object is as described; met since the object came into being, as long as none is."""

    some: Some

    def met(self, look: Look, thing: Thing) -> Met | None:
        """Return since when it is met for an object, or None."""
        return None if thing.at is None or self.some.met(look, thing) else Met(thing.at)


@dataclass(frozen=True, slots=True)
class Is:
    """The object itself is as described."""

    pattern: Pattern

    def met(self, look: Look, thing: Thing) -> Met | None:
        """Return since when it is met for an object, or None."""
        return self.pattern.match(look, thing)


# --- combinations ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class All:
    """Every part is met; met since the last of them was."""

    parts: tuple[Node, ...]

    def met(self, look: Look, thing: Thing) -> Met | None:
        """Return since when it is met for an object, or None."""
        return _last(part.met(look, thing) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of several ways is met, since the first of them was; evidence and basis are those of the first as written."""

    ways: tuple[Node, ...]

    def met(self, look: Look, thing: Thing) -> Met | None:
        """Return since when it is met for an object, or None."""
        found = [met for way in self.ways if (met := way.met(look, thing))]
        return Met(min(met.since for met in found), found[0].evidence, found[0].basis) if found else None


@dataclass(frozen=True, slots=True)
class On:
    """A requirement whose fulfilment the finding names as its basis."""

    basis: str
    node: Node

    def met(self, look: Look, thing: Thing) -> Met | None:
        """Return since when it is met for an object, or None."""
        met = self.node.met(look, thing)
        return Met(met.since, met.evidence, self.basis) if met else None


@dataclass(frozen=True, slots=True)
class Term:
    """A requirement that the pack has given a name (用语)."""

    zh: str
    node: Node

    def met(self, look: Look, thing: Thing) -> Met | None:
        """Return since when it is met for an object, or None."""
        return self.node.met(look, thing)


@dataclass(frozen=True, slots=True)
class Recorded:
    """Linked recordings, taken together, cover an act from its start to its end.

    While the act is under way it is met if all of it so far is covered; what is lost stays lost.
    """

    by: Pattern

    def met(self, look: Look, thing: Thing) -> Met | None:
        """Return since when it is met for an object, or None."""
        start, end = _instant(thing, "started_at"), _instant(thing, "ended_at") or look.now
        if start is None:
            return None
        covered, evidence = start, []
        sessions = [s for s in look.file.near(thing, "session") if self.by.match(look, s)]
        for session in sorted(sessions, key=lambda s: (_instant(s, "started_at") or end, s.id)):
            begun = _instant(session, "started_at") or end
            if begun > covered:
                break
            covered = max(covered, _instant(session, "completed_at") or look.now)
            evidence.append(session.id)
        return Met(end, tuple(evidence)) if evidence and covered >= end else None


def _instant(thing: Thing, name: str) -> datetime | None:
    held = thing.held.get(name)
    return held.value if held and isinstance(held.value, datetime) else None


def _last(parts: Iterable[Met | None]) -> Met | None:
    """Join requirements that must all be met."""
    found: list[Met] = []
    for met in parts:
        if met is None:
            return None
        found.append(met)
    return Met(
        max(met.since for met in found),
        tuple(dict.fromkeys(id_ for met in found for id_ in met.evidence)),
        next((met.basis for met in found if met.basis), None),
    )
