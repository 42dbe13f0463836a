"""The decision (T17)."""

from casetrail_common.auth import Principal
from casetrail_common.auth.roles import Role
from casetrail_common.facts.review import DecisionIssuedV1
from casetrail_common.ids import new_id, stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_review.commands import IssueDecision
from casetrail_review.found import found_submission
from casetrail_review.service.law import require_lawful


def issue_decision(submission_id: str, wish: IssueDecision, who: Principal) -> Decide:
    """Make the decision and its document.

    Raises
    ------
    CasetrailError
        `not_found`, `role_not_allowed`; then what the regulations in force demand before a decision, with the clause;
        then `transition_not_allowed` if the submission does not lie in review.
    """
    record = new_id("review")

    async def decide(view: View) -> Plan:
        lying = await found_submission(view, submission_id)
        who.require([Role.CASE_OFFICER])
        issued = DecisionIssuedV1(
            record=record,
            case=lying.submission.case,
            submission=submission_id,
            number=wish.number,
            content=view.seal(wish.content),
            seal=wish.seal,
            issued_on=wish.issued_on,
            correction_deadline=wish.correction_deadline,
        )
        fact = NewFact(stream_name("case", view.agency, lying.submission.case), issued)
        await require_lawful(view, lying.submission.case, [fact], command="issue_decision")
        lying.require_reviewing()
        return Plan([fact], {"submission": submission_id, "record": record})

    return decide
