"""The case file: the objects of one case as the facts of all services tell of them.

It does not matter in which order the facts of different services arrive: an object may be linked or get an attribute
before the fact that brings it into being, and is invisible until then.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from casetrail_common.facts.model import format_instant
from casetrail_common.rules.model import BIRTH, Join, model

Value = str | int | bool | datetime | tuple[str, ...]
"""What an attribute can hold; nothing empty."""

CASE: Final = "case"
"""The kind of the one object that the file is about."""


AGENCY: Final = "agency"
"""The kind of the one object that everything belongs to."""


class Held(NamedTuple):
    """The value of an attribute, and since when it has it."""

    value: Value
    since: datetime


class Thing(NamedTuple):
    """One object."""

    kind: str
    id: str
    at: datetime | None
    """When it came into being; None as long as it is only spoken of."""
    held: Mapping[str, Held]


@dataclass(frozen=True, slots=True)
class Change:
    """Which objects of a case file are not as they were, or not linked as they were."""

    ids: frozenset[str]
    kinds: frozenset[str]

    @classmethod
    def of(cls, file: "CaseFile", ids: Collection[str]) -> "Change":
        """Return the change of some objects of a file."""
        kinds = (file.things[id_].kind for id_ in ids if id_ in file.things)
        return cls(frozenset(ids), frozenset(kinds))

    def concerns(self, thing: Thing, kind: str) -> bool:
        """Whether other objects of a kind may be linked to an object since."""
        return thing.id in self.ids or not self.kinds.isdisjoint(_rests_on(thing.kind, kind))


@cache
def _rests_on(one: str, kind: str) -> frozenset[str]:
    """Return the kinds on which it depends what of a kind is linked to an object of another, apart from that itself."""
    found = {kind}
    for here, there in ((one, kind), (kind, one)):
        join = model()[here].joins.get(there)
        if join:
            found |= {here, there}
        if join and join.through:
            found |= {join.through} | _rests_on(here, join.through)
    return frozenset(found)


def _differs(now: object, before: object) -> bool:
    return now is not before and now != before


@dataclass(frozen=True)
class CaseFile:
    """All objects of a case and the links between them."""

    things: Mapping[str, Thing] = field(default_factory=lambda: MappingProxyType({}))
    links: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    """Ids linked to an id, in both directions, apart from the links to the case."""

    @cached_property
    def by_kind(self) -> Mapping[str, tuple[Thing, ...]]:
        """All objects by their kind, oldest first."""
        return _sorted_by_kind(self.things.values())

    @cached_property
    def linked(self) -> dict[str, Mapping[str, tuple[Thing, ...]]]:
        """What is linked to the objects that were asked about so far, by their ids."""
        return {}

    def _linked(self, id_: str) -> Mapping[str, tuple[Thing, ...]]:
        found = self.linked.get(id_)
        if found is None:
            others = (self.things[other] for other in self.links.get(id_, ()) if other in self.things)
            found = self.linked[id_] = _sorted_by_kind(others)
        return found

    def of_kind(self, kind: str) -> tuple[Thing, ...]:
        """Return the objects of a kind, oldest first."""
        return self.by_kind.get(kind, ())

    def near(self, thing: Thing, kind: str) -> tuple[Thing, ...]:
        """Return the objects of a kind that are linked to an object, oldest first."""
        kinds = model()
        if kind in kinds[thing.kind].joins:
            return self._joined(thing, kind, kinds[thing.kind].joins[kind])
        if thing.kind in kinds[kind].joins:
            return tuple(other for other in self.of_kind(kind) if thing in self.near(other, thing.kind))
        if AGENCY in (kind, thing.kind):
            return self.of_kind(kind)
        other = thing.kind if kind == CASE else kind
        if CASE in (kind, thing.kind) and not kinds[other].is_targeted:
            return self.of_kind(kind)
        return self._linked(thing.id).get(kind, ())

    def _joined(self, thing: Thing, kind: str, join: Join) -> tuple[Thing, ...]:
        """Return the objects of a kind whose attributes equal those of an object, or of what it is linked to."""
        found = self.of_kind(kind)
        if not found:
            return ()
        mine = self.near(thing, join.through) if join.through else (thing,)
        return tuple(other for other in found if any(_agree(one, other, join) for one in mine))

    def since(self, before: "CaseFile") -> "Change | None":
        """Return in what the file differs from an earlier one, and take over what that one knew of the rest.

        None if it is not a later state of the same file.
        """
        if not (before.things.keys() <= self.things.keys() and before.links.keys() <= self.links.keys()):
            return None
        changed = {id_ for id_, thing in self.things.items() if _differs(thing, before.things.get(id_))}
        linked = {id_ for id_, others in self.links.items() if _differs(others, before.links.get(id_))}
        change = Change.of(self, changed | linked)
        beside = {other for id_ in changed for other in self.links.get(id_, ())}
        touched = change.ids | beside
        self.linked.update((id_, known) for id_, known in before.linked.items() if id_ not in touched)
        anew = _sorted_by_kind(thing for thing in self.things.values() if thing.kind in change.kinds)
        self.__dict__["by_kind"] = {**before.by_kind, **anew}
        return change

    def with_(self, other: "CaseFile") -> "CaseFile":
        """Return both files as one: that of a case, and what the agency's cases share."""
        links = dict(self.links)
        for one, others in other.links.items():
            links[one] = links.get(one, frozenset()) | others
        return CaseFile({**self.things, **other.things}, links)

    def to_plain(self) -> dict[str, Any]:
        """Return the file as plain JSON."""
        things = sorted(self.things.values(), key=lambda thing: thing.id)
        return {
            "things": [
                [t.kind, t.id, t.at and format_instant(t.at), {name: _plain(held) for name, held in t.held.items()}]
                for t in things
            ],
            "links": {one: sorted(o for o in self.links[one] if o >= one) for one in sorted(self.links)},
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "CaseFile":
        """Return the file that `to_plain` wrote."""
        links: dict[str, set[str]] = {}
        for one, others in plain["links"].items():
            links.setdefault(one, set()).update(others)
            for other in others:
                links.setdefault(other, set()).add(one)
        return cls(
            things={row[1]: _thing(*row) for row in plain["things"]},
            links={one: frozenset(others) for one, others in links.items()},
        )

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let a fold keep case files as snapshots."""
        return core_schema.no_info_plain_validator_function(
            cls.from_plain, serialization=core_schema.plain_serializer_function_ser_schema(cls.to_plain)
        )


def _agree(one: Thing, other: Thing, join: Join) -> bool:
    for name, name_there in join.pairs:
        mine, theirs = one.held.get(name), other.held.get(name_there)
        if mine is None or theirs is None or mine.value != theirs.value:
            return False
    return True


def _sorted_by_kind(things: Iterable[Thing]) -> Mapping[str, tuple[Thing, ...]]:
    kinds: dict[str, list[tuple[datetime, str, Thing]]] = {}
    for thing in things:
        if thing.at is not None:
            kinds.setdefault(thing.kind, []).append((thing.at, thing.id, thing))
    return {kind: tuple(thing for _, _, thing in sorted(found)) for kind, found in kinds.items()}


def _plain(held: Held) -> list[Any]:
    value = held.value
    plain = format_instant(value) if isinstance(value, datetime) else value
    return [list(plain) if isinstance(plain, tuple) else plain, format_instant(held.since)]


def _thing(kind: str, id_: str, at: str | None, held: Mapping[str, list[Any]]) -> Thing:
    known = model()[kind]
    return Thing(
        kind=kind,
        id=id_,
        at=datetime.fromisoformat(at) if at else None,
        held={
            name: Held(
                _value(value, attribute.type if (attribute := known.attribute(name)) else ""),
                datetime.fromisoformat(since),
            )
            for name, (value, since) in held.items()
        },
    )


def _value(plain: Any, type_: str) -> Value:
    if isinstance(plain, list):
        return tuple(plain)
    value: Value = datetime.fromisoformat(plain) if type_ == "instant" else plain
    return value


__all__ = ["BIRTH", "CASE", "CaseFile", "Held", "Thing", "Value"]
