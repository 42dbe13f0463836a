"""Approval forms: filing the initiation, and the opinions that move a case on."""

from casetrail_common.auth import Principal
from casetrail_common.auth.duties import ROLE_OF_SLOT
from casetrail_common.errors import CasetrailError, not_found
from casetrail_common.facts import Payload
from casetrail_common.facts.intake import (
    InitiationApprovedV1,
    InitiationFiledV1,
    InitiationRejectedV1,
    OpinionGivenV1,
)
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_common.records import record_type
from casetrail_intake.commands import FileInitiation, GiveOpinion
from casetrail_intake.domain.case import Case, State
from casetrail_intake.domain.records import Record
from casetrail_intake.found import not_allowed, record_of_case
from casetrail_intake.projections import IN_REVIEW, RECORD, case_now
from casetrail_intake.service.law import require_lawful


def file_initiation(case_id: str, wish: FileInitiation, who: Principal) -> Decide:
    """Submit the initiation form to the head (T02)."""

    async def decide(view: View) -> Plan:
        case, state = await case_now(view, case_id)
        await record_of_case(view, wish.form, case_id)
        who.require_for("file_initiation")
        if state not in {"registered", "emergency_started"} or case.start_mode == "application":
            raise not_allowed(state, "file_initiation")
        await record_of_case(view, wish.form, case_id, record_type="initiation_approval")
        payload = InitiationFiledV1(form=wish.form)
        return Plan([view.new_fact("case", case_id, payload)])

    return decide


def give_opinion(form_id: str, wish: GiveOpinion, who: Principal) -> Decide:
    """Fill a slot of a form that has not been submitted; the head's opinion may move the case (T03, T04)."""

    async def decide(view: View) -> Plan:
        form = await view.get(RECORD, form_id)
        if form is None or form.case is None or not record_type(form.record_type).slots:
            raise not_found(form_id)
        case, state = await case_now(view, form.case)
        await _require_unsubmitted(view, form_id, form.case, case)
        _require_signatory(wish, form, case, who)
        opinion = OpinionGivenV1(
            form=form_id,
            slot=wish.slot,
            result=wish.result,
            opinion=view.seal(wish.opinion),
            reasons=view.seal_optional(wish.reasons),
            suggestion=view.seal_optional(wish.suggestion),
            signed_on=wish.signed_on,
            by=who.person,
        )
        moved = _moves(form_id, wish, case, state)
        facts = [view.new_fact("case", form.case, payload) for payload in (opinion, *moved)]
        await require_lawful(view, form.case, facts, command="give_opinion")
        return Plan(facts)

    return decide


async def _require_unsubmitted(view: View, form_id: str, case_id: str, case: Case) -> None:
    """Insist that the form does not lie in review: then its opinions are review's."""
    in_review = await view.get(IN_REVIEW, case_id)
    submission = in_review.forms.get(form_id) if in_review else None
    if in_review is None or submission is None or submission in case.voided:
        return
    if in_review.submissions[submission] != "returned":
        raise CasetrailError("form_submitted", {"link": f"/v1/reviews/{submission}/opinions"})


def _require_signatory(wish: GiveOpinion, form: Record, case: Case, who: Principal) -> None:
    """Insist on the role of the slot, and that nobody approves what is their own (submitter ≠ approver)."""
    who.require((ROLE_OF_SLOT[wish.slot],))
    own = who.person == form.author or who.person in case.officers
    if own and wish.slot in {"head", "legal", "reviewer"}:
        raise CasetrailError("role_not_allowed", {"roles": ROLE_OF_SLOT[wish.slot]})


def _moves(form_id: str, wish: GiveOpinion, case: Case, state: State) -> list[Payload]:
    """Return what the head's opinion on the filed initiation form does to the case."""
    if (
        wish.slot != "head"
        or state not in {"initiation_pending", "emergency_started"}
        or form_id != case.initiation_form
    ):
        return []
    if wish.result == "agree":
        return [InitiationApprovedV1(form=form_id)]
    return [InitiationRejectedV1(form=form_id)]
