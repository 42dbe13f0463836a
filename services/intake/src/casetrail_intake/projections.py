"""What intake keeps folded: its own objects, and what it needs of the other services' facts."""

from collections.abc import Iterable
from typing import Any, Final

from casetrail_common.access import FILED_IN, REQUESTS
from casetrail_common.agencies import AGENCY
from casetrail_common.facts.acts import MeasureRegisteredV1, PermitItemConfiguredV1, RecordPlanPublishedV1
from casetrail_common.facts.intake import (
    ActivityEndedV1,
    ActivityStartedV1,
    CaseClosedV1,
    OpinionGivenV1,
    RecordAddedV1,
    RecordSignedV1,
    ReviewAcceptedV1,
    ServicePerformedV1,
    SubmissionVoidedV1,
)
from casetrail_common.facts.media import DeviceRegisteredV1
from casetrail_common.facts.recording import DeviceFaultReportedV1
from casetrail_common.facts.review import DecisionIssuedV1, ReviewSubmittedV1, TerminationProposedV1
from casetrail_common.facts.use import AccessRequestedV1
from casetrail_common.ids import stream_name
from casetrail_common.law import LAW, PACK
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.keys import named, of_agency, of_stream
from casetrail_common.ledger.view import Consequences, View
from casetrail_common.people import PERSON
from casetrail_common.sealing import seal_streams
from casetrail_intake.domain.case import (
    Case,
    InReview,
    State,
    evolve,
    evolve_in_review,
    state_of,
)
from casetrail_intake.domain.laying_down import LaidDown, evolve_laid_down
from casetrail_intake.domain.records import (
    Activity,
    Known,
    Record,
    Session,
    evolve_activity,
    evolve_known,
    evolve_record,
    evolve_session,
)

OWN: Final = frozenset({"intake"})


def _record_id(fact: Fact) -> Iterable[str]:
    match fact.payload:
        case RecordAddedV1(record=record) | RecordSignedV1(record=record):
            return (record,)
        case DecisionIssuedV1(record=record) | DeviceFaultReportedV1(record=record):
            return (record,)
        case OpinionGivenV1(form=record):
            return (record,)
    return ()


CASE: Final = Fold("case", Case, of_stream("case"), evolve, OWN)
IN_REVIEW: Final = Fold("in_review", InReview, of_stream("case"), evolve_in_review, frozenset({"review"}))
RECORD: Final = Fold("record", Record, _record_id, evolve_record, frozenset({"intake", "media", "review"}))
ACTIVITY: Final = Fold(
    "activity", Activity, named("activity", ActivityStartedV1, ActivityEndedV1), evolve_activity, OWN
)
LAID_DOWN: Final = Fold(
    "laid_down", LaidDown, of_agency(RecordPlanPublishedV1, PermitItemConfiguredV1), evolve_laid_down, OWN
)
MEASURE: Final = Fold("measure", Known, named("measure", MeasureRegisteredV1), evolve_known, OWN)
SERVICE: Final = Fold("service", Known, named("service", ServicePerformedV1), evolve_known, OWN)
DEVICE: Final = Fold("device", Known, named("device", DeviceRegisteredV1), evolve_known, frozenset({"media"}))
REQUEST: Final = Fold("request", Known, named("request", AccessRequestedV1), evolve_known, frozenset({"review"}))
SESSION: Final = Fold("session", Session, of_stream("session"), evolve_session, frozenset({"media"}))

FOLDS: Final[tuple[Fold[Any], ...]] = (
    AGENCY,
    CASE,
    IN_REVIEW,
    FILED_IN,
    RECORD,
    ACTIVITY,
    LAID_DOWN,
    MEASURE,
    SERVICE,
    DEVICE,
    REQUEST,
    SESSION,
    REQUESTS,
    PERSON,
    LAW,
    PACK,
)


async def case_now(view: View, case_id: str) -> tuple[Case, State]:
    """Return a case and the state it is in.

    Raises
    ------
    CasetrailError
        `not_found`.
    """
    case = await view.found(CASE, case_id)
    if case.state == "reviewing":
        in_review = await view.get(IN_REVIEW, case_id)
        return case, state_of(case, in_review)
    if case.state == "closed":
        is_filed = await view.get(FILED_IN, case_id) is not None
        return case, state_of(case, None, is_filed=is_filed)
    return case, case.state


async def react(fact: Fact, view: View) -> Consequences:
    """Dispose of what review proposes, and end volume 1 where a dossier is filed."""
    facts = await seal_streams(fact, view)
    match fact.payload:
        case ReviewSubmittedV1() as submitted:
            facts = (*facts, await _disposed(submitted, view))
        case DecisionIssuedV1(submission=None) as decided:
            facts = (*facts, await _decided_on_spot(decided, view))
        case TerminationProposedV1() as proposed:
            facts = (*facts, *await _terminated(proposed, view))
    return Consequences(facts)


async def _decided_on_spot(decided: DecisionIssuedV1, view: View) -> NewFact:
    """Let the decision of a simplified case take effect (T18) if the case is being investigated."""
    stream = stream_name("case", view.agency, decided.case)
    case = await view.get(CASE, decided.case)
    if case is not None and case.procedure == "simplified" and case.state == "investigating":
        return NewFact(stream, ReviewAcceptedV1(submission=decided.record))
    return NewFact(stream, SubmissionVoidedV1(submission=decided.record, code="transition_not_allowed"))


async def _terminated(proposed: TerminationProposedV1, view: View) -> tuple[NewFact, ...]:
    """Close a case that review ends without a decision (T26), if it still lies there."""
    case = await view.get(CASE, proposed.case)
    if case is None or case.state != "reviewing" or case.submission != proposed.submission:
        return ()
    closed = CaseClosedV1(outcome=proposed.outcome, form=proposed.form, reason=proposed.reason)
    return (view.new_fact("case", proposed.case, closed),)


async def _disposed(submitted: ReviewSubmittedV1, view: View) -> NewFact:
    """Let a submission take effect (T15) if the case stands where review believed it to stand."""
    stream = stream_name("case", view.agency, submitted.case)
    case = await view.get(CASE, submitted.case)
    if case is not None:
        # The fold of review's facts already holds this submission, so the case's own state decides, unless an earlier
        # submission was returned.
        before = await view.get(IN_REVIEW, submitted.case)
        if state_of(case, before) == "investigating":
            return NewFact(stream, ReviewAcceptedV1(submission=submitted.submission))
    return NewFact(stream, SubmissionVoidedV1(submission=submitted.submission, code="transition_not_allowed"))
