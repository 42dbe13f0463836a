"""What a decision may look at: folded states at one moment, the clock, and the law in force."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from casetrail_common.errors import not_found
from casetrail_common.facts import ContentRef, Payload
from casetrail_common.ids import Service, stream_name
from casetrail_common.ledger.append import Law, NewFact
from casetrail_common.ledger.content import ContentBag
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.fold import Fold

S = TypeVar("S")
Key = tuple[str, str]
"""Kind and id of a snapshot."""
Place = tuple[str, int]
"""Topic and partition."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work that a fact causes and that cannot be done inside its transaction; repeated until it is done."""

    kind: str
    key: str
    payload: dict[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None
    """Real time, not domain time; absent = at once."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows from a fact that a service has followed or appended."""

    facts: tuple[NewFact, ...] = ()
    jobs: tuple[Job, ...] = ()


Load = Callable[[Fold[Any], str], Awaitable[tuple[int, Any]]]
"""Loads the state of an object with its version: 0 and None if there is none."""


class HeadOf(Protocol):
    """Returns last position and hash of one of the service's own streams, or None if it holds nothing."""

    async def __call__(self, stream: str) -> tuple[int, bytes] | None: ...


class FactsOf(Protocol):
    """Returns the facts of one of the service's own streams, in order."""

    async def __call__(self, stream: str) -> list[Fact]: ...


class View:
    """A consistent look at one agency; remembers what it was asked, so that it can be checked again under the lock."""

    def __init__(
        self, *, agency: str, now: datetime, service: Service, load: Load, head_of: HeadOf, facts_of: FactsOf
    ) -> None:
        self.agency = agency
        self.now = now
        self.bag = ContentBag()
        self.seen: dict[Key, tuple[int, Any]] = {}
        """Version and state of everything looked at."""
        self.rests_on_others = False
        self.service: Service = service
        self.head_of = head_of
        self.facts_of = facts_of
        self._load = load

    async def get(self, fold: Fold[S], item: str) -> S | None:
        """Return the state of an object, or None if nothing is known of it."""
        _, state = self.seen[fold.kind, item] = await self._load(fold, item)
        if fold.sources != {self.service}:
            self.rests_on_others = True
        found: S | None = state
        return found

    async def found(self, fold: Fold[S], item: str) -> S:
        """Return the state of an object that must be known.

        Raises
        ------
        CasetrailError
            `not_found`.
        """
        state = await self.get(fold, item)
        if state is None:
            raise not_found(item)
        return state

    def new_fact(self, kind: str, item: str, payload: Payload) -> NewFact:
        """Return a fact for the service's own stream of an object."""
        return NewFact(stream_name(kind, self.agency, item), payload)

    def seal(self, value: Any) -> ContentRef:
        """Put content aside and return what the body holds instead."""
        ref: ContentRef = self.bag.seal(value)
        return ref

    def seal_optional(self, value: Any) -> ContentRef | None:
        """Like `seal`, for content that may be absent; an empty text is none."""
        return None if value is None or value == "" else self.seal(value)


React = Callable[[Fact, View], Awaitable[Consequences]]
"""What a service does about a fact, its own or another's. Pure but for what it asks of the view."""

Clause = tuple[str, list[Any]]
"""A modifying query, `$1` being the agency and `{0}` and so on the columns that it takes; and these columns."""

AlsoKeep = Callable[[list[Fact]], Clause]
"""Returns what keeps followed facts of one agency beyond their folds, inside the same transaction."""

LawOf = Callable[[View], Awaitable[Law]]
"""Reads the law in force from a view."""


async def no_consequences(_fact: Fact, _view: View) -> Consequences:
    """React to nothing."""
    return Consequences()
