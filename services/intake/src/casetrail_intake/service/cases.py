"""Opening, flagging, serving and closing a case."""

from casetrail_common.auth import Principal
from casetrail_common.errors import not_found
from casetrail_common.facts.intake import CaseClosedV1, CaseFlaggedV1, CaseRegisteredV1, ServicePerformedV1
from casetrail_common.ids import new_id
from casetrail_common.lawbook import in_force
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_intake.commands import CloseCase, RegisterCase, ServeDocument, SetFlag
from casetrail_intake.domain.case import State
from casetrail_intake.found import not_allowed, people, record_of_case
from casetrail_intake.projections import ACTIVITY, RECORD, SESSION, case_now
from casetrail_intake.service.law import refusal


def register_case(wish: RegisterCase, who: Principal) -> Decide:
    """Open a case in `registered` (T01)."""
    case_id = new_id("intake")

    async def decide(view: View) -> Plan:
        await people(view, wish.parties, role="party")
        officers = {*wish.officers, wish.responsible_officer}
        await people(view, sorted(officers - {wish.responsible_officer}), role="case_officer")
        (responsible,) = await people(view, [wish.responsible_officer], role="case_officer")
        if wish.complaint is not None:
            await view.found(RECORD, wish.complaint)
        who.require_for("register_case")
        await require_conduct_type(view, wish.conduct_type)
        payload = CaseRegisteredV1(
            case=case_id,
            conduct_type=wish.conduct_type,
            procedure=wish.procedure,
            start_mode=wish.start_mode,
            matter=view.seal(wish.matter),
            parties=list(wish.parties),
            officers=list(wish.officers),
            responsible_officer=wish.responsible_officer,
            unit=responsible.unit,
            case_no=wish.case_no,
            complaint=wish.complaint,
            channel=wish.channel,
            item=wish.item,
            handler_kind=wish.handler_kind,
        )
        return Plan([view.new_fact("case", case_id, payload)], {"case": case_id})

    return decide


async def require_conduct_type(view: View, conduct_type: str) -> None:
    """Insist that a pack in force covers the type of conduct; without any pack there is no law to open a case under.

    Raises
    ------
    CasetrailError
        `conduct_type_out_of_scope`.
    """
    if any(conduct_type in active.pack.text.conduct_types for active in await in_force(view)):
        return
    raise await refusal(view, "conduct_type_out_of_scope", conduct_type=conduct_type)


def set_flag(case_id: str, wish: SetFlag, who: Principal) -> Decide:
    """Set a flag; the texts give none a threshold, so a person answers for it with a reason."""

    async def decide(view: View) -> Plan:
        await case_now(view, case_id)
        if wish.target != case_id:
            activity = await view.get(ACTIVITY, wish.target)
            if activity is None or activity.case != case_id:
                raise not_found(wish.target)
        who.require_for("set_flag")
        payload = CaseFlaggedV1(target=wish.target, flag=wish.flag, reason=view.seal(wish.reason))
        return Plan([view.new_fact("case", case_id, payload)])

    return decide


def serve_document(case_id: str, wish: ServeDocument, who: Principal) -> Decide:
    """Record one service; the decision is served once (T21, T23)."""
    service_id = new_id("intake")

    async def decide(view: View) -> Plan:
        _, state = await case_now(view, case_id)
        document = await record_of_case(view, wish.document, case_id)
        await people(view, [wish.recipient], role="party")
        for evidence in wish.evidence:
            await record_of_case(view, evidence, case_id)
        for session in wish.sessions:
            await view.found(SESSION, session)
        who.require_for("serve_document")
        of_decision = document.record_type == "decision_document"
        if of_decision and state != "decided":
            raise not_allowed(state, "serve_document")
        payload = ServicePerformedV1(
            service=service_id,
            document=wish.document,
            method=wish.method,
            recipient=wish.recipient,
            evidence=list(wish.evidence),
            sessions=list(wish.sessions),
            of_decision=of_decision,
        )
        return Plan([view.new_fact("case", case_id, payload)], {"service": service_id})

    return decide


def close_case(case_id: str, wish: CloseCase, who: Principal) -> Decide:
    """Close a case: after execution (T25), without a decision (T19), or because it was not initiated (T14)."""

    async def decide(view: View) -> Plan:
        _, state = await case_now(view, case_id)
        form = await record_of_case(view, wish.form, case_id)
        who.require_for("close_case")
        agreed = form.record_type == "closure_record" and form.head_agrees
        if not agreed or not _closes_from(state, wish.outcome):
            raise not_allowed(state, "close_case")
        payload = CaseClosedV1(outcome=wish.outcome, form=wish.form)
        return Plan([view.new_fact("case", case_id, payload)])

    return decide


def _closes_from(state: State, outcome: str) -> bool:
    if outcome == "not_initiated":
        return state in {"registered", "not_initiated"}
    return state in {"investigating", "executing"}
