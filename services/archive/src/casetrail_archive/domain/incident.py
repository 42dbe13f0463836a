"""A forbidden act that was attempted, or a breach that was found."""

from dataclasses import dataclass
from datetime import datetime

from casetrail_common.facts.common import IncidentRecordedV1
from casetrail_common.ledger.fact import Fact


@dataclass(frozen=True)
class Incident:
    """What offended which clause, on which object."""

    item: str
    code: str
    clause: str | None
    command: str
    by: str
    at: datetime
    case: str | None


def evolve_incident(incident: Incident | None, fact: Fact) -> Incident | None:
    """Return the incident that a fact records; it never changes."""
    if not isinstance(recorded := fact.payload, IncidentRecordedV1):
        return incident
    case = recorded.case or (fact.stream_item if fact.stream_kind == "case" else None)
    return Incident(
        item=recorded.item,
        code=recorded.code,
        clause=recorded.clause,
        command=recorded.command,
        by=fact.actor.person,
        at=fact.occurred_at,
        case=case,
    )
