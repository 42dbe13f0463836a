"""Disposal: when intake disposes of the content of a case, review disposes of what it holds of that case."""

from dataclasses import dataclass
from typing import Final

from casetrail_common.facts.common import ContentErasedV1
from casetrail_common.ids import stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.reading import commitments_in
from casetrail_common.ledger.view import View


@dataclass(frozen=True)
class Held:
    """Commitments in review's stream of a case whose content has not been disposed of, in hexadecimal."""

    commitments: tuple[str, ...] = ()


def evolve(before: Held | None, fact: Fact) -> Held | None:
    """Return what is held after one of review's own facts."""
    held = before or Held()
    if isinstance(erased := fact.payload, ContentErasedV1):
        gone = frozenset(erased.commitments)
        return Held(tuple(digest for digest in held.commitments if digest not in gone))
    return Held(tuple(dict.fromkeys((*held.commitments, *commitments_in(fact.fields)))))


HELD: Final = Fold(
    kind="held",
    state=Held,
    keys=lambda fact: (fact.stream_item,) if fact.stream_kind == "case" else (),
    evolve=evolve,
    sources=frozenset({"review"}),
)


async def dispose(fact: Fact, view: View) -> tuple[NewFact, ...]:
    """Return the disposal of everything review still holds of a case, if the fact is intake's disposal of it."""
    erased = fact.payload
    if fact.service != "intake" or not isinstance(erased, ContentErasedV1) or erased.case is None:
        return ()
    held = await view.get(HELD, erased.case)
    if held is None or not held.commitments:
        return ()
    ours = ContentErasedV1(case=erased.case, commitments=list(held.commitments), reason=erased.reason)
    return (NewFact(stream_name("case", view.agency, erased.case), ours),)
