"""Items: whatever may be asked for (records, recordings, copies made of them, dossiers), and the decision document."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from casetrail_common.facts.archive import DossierDraftedV1, DossierFiledV1
from casetrail_common.facts.intake import ActivityStartedV1, OpinionGivenV1, RecordAddedV1
from casetrail_common.facts.media import AvSessionStartedV1
from casetrail_common.facts.recording import AvDerivativeCreatedV1, DeviceFaultReportedV1
from casetrail_common.facts.review import DecisionIssuedV1
from casetrail_common.ledger.fact import Fact

Kind = Literal["record", "session", "derivative", "dossier"]


@dataclass(frozen=True)
class Item:
    """An object of any service, as far as review asks for it."""

    kind: Kind
    case: str | None
    record_type: str | None = None
    classification: str | None = None
    """The secrecy it is under (涉密类别)."""
    head_agrees: bool = False
    """Whether the head's opinion stands on the form and agrees."""


def items_of(fact: Fact) -> Iterable[str]:
    """Return the ids of the items that a fact concerns."""
    match fact.payload:
        case RecordAddedV1(record=item) | DecisionIssuedV1(record=item) | DeviceFaultReportedV1(record=item):
            return (item,)
        case OpinionGivenV1(form=item, slot="head"):
            return (item,)
        case AvSessionStartedV1(session=item) | AvDerivativeCreatedV1(derivative=item):
            return (item,)
        case ActivityStartedV1(sessions=sessions):
            return tuple(sessions)
        case DossierDraftedV1(dossier=item) | DossierFiledV1(dossier=item):
            return (item,)
    return ()


def evolve_item(before: Item | None, fact: Fact) -> Item | None:
    """Return the item after a fact that concerns it."""
    match fact.payload:
        case RecordAddedV1() as added:
            return Item("record", added.case, added.record_type, added.classification)
        case DecisionIssuedV1() as issued:
            return Item("record", issued.case, "decision_document")
        case DeviceFaultReportedV1() as reported:
            return Item("record", reported.case, "device_fault_report")
        case AvSessionStartedV1(case=case):
            return Item("session", case)
        case AvDerivativeCreatedV1(case=case):
            return Item("derivative", case)
        case DossierDraftedV1(case=case) | DossierFiledV1(case=case):
            return Item("dossier", case)
    return before and _moved(before, fact)


def _moved(before: Item, fact: Fact) -> Item:
    match fact.payload:
        case ActivityStartedV1():
            return replace(before, case=before.case or fact.stream_item)
        case OpinionGivenV1(result=result):
            return replace(before, head_agrees=result == "agree")
    return before


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


@dataclass(frozen=True)
class OnSpot:
    """The decision of a simplified case that was proposed last; until intake accepts it, it has no effect."""

    record: str


def evolve_on_spot(before: OnSpot | None, fact: Fact) -> OnSpot | None:
    """Return the last decision of a simplified case."""
    issued = fact.payload
    return OnSpot(issued.record) if isinstance(issued, DecisionIssuedV1) else before
