"""The blocks that requirements are made of. A requirement yields since when it is met, or nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from casetrail_common.rules.casefile import BIRTH, Held, Thing
from casetrail_common.rules.look import Look, Met, Node
from casetrail_common.rules.values import Test

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
            if not test.holds(held.value if held else None, look):
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
        return min(self.found(look, thing), key=lambda met: met.since, default=None)

    def found(self, look: Look, thing: Thing) -> list[Met]:
        """Return since when each of the objects that are as described is so."""
        matches = (self.pattern.match(look, other) for other in look.near(thing, self.kind))
        return [met for met in matches if met]


@dataclass(frozen=True, slots=True)
class Several:
    """A number of linked objects are as described, or as many as there are of others."""

    some: Some
    count: int | Some
    distinct: bool = False
    """Whether people are counted: objects `by` the same person count once."""

    def met(self, look: Look, thing: Thing) -> Met | None:
        """Return since when it is met for an object, or None."""
        found = sorted(self.some.found(look, thing), key=lambda met: met.since)
        if self.distinct:
            found = list({self._person(look, met): met for met in reversed(found)}.values())[::-1]
        wanted = self.count if isinstance(self.count, int) else len(self.count.found(look, thing))
        if len(found) < wanted:
            return None
        return _last(found[:wanted]) if wanted else (Met(thing.at) if thing.at else None)

    @staticmethod
    def _person(look: Look, met: Met) -> object:
        held = look.file.things[met.evidence[0]].held.get("by")
        return held.value if held else met.evidence[0]


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


@dataclass(frozen=True, slots=True)
class Each:
    """The object that `every` speaks of is as described."""

    pattern: Pattern

    def met(self, look: Look, _thing: Thing) -> Met | None:
        """Return since when it is met for an object, or None."""
        return self.pattern.match(look, look.each) if look.each else None


@dataclass(frozen=True, slots=True)
class Every:
    """Of each linked object that is as described, something holds; met since the last of them, of none since birth."""

    some: Some
    must: Node

    def met(self, look: Look, thing: Thing) -> Met | None:
        """Return since when it is met for an object, or None."""
        if thing.at is None:
            return None
        parts = (
            self.must.met(replace(look, each=other), thing)
            for other in look.near(thing, self.some.kind)
            if self.some.pattern.match(look, other)
        )
        return _last([Met(thing.at), *parts])


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
