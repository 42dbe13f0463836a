"""Recordings, records and requests that are born outside cases: whether a case has taken them up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casetrail_common.facts.intake import RecordAddedV1
from casetrail_common.facts.media import AvSessionStartedV1
from casetrail_common.ledger.fact import Fact

CONCERN_AGENCY: Final = frozenset(
    {
        "activity.started",
        "av.session_interrupted",
        "av.session_resumed",
        "av.session_started",
        "av.stored",
        "case.registered",
        "initiation.approved",
        "investigation.opened",
    }
)
"""Facts of single cases and recordings that rules about the agency as a whole, or its devices, look at.

Source: the rules of the shipped packs on these subjects; a test judges every scenario both ways.
"""


@dataclass(frozen=True)
class Tied:
    """Which cases an object belongs to."""

    cases: tuple[str, ...] = ()
    since: datetime | None = None
    """When it was first recorded that it belongs to one."""


def evolve_tied(tied: Tied | None, fact: Fact) -> Tied:
    """Return the object after a fact that concerns it: its own first one, or one of a case that takes it up."""
    known = tied or Tied()
    case = fact.payload.case if isinstance(fact.payload, AvSessionStartedV1) else None
    if fact.stream_kind == "case":
        case = fact.stream_item
    if case is None:
        return known
    since = min(known.since or fact.recorded_at, fact.recorded_at)
    return Tied(known.cases if case in known.cases else (*known.cases, case), since)


def concerns_agency(fact: Fact) -> bool:
    """Whether a fact of a single case or recording may change what is found of the agency or of a device."""
    match fact.payload:
        case RecordAddedV1(record_type="device_fault_report", about=about):
            return bool(about)
    return fact.type in CONCERN_AGENCY
