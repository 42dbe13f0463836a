"""What review knows of a case: intake alone owns its state, and review carries it on by what it did itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from casetrail_common.facts.acts import AcceptanceRefusedV1, EmergencyStartedV1, InvestigationOpenedV1
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
    EMERGENCY_STARTED = "emergency_started"
    """紧急启动."""
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
    """The last submission that intake accepted; of a simplified case the decision itself (T18)."""
    dossier: str | None = None
    """The dossier it was filed in."""

    @property
    def is_simplified(self) -> bool:
        """Whether it is decided on the spot (简易程序), without review."""
        return self.procedure == "simplified"

    @property
    def has_ended(self) -> bool:
        """Whether intake has closed it."""
        return self.told in (CaseState.CLOSED, CaseState.ARCHIVED)


def evolve(before: Case | None, fact: Fact) -> Case | None:
    """Return the case after a fact of intake or archive."""
    if isinstance(opened := fact.payload, CaseRegisteredV1):
        return Case(
            conduct_type=opened.conduct_type,
            procedure=opened.procedure,
            officers=tuple(dict.fromkeys((*opened.officers, opened.responsible_officer))),
            unit=opened.unit,
        )
    return before and _moved(before, fact)


def _moved(before: Case, fact: Fact) -> Case:
    match fact.payload:
        case ReviewAcceptedV1() as accepted:
            told = CaseState.DECIDED if before.is_simplified else CaseState.REVIEWING
            return replace(before, told=told, submission=accepted.submission)
        case InitiationFiledV1() if before.told is CaseState.EMERGENCY_STARTED:
            return before
        case ServicePerformedV1(of_decision=False):
            return before
        case DossierFiledV1(dossier=dossier):
            return replace(before, told=CaseState.ARCHIVED, dossier=dossier)
    told_now = _TOLD.get(type(fact.payload))
    return replace(before, told=told_now) if told_now else before


_TOLD: Final[Mapping[type, CaseState]] = {
    EmergencyStartedV1: CaseState.EMERGENCY_STARTED,
    InitiationFiledV1: CaseState.INITIATION_PENDING,
    InitiationApprovedV1: CaseState.INVESTIGATING,
    InvestigationOpenedV1: CaseState.INVESTIGATING,
    InitiationRejectedV1: CaseState.NOT_INITIATED,
    AcceptanceRefusedV1: CaseState.NOT_INITIATED,
    ServicePerformedV1: CaseState.EXECUTING,
    CaseClosedV1: CaseState.CLOSED,
}
"""The state that a case is in after a fact."""

MOVING: Final = (CaseRegisteredV1, ReviewAcceptedV1, DossierFiledV1, *_TOLD)
"""Facts that change what review knows of a case."""


def standing(case: Case, accepted: Submission | None) -> CaseState:
    """Return the state of a case, given the submission that intake accepted last.

    While a case is in review only review's facts move it, so that what intake told last is carried on here.
    """
    if case.told is not CaseState.REVIEWING or accepted is None or accepted.ending is None:
        return case.told
    return _ENDED[accepted.ending]


_ENDED: Final[Mapping[SubmissionState, CaseState]] = {
    SubmissionState.RETURNED: CaseState.INVESTIGATING,
    SubmissionState.DECIDED: CaseState.DECIDED,
    SubmissionState.TERMINATED: CaseState.CLOSED,
}
"""The state that a case is in after its submission ended."""
