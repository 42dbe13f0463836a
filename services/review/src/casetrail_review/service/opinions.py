"""Opinions on a submitted form, and its discussion by the members of the agency's leadership (集体讨论)."""

from typing import Any

from casetrail_common.auth import Principal
from casetrail_common.errors import not_found
from casetrail_common.facts.model import Payload
from casetrail_common.facts.review import (
    HeadApprovedV1,
    LegalOpinedV1,
    MemberView,
    ReviewDiscussedV1,
    UnitOpinedV1,
)
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_common.people import PERSON
from casetrail_review.commands import DiscussCollectively, GiveOpinion
from casetrail_review.domain.duties import require_duty
from casetrail_review.domain.submission import Submission
from casetrail_review.found import found_submission, require_record
from casetrail_review.service.law import require_lawful


def give_opinion(submission_id: str, wish: GiveOpinion, who: Principal) -> Decide:
    """Fill one slot of the submitted form; it lies in review whatever the head says, who may come to agree.

    Raises
    ------
    CasetrailError
        `not_found`, `role_not_allowed` for a wrong role or a person too near to the case, `transition_not_allowed` if
        the submission does not lie in review, or what the regulations in force demand before such an opinion.
    """

    async def decide(view: View) -> Plan:
        lying = await found_submission(view, submission_id)
        submission = lying.submission
        require_duty(who, wish.slot, submission=submission, case=lying.case)
        lying.require_reviewing()
        told = _told(wish, who, submission=submission, view=view)
        facts = [view.new_fact("case", submission.case, payload) for payload in told]
        await require_lawful(view, submission.case, facts, command="give_opinion")
        return Plan(facts, {"submission": submission.id, "form": submission.form, "slot": wish.slot})

    return decide


def _told(wish: GiveOpinion, who: Principal, *, submission: Submission, view: View) -> list[Payload]:
    given: dict[str, Any] = {
        "form": submission.form,
        "submission": submission.id,
        "slot": wish.slot,
        "result": wish.result,
        "opinion": view.seal(wish.opinion),
        "reasons": view.seal_optional(wish.reasons),
        "suggestion": view.seal_optional(wish.suggestion),
        "signed_on": wish.signed_on,
        "by": who.person,
    }
    match wish.slot:
        case "legal":
            return [LegalOpinedV1(**given)]
        case "head":
            return [HeadApprovedV1(**given)]
    return [UnitOpinedV1(**given)]


def discuss(submission_id: str, wish: DiscussCollectively, who: Principal) -> Decide:
    """Record a collective discussion, with what each member said; what the law asks of it is its record in intake.

    Raises
    ------
    CasetrailError
        `not_found`, `field_missing` (a record of another type), `role_not_allowed`, or `transition_not_allowed` if the
        submission does not lie in review.
    """

    async def decide(view: View) -> Plan:
        lying = await found_submission(view, submission_id)
        case = lying.submission.case
        for one in wish.views:
            if await view.get(PERSON, one.member) is None:
                raise not_found(one.member)
        if wish.record is not None:
            await require_record(view, wish.record, "collective_discussion_record", case=case, argument="record")
        who.require_for("discuss")
        lying.require_reviewing()
        discussed = ReviewDiscussedV1(
            submission=submission_id,
            views=[MemberView(member=one.member, view=view.seal(one.view)) for one in wish.views],
            conclusion=view.seal(wish.conclusion),
            result=wish.result,
            record=wish.record,
        )
        return Plan([view.new_fact("case", case, discussed)], {"submission": submission_id})

    return decide
