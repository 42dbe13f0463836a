"""What is judged as one: a case, an object that belongs to no case, or the agency with its devices."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from casetrail_common.ids import stream_name
from casetrail_common.rules import CaseFile, Finding, LawBook, evaluate
from casetrail_common.rules.model import model

AGENCY: Final = "agency"

_OWN_STREAM: Final = {AGENCY: "finding"}
"""Kind of the stream that takes the findings of a scope, where it is not that of the scope itself.

The agency's own stream goes into dossiers as far as it was written by then; its findings do not belong there.
"""

_PREPARED: Final = "item_step"
"""Steps of permit items are judged on the case that goes through them."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One of these; its key is the id of a case, else `<kind>:<id>`."""

    kind: str
    item: str

    @classmethod
    def of(cls, key: str) -> "Scope":
        """Return the scope that a key names."""
        kind, _, item = key.rpartition(":")
        return cls(kind or "case", item)

    @property
    def key(self) -> str:
        """Return what names it in rows, timers and jobs."""
        return self.item if self.case else f"{self.kind}:{self.item}"

    @property
    def case(self) -> str | None:
        """The case, if it is one."""
        return self.item if self.kind == "case" else None

    def stream(self, agency: str) -> str:
        """Return archive's own stream for what is found."""
        return stream_name(_OWN_STREAM.get(self.kind, self.kind), agency, self.item)


class Judge(Protocol):
    """Judges a file: from scratch, or going on from the last time."""

    def __call__(
        self, book: LawBook, file: CaseFile, *, as_of: datetime, of: Container[str] | None = None
    ) -> Sequence[Finding]:
        """Return the findings."""


def found_in(  # all that a judgement rests on
    scope: Scope, book: LawBook, file: CaseFile, shared: CaseFile, *, as_of: datetime, judge: Judge = evaluate
) -> Sequence[Finding]:
    """Return the findings of a scope.

    Parameters
    ----------
    file
        What belongs to the scope; for the agency, what its rules look at in all cases.
    shared
        What all scopes of the agency share.
    """
    if scope.kind != AGENCY:
        return judge(book, file.with_(shared), as_of=as_of, of=file.things.keys())
    standing = {id_ for id_, thing in shared.things.items() if model()[thing.kind].is_standing}
    steps = {id_ for id_, thing in shared.things.items() if thing.kind == _PREPARED}
    plain = CaseFile({id_: thing for id_, thing in shared.things.items() if id_ not in steps}, shared.links)
    whole = judge(book, file.with_(plain), as_of=as_of, of=standing)
    return (*whole, *evaluate(book, shared, as_of=as_of, of=shared.things.keys() - standing))
