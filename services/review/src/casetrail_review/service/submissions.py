"""Submitting a handling opinion (T15), sending it back (T16), and ending the case instead (T26)."""

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.model import ContentRef, Payload
from casetrail_common.facts.review import ReviewReturnedV1, ReviewSubmittedV1, TerminationProposedV1
from casetrail_common.ids import new_id
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_review.commands import ReturnSubmission, SubmitReview, TerminateReview
from casetrail_review.domain.case import CaseState
from casetrail_review.domain.submission import Submission
from casetrail_review.found import (
    found_submission,
    last_submission,
    require_record,
    standing_of,
)
from casetrail_review.projections import CASE


def submit_review(wish: SubmitReview, who: Principal) -> Decide:
    """Propose a submission; whether it takes effect is intake's to say.

    Raises
    ------
    CasetrailError
        `not_found`, `field_missing` (a record of another type), `role_not_allowed`, or `transition_not_allowed` if the
        case is not being investigated, needs no review, or an earlier submission is still open; one to which the head
        does not agree is taken back.
    """
    submission = new_id("review")

    async def decide(view: View) -> Plan:
        case = await view.found(CASE, wish.case)
        await require_record(view, wish.form, "handling_opinion", case=wish.case, argument="form")
        if wish.proposed_decision is not None:
            await require_record(
                view, wish.proposed_decision, "proposed_decision", case=wish.case, argument="proposed_decision"
            )
        who.require_for("submit_review")
        state = await standing_of(view, case)
        last = await last_submission(view, wish.case)
        may_submit = state is CaseState.INVESTIGATING or (last is not None and last.head_disagrees)
        if not may_submit or case.is_simplified:  # which is decided on the spot (T18)
            raise CasetrailError("transition_not_allowed", {"state": state, "id": wish.case})
        if last is not None and last.state.is_open and not last.head_disagrees:
            raise CasetrailError("transition_not_allowed", {"state": last.state, "submission": last.submission.id})
        proposed = ReviewSubmittedV1(
            submission=submission, case=wish.case, form=wish.form, proposed_decision=wish.proposed_decision
        )
        facts: list[Payload] = [proposed]
        if last is not None and last.state.is_open:
            facts.insert(0, _taken_back(last.submission))
        return Plan([view.new_fact("case", wish.case, fact) for fact in facts], {"submission": submission})

    return decide


def _taken_back(submission: Submission) -> ReviewReturnedV1:
    """Return the end of a submission to which the head did not agree, in the head's words."""
    words = submission.opinions["head"].opinion
    return ReviewReturnedV1(submission=submission.id, reason=ContentRef(sha256=words))


def return_submission(submission_id: str, wish: ReturnSubmission, who: Principal) -> Decide:
    """Send a submission back; the case is investigated again.

    Raises
    ------
    CasetrailError
        `not_found`, `role_not_allowed`, or `transition_not_allowed` if it does not lie in review.
    """

    async def decide(view: View) -> Plan:
        lying = await found_submission(view, submission_id)
        who.require_for("return_submission")
        lying.require_reviewing()
        returned = ReviewReturnedV1(submission=submission_id, reason=view.seal(wish.reason))
        return Plan([view.new_fact("case", lying.submission.case, returned)], {"submission": submission_id})

    return decide


def terminate_review(submission_id: str, wish: TerminateReview, who: Principal) -> Decide:
    """End the case without a decision, on a closure form that the head agreed to; it is closed when intake closes it.

    Raises
    ------
    CasetrailError
        `not_found`, `field_missing` (a record of another type), `role_not_allowed`, or `transition_not_allowed` if the
        submission does not lie in review or the head's agreement does not stand on the form.
    """

    async def decide(view: View) -> Plan:
        lying = await found_submission(view, submission_id)
        case = lying.submission.case
        form = await require_record(view, wish.form, "closure_record", case=case, argument="form")
        who.require_for("terminate_review")
        lying.require_reviewing()
        if not form.head_agrees:
            raise CasetrailError("transition_not_allowed", {"state": lying.state, "form": wish.form})
        ended = TerminationProposedV1(
            submission=submission_id, case=case, outcome=wish.outcome, form=wish.form, reason=view.seal(wish.reason)
        )
        return Plan([view.new_fact("case", case, ended)], {"submission": submission_id})

    return decide
