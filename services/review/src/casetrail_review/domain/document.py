"""Documents: the records of intake that review refers to, and the decision document, which is its own."""

from dataclasses import dataclass
from datetime import date, datetime

from casetrail_common.facts.intake import RecordAddedV1
from casetrail_common.facts.review import DecisionIssuedV1
from casetrail_common.ledger.fact import Fact


@dataclass(frozen=True)
class Record:
    """A text record (文书) made in intake."""

    record_type: str
    case: str | None


def evolve_record(_before: Record | None, fact: Fact) -> Record | None:
    """Return what review keeps of a record."""
    added = fact.payload
    return Record(added.record_type, added.case) if isinstance(added, RecordAddedV1) else _before


@dataclass(frozen=True)
class Decision:
    """A decision document (行政执法决定书); its words are kept apart."""

    id: str
    case: str
    submission: str | None
    number: str
    content: str
    """Commitment of the text, in hexadecimal."""
    seal: str
    issued_on: date
    issued_by: str
    issued_at: datetime
    correction_deadline: date | None = None


def evolve_decision(before: Decision | None, fact: Fact) -> Decision | None:
    """Return the decision document after a fact; nothing changes it once it is made."""
    issued = fact.payload
    if not isinstance(issued, DecisionIssuedV1):
        return before
    return Decision(
        id=issued.record,
        case=issued.case,
        submission=issued.submission,
        number=issued.number,
        content=issued.content.sha256,
        seal=issued.seal,
        issued_on=issued.issued_on,
        issued_by=fact.actor.person,
        issued_at=fact.occurred_at,
        correction_deadline=issued.correction_deadline,
    )
