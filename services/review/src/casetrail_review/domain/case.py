"""What review knows of a case: intake alone owns its state, and review carries it on by what it did itself."""

from dataclasses import dataclass, replace
from enum import StrEnum

from casetrail_common.facts.archive import DossierFiledV1
from casetrail_common.facts.intake import (
    CaseClosedV1,
    CaseRegisteredV1,
    ConductType,
    InitiationApprovedV1,
    InitiationFiledV1,
    InitiationRejectedV1,
    Procedure,
    ReviewAcceptedV1,
    ServicePerformedV1,
)
from casetrail_common.ledger.fact import Fact
from casetrail_review.domain.submission import Submission, SubmissionState


class CaseState(StrEnum):
    """The states of a case, as far as the facts that review follows tell them."""

    REGISTERED = "registered"
    """已登记."""
    INITIATION_PENDING = "initiation_pending"
    """待批."""
    NOT_INITIATED = "not_initiated"
    """不予启动."""
    INVESTIGATING = "investigating"
    """调查取证."""
    REVIEWING = "reviewing"
    """审核."""
    DECIDED = "decided"
    """已决定."""
    EXECUTING = "executing"
    """履行执行."""
    CLOSED = "closed"
    """终结."""
    ARCHIVED = "archived"
    """已归档."""


@dataclass(frozen=True)
class Case:
    """A case as intake and archive tell it; a pure fold of their facts, so it says nothing of what review did."""

    conduct_type: ConductType
    procedure: Procedure
    officers: tuple[str, ...]
    unit: str | None
    told: CaseState = CaseState.REGISTERED
    """The last state that intake or archive told; see `standing`."""
    submission: str | None = None
    """The last submission that intake accepted."""


def evolve(before: Case | None, fact: Fact) -> Case | None:
    """Return the case after a fact of intake or archive."""
    if isinstance(opened := fact.payload, CaseRegisteredV1):
        return Case(
            conduct_type=opened.conduct_type,
            procedure=opened.procedure,
            officers=tuple(opened.officers),
            unit=opened.unit,
        )
    return before and _moved(before, fact)


def _moved(before: Case, fact: Fact) -> Case:
    match fact.payload:
        case InitiationFiledV1():
            return replace(before, told=CaseState.INITIATION_PENDING)
        case InitiationApprovedV1():
            return replace(before, told=CaseState.INVESTIGATING)
        case InitiationRejectedV1():
            return replace(before, told=CaseState.NOT_INITIATED)
        case ReviewAcceptedV1() as accepted:
            return replace(before, told=CaseState.REVIEWING, submission=accepted.submission)
        case ServicePerformedV1(of_decision=True):
            return replace(before, told=CaseState.EXECUTING)
        case CaseClosedV1():
            return replace(before, told=CaseState.CLOSED)
        case DossierFiledV1():
            return replace(before, told=CaseState.ARCHIVED)
    return before


def standing(case: Case, accepted: Submission | None) -> CaseState:
    """Return the state of a case, given the submission that intake accepted last.

    While a case is in review only review's facts move it, so that what intake told last is carried on here.
    """
    if case.told is not CaseState.REVIEWING or accepted is None or accepted.ending is None:
        return case.told
    return CaseState.INVESTIGATING if accepted.ending is SubmissionState.RETURNED else CaseState.DECIDED
