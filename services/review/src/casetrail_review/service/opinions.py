"""Opinions on a submitted form."""

from typing import Any

from casetrail_common.auth import Principal
from casetrail_common.facts.model import Payload
from casetrail_common.facts.review import HeadApprovedV1, LegalOpinedV1, ReviewReturnedV1, UnitOpinedV1
from casetrail_common.ids import stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_review.commands import GiveOpinion
from casetrail_review.domain.duties import require_duty
from casetrail_review.domain.submission import Submission
from casetrail_review.found import found_submission


def give_opinion(submission_id: str, wish: GiveOpinion, who: Principal) -> Decide:
    """Fill one slot of the submitted form; a head's disagreement also sends the submission back (T16).

    Raises
    ------
    CasetrailError
        `not_found`, `role_not_allowed` for a wrong role or a person too near to the case, or `transition_not_allowed`
        if the submission does not lie in review.
    """

    async def decide(view: View) -> Plan:
        lying = await found_submission(view, submission_id)
        submission = lying.submission
        require_duty(who, wish.slot, submission=submission, case=lying.case)
        lying.require_reviewing()
        stream = stream_name("case", view.agency, submission.case)
        facts = [NewFact(stream, payload) for payload in _told(wish, who, submission=submission, view=view)]
        return Plan(facts, {"submission": submission.id, "form": submission.form, "slot": wish.slot})

    return decide


def _told(wish: GiveOpinion, who: Principal, *, submission: Submission, view: View) -> list[Payload]:
    said = view.seal(wish.opinion)
    given: dict[str, Any] = {
        "form": submission.form,
        "submission": submission.id,
        "slot": wish.slot,
        "result": wish.result,
        "opinion": said,
        "reasons": view.seal_optional(wish.reasons),
        "suggestion": view.seal_optional(wish.suggestion),
        "signed_on": wish.signed_on,
        "by": who.person,
    }
    match wish.slot:
        case "legal":
            return [LegalOpinedV1(**given)]
        case "head" if wish.result == "disagree":
            return [HeadApprovedV1(**given), ReviewReturnedV1(submission=submission.id, reason=said)]
        case "head":
            return [HeadApprovedV1(**given)]
    return [UnitOpinedV1(**given)]
