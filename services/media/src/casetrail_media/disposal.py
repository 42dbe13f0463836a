"""Disposal: when intake disposes of the content of a case, media disposes of what it holds of that case."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from casetrail_common.facts.common import ContentErasedV1
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.reading import commitments_in
from casetrail_common.ledger.view import View


@dataclass(frozen=True)
class Held:
    """Commitments in media's stream of a case or of a recording, in hexadecimal."""

    commitments: tuple[str, ...] = ()
    disposed_of: tuple[str, ...] = ()
    """Those whose content is gone; only the stream of a case says so."""


def _keys(fact: Fact) -> Iterable[str]:
    """Return the case or recording of a fact that holds or disposes of content; most facts do neither."""
    if fact.stream_kind not in {"case", "session"}:
        return ()
    concerned = isinstance(fact.payload, ContentErasedV1) or any(True for _ in commitments_in(fact.fields))
    return (fact.stream_item,) if concerned else ()


def evolve(before: Held | None, fact: Fact) -> Held:
    """Return what is held after one of media's own facts."""
    held = before or Held()
    if isinstance(erased := fact.payload, ContentErasedV1):
        return replace(held, disposed_of=tuple(dict.fromkeys((*held.disposed_of, *erased.commitments))))
    return replace(held, commitments=(*held.commitments, *commitments_in(fact.fields)))


HELD: Final = Fold(
    kind="held",
    state=Held,
    keys=_keys,
    evolve=evolve,
    sources=frozenset({"media"}),
)


async def dispose(erased: ContentErasedV1, case_id: str, sessions: Iterable[str], view: View) -> tuple[NewFact, ...]:
    """Return the disposal of everything media still holds of a case and its recordings."""
    held = [await view.get(HELD, item) or Held() for item in (case_id, *sessions)]
    gone = held[0].disposed_of
    ours = [digest for each in held for digest in each.commitments if digest not in gone]
    if not ours:
        return ()
    payload = ContentErasedV1(case=case_id, commitments=ours, reason=erased.reason)
    return (view.new_fact("case", case_id, payload),)
