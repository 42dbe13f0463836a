"""The case: its state as intake alone decides it.

States and transitions are those of the domain model: T01 to T28. Intake's own facts move a case, except while it is in
review: then review's facts do, and at the very end archive's filing. Each service's facts are folded apart, so that the
order in which they arrive does not matter, and `state_of` puts the three together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from casetrail_common.facts.acts import AcceptanceRefusedV1, EmergencyStartedV1, InvestigationOpenedV1
from casetrail_common.facts.intake import (
    ActivityEndedV1,
    ActivityStartedV1,
    CaseClosedV1,
    CaseFlaggedV1,
    CaseRegisteredV1,
    InitiationApprovedV1,
    InitiationFiledV1,
    InitiationRejectedV1,
    ReviewAcceptedV1,
    ServicePerformedV1,
    SubmissionVoidedV1,
)
from casetrail_common.facts.review import DecisionIssuedV1, ReviewReturnedV1, ReviewSubmittedV1
from casetrail_common.ledger.fact import Fact

State = Literal[
    "registered",
    "initiation_pending",
    "emergency_started",
    "not_initiated",
    "investigating",
    "reviewing",
    "decided",
    "executing",
    "closed",
    "archived",
]

OPENED: Final = frozenset({"emergency_started", "investigating", "reviewing", "decided", "executing"})
"""States in which acts may be done on site: the case was opened, if only in an emergency, and has not ended."""

ENDABLE: Final = frozenset(
    {"registered", "initiation_pending", "emergency_started", "investigating", "decided", "executing"}
)
"""States from which intake may end a case without its outcome (T26); while it is reviewed, that is review's to say."""


@dataclass(frozen=True)
class Case:
    """What intake's own facts say of a case."""

    state: State
    """As far as intake's facts go; `reviewing` stands for whatever review has made of it since."""
    conduct_type: str
    procedure: str
    start_mode: str
    parties: tuple[str, ...]
    officers: tuple[str, ...]
    responsible_officer: str
    unit: str | None
    flags: tuple[str, ...] = ()
    initiation_form: str | None = None
    submission: str | None = None
    """The submission that was accepted last."""
    voided: tuple[str, ...] = ()
    """Submissions that found the case in another state and had no effect."""
    running: tuple[str, ...] = ()
    """Activities that have begun and not ended."""
    outcome: str | None = None


@dataclass(frozen=True)
class InReview:
    """What review's facts say of a case: how each submission stands."""

    submissions: Mapping[str, str] = field(default_factory=dict)
    """Submission id to `submitted`, `returned` or `decided`."""
    forms: Mapping[str, str] = field(default_factory=dict)
    """Form id to the submission it was last part of."""
    decision: str | None = None
    """Id of the decision document."""


def state_of(case: Case, in_review: InReview | None, *, is_filed: bool = False) -> State:
    """Return the state of a case, given what each service has said of it."""
    if case.state == "closed" and is_filed:
        return "archived"
    if case.state != "reviewing" or in_review is None:
        return case.state
    standing = in_review.submissions.get(case.submission or "", "submitted")
    became: dict[str, State] = {"submitted": "reviewing", "returned": "investigating", "decided": "decided"}
    return became[standing]


def evolve(case: Case | None, fact: Fact) -> Case | None:
    """Return the case after one of intake's facts."""
    match fact.payload:
        case CaseRegisteredV1() as opened:
            return Case(
                state="registered",
                conduct_type=opened.conduct_type,
                procedure=opened.procedure,
                start_mode=opened.start_mode,
                parties=tuple(opened.parties),
                officers=tuple(opened.officers),
                responsible_officer=opened.responsible_officer,
                unit=opened.unit,
            )
    return None if case is None else _moved(case, fact)


def _moved(known: Case, fact: Fact) -> Case:
    """Return the case after a fact that moves it along a transition, or as `_noted` leaves it."""
    match fact.payload:
        case InitiationFiledV1(form=form):
            state: State = "emergency_started" if known.state == "emergency_started" else "initiation_pending"
            return replace(known, state=state, initiation_form=form)
        case EmergencyStartedV1():
            return replace(known, state="emergency_started")
        case InitiationApprovedV1() | InvestigationOpenedV1():
            return replace(known, state="investigating")
        case InitiationRejectedV1() | AcceptanceRefusedV1():
            return replace(known, state="not_initiated")
        case ReviewAcceptedV1(submission=submission):
            decided = known.procedure == "simplified"  # then it is the decision itself that was accepted (T18)
            return replace(known, state="decided" if decided else "reviewing", submission=submission)
        case ServicePerformedV1(of_decision=True):
            return replace(known, state="executing")
        case CaseClosedV1(outcome=outcome):
            return replace(known, state="closed", outcome=outcome)
    return _noted(known, fact)


def _noted(known: Case, fact: Fact) -> Case:
    """Return the case after a fact that leaves its state as it is."""
    match fact.payload:
        case CaseFlaggedV1(flag=flag) if flag not in known.flags:
            return replace(known, flags=(*known.flags, flag))
        case ActivityStartedV1(activity=activity):
            return replace(known, running=(*known.running, activity))
        case ActivityEndedV1(activity=activity):
            return replace(known, running=tuple(one for one in known.running if one != activity))
        case SubmissionVoidedV1(submission=submission):
            return replace(known, voided=(*known.voided, submission))
    return known


def evolve_in_review(seen: InReview | None, fact: Fact) -> InReview:
    """Return what review has made of a case after one of its facts."""
    known = seen or InReview()
    match fact.payload:
        case ReviewSubmittedV1(submission=submission, form=form):
            return replace(
                known,
                submissions={**known.submissions, submission: "submitted"},
                forms={**known.forms, form: submission},
            )
        case ReviewReturnedV1(submission=submission):
            return replace(known, submissions={**known.submissions, submission: "returned"})
        case DecisionIssuedV1(submission=submission, record=record):
            decided = {**known.submissions, submission: "decided"} if submission else known.submissions
            return replace(known, submissions=decided, decision=record)
    return known
