"""Disposal: when intake disposes of the content of a case, review disposes of what it holds of that case."""

from dataclasses import dataclass
from typing import Final

from casetrail_common.facts.common import ContentErasedV1
from casetrail_common.facts.use import AccessRequestedV1
from casetrail_common.ids import stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.reading import commitments_in
from casetrail_common.ledger.view import View


@dataclass(frozen=True)
class Held:
    """Commitments in review's stream of a case or a request whose content is still there, in hexadecimal."""

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
    keys=lambda fact: (fact.stream_item,) if fact.stream_kind in {"case", "request"} else (),
    evolve=evolve,
    sources=frozenset({"review"}),
)


@dataclass(frozen=True)
class Asked:
    """The requests for items of one case and of no other: they go with it."""

    requests: tuple[str, ...] = ()


def _note(before: Asked | None, fact: Fact) -> Asked | None:
    asked = fact.payload
    if not isinstance(asked, AccessRequestedV1):
        return before
    return Asked((*(before.requests if before else ()), asked.request))


ASKED: Final = Fold(
    kind="requests_of_case",
    state=Asked,
    keys=lambda fact: (
        fact.payload.cases if isinstance(fact.payload, AccessRequestedV1) and len(fact.payload.cases) == 1 else ()
    ),
    evolve=_note,
    sources=frozenset({"review"}),
)


async def dispose(fact: Fact, view: View) -> tuple[NewFact, ...]:
    """Return the disposal of everything review still holds of a case, if the fact is intake's disposal of it."""
    erased = fact.payload
    if fact.service != "intake" or not isinstance(erased, ContentErasedV1) or erased.case is None:
        return ()
    asked = await view.get(ASKED, erased.case)
    streams = [("case", erased.case), *(("request", request) for request in (asked.requests if asked else ()))]
    facts = []
    for kind, item in streams:
        held = await view.get(HELD, item)
        if held is not None and held.commitments:
            gone = ContentErasedV1(case=erased.case, commitments=list(held.commitments), reason=erased.reason)
            facts.append(NewFact(stream_name(kind, view.agency, item), gone))
    return tuple(facts)
