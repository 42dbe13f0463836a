"""A case file while it is being changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casetrail_common.rules.casefile import CaseFile, Held, Thing, Value


@dataclass
class Draft:
    """A case file while it is being changed; the objects in it are never changed, but replaced."""

    things: dict[str, Thing]
    _before: Mapping[str, frozenset[str]]
    _links: dict[str, set[str]]
    """Links made since."""

    @classmethod
    def of(cls, file: CaseFile) -> "Draft":
        """Begin with a case file, which stays as it is."""
        return cls(dict(file.things), file.links, {})

    def done(self) -> CaseFile:
        """Return what it has become so far."""
        made = {id_: self._before.get(id_, frozenset()) | others for id_, others in self._links.items()}
        return CaseFile(dict(self.things), {**self._before, **made})

    def set(self, kind: str, id_: str, at: datetime, /, **values: Any) -> None:
        """Give an object attributes; empty values leave it as it is."""
        thing = self.things.get(id_)
        held = dict(thing.held) if thing else {}
        held.update((name, Held(_frozen(value), at)) for name, value in values.items() if not _is_empty(value))
        self.things[id_] = Thing(kind, id_, thing.at if thing else None, held)

    def bear(self, kind: str, id_: str, at: datetime, /, **values: Any) -> None:
        """Bring an object into being, or another one in its place."""
        self.set(kind, id_, at, **values)
        self.things[id_] = Thing(kind, id_, at, self.things[id_].held)

    def bear_once(self, kind: str, id_: str, at: datetime, /, **values: Any) -> None:
        """Bring an object into being unless it is there already."""
        if id_ not in self.things:
            self.bear(kind, id_, at, **values)

    def set_once(self, kind: str, id_: str, at: datetime, /, **values: Any) -> None:
        """Give an object attributes that it does not have yet."""
        held = self.things[id_].held if id_ in self.things else {}
        self.set(kind, id_, at, **{name: value for name, value in values.items() if name not in held})

    def add(self, kind: str, id_: str, at: datetime, /, **values: list[str]) -> None:
        """Add to attributes that are lists."""
        held = self.things[id_].held if id_ in self.things else {}
        known = {name: held[name].value if name in held else () for name in values}
        self.set(kind, id_, at, **{name: sorted({*_listed(known[name]), *new}) for name, new in values.items()})

    def take_back(self, id_: str) -> None:
        """Let an object and its parts never have been."""
        for gone in [other for other in self.things if other == id_ or other.startswith(f"{id_}/")]:
            del self.things[gone]

    def clear(self, id_: str, *names: str) -> None:
        """Take attributes from an object."""
        thing = self.things[id_]
        kept = {name: held for name, held in thing.held.items() if name not in names}
        self.things[id_] = Thing(thing.kind, id_, thing.at, kept)

    def knows(self, id_: str, name: str) -> bool:
        """Whether an attribute of an object is known."""
        return id_ in self.things and name in self.things[id_].held

    def is_a(self, kind: str, id_: str) -> bool:
        """Whether an object is there and of a kind."""
        return id_ in self.things and self.things[id_].kind == kind

    def linked_to(self, id_: str, kind: str) -> list[str]:
        """Return the ids of the objects of a kind that an object is linked to so far."""
        others = self._before.get(id_, frozenset()) | self._links.get(id_, set())
        return sorted(other for other in others if other in self.things and self.things[other].kind == kind)

    def link(self, one: str, *others: str) -> None:
        """Link an object to others."""
        for other in others:
            self._links.setdefault(one, set()).add(other)
            self._links.setdefault(other, set()).add(one)


def _listed(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], ())


def _frozen(value: Any) -> Value:
    if isinstance(value, list):
        return tuple(value)
    plain: Value = value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value
    return plain
