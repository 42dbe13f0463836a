"""The decision: of a case that lies in review (T17), or of a simplified one on the spot (T18)."""

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.review import DecisionIssuedV1
from casetrail_common.ids import new_id
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_review.commands import DecideCase, IssueDecision
from casetrail_review.domain.case import Case, CaseState
from casetrail_review.domain.submission import SubmissionState
from casetrail_review.found import Lying, found_submission, last_submission, on_spot, standing_of
from casetrail_review.projections import CASE
from casetrail_review.service.law import require_lawful


def issue_decision(submission_id: str, wish: IssueDecision, who: Principal) -> Decide:
    """Make the decision of a submission, and its document.

    Raises
    ------
    CasetrailError
        `not_found`, `role_not_allowed`; then what the regulations in force demand before a decision, with the clause;
        then `transition_not_allowed` if the submission does not lie in review.
    """
    record = new_id("review")

    async def decide(view: View) -> Plan:
        lying = await found_submission(view, submission_id)
        who.require_for("issue_decision")
        return await _decided(view, lying.submission.case, lying, wish, record)

    return decide


def decide_case(wish: DecideCase, who: Principal) -> Decide:
    """Make the decision of a case, and its document; that of a simplified case takes effect when intake accepts it.

    Raises
    ------
    CasetrailError
        As `issue_decision`; of a simplified case `transition_not_allowed` if it is not being investigated.
    """
    record = new_id("review")

    async def decide(view: View) -> Plan:
        case = await view.found(CASE, wish.case)
        who.require_for("issue_decision")
        lying = None if case.is_simplified else await last_submission(view, wish.case)
        return await _decided(view, wish.case, lying, wish, record)

    return decide


async def _decided(view: View, case_id: str, lying: Lying | None, wish: IssueDecision, record: str) -> Plan:
    """Return the decision, once the law and then the state of the case allow it."""
    submission = lying.submission.id if lying else None
    issued = DecisionIssuedV1(
        record=record,
        case=case_id,
        submission=submission,
        number=wish.number,
        content=view.seal(wish.content),
        seal=wish.seal,
        issued_on=wish.issued_on,
        correction_deadline=wish.correction_deadline,
    )
    fact = view.new_fact("case", case_id, issued)
    await require_lawful(view, case_id, [fact], command="issue_decision")
    if lying is None:
        await _require_on_spot(view, case_id, await view.found(CASE, case_id))
    else:
        lying.require_reviewing()
    return Plan([fact], {"submission": submission, "record": record})


async def _require_on_spot(view: View, case_id: str, case: Case) -> None:
    """Insist that a case may be decided without review, and that no decision of it waits for intake already."""
    state = await standing_of(view, case)
    if not case.is_simplified or state is not CaseState.INVESTIGATING:
        raise CasetrailError("transition_not_allowed", {"state": state, "id": case_id})
    proposed = await on_spot(view, case_id)
    if proposed is not None and proposed[1] is not SubmissionState.VOIDED:
        raise CasetrailError("transition_not_allowed", {"state": proposed[1], "record": proposed[0]})
