"""Folds: how facts become the state of an object, and how that state is kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from casetrail_common.ledger.fact import Fact

S = TypeVar("S")


@dataclass(frozen=True)
class Fold(Generic[S]):
    """A pure function from the facts of an object to its state, with the name under which the state is kept."""

    kind: str
    """Name of the snapshots, e.g. `case`."""
    state: type[S]
    """A frozen dataclass."""
    keys: Callable[[Fact], Iterable[str]]
    """Ids of the objects a fact concerns; most facts concern none."""
    evolve: Callable[[S | None, Fact], S | None]
    """State after the fact; None before the first one, and again None to forget the object."""
    sources: frozenset[str]
    """Services whose facts it reads. A rejection that rests on another service waits until that one is followed."""

    @cached_property
    def _codec(self) -> TypeAdapter[S]:
        return TypeAdapter(self.state)

    def dump(self, state: S) -> str:
        """Return the state as JSON text."""
        return self._codec.dump_json(state).decode()

    def load(self, text: str) -> S:
        """Return the state from JSON text."""
        return self._codec.validate_json(text)
