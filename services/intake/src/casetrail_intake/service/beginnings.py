"""Other beginnings than an approval form, and other ends than an outcome."""

from casetrail_common.auth import Principal
from casetrail_common.errors import not_found
from casetrail_common.facts.acts import (
    AcceptanceRefusedV1,
    CaseConvertedV1,
    CaseLinkedV1,
    EmergencyStartedV1,
    InvestigationOpenedV1,
    SupplementRequestedV1,
)
from casetrail_common.facts.intake import CaseClosedV1, CaseRegisteredV1
from casetrail_common.ids import new_id
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_intake.commands import (
    ConvertCase,
    EndCase,
    OpenInvestigation,
    RefuseAcceptance,
    RequestSupplement,
    StartEmergency,
)
from casetrail_intake.domain.case import ENDABLE, Case
from casetrail_intake.found import not_allowed, people, record_of_case
from casetrail_intake.projections import case_now
from casetrail_intake.service.cases import require_conduct_type
from casetrail_intake.service.law import allows, refusal


def start_emergency(case_id: str, wish: StartEmergency, who: Principal) -> Decide:
    """Begin before the approval (T05), where a pack in force knows emergencies."""

    async def decide(view: View) -> Plan:
        case, state = await case_now(view, case_id)
        who.require_for("start_emergency")
        ordinary = case.start_mode != "application" and case.procedure == "general"
        known = await allows(view, "start_emergency", conduct_type=case.conduct_type)
        if state != "registered" or not ordinary or not known:
            raise not_allowed(state, "start_emergency")
        return Plan([view.new_fact("case", case_id, EmergencyStartedV1(reason=view.seal(wish.reason)))])

    return decide


def open_investigation(case_id: str, wish: OpenInvestigation, who: Principal) -> Decide:
    """Open a case that needs no approval form (T09, T12, T13)."""

    async def decide(view: View) -> Plan:
        case, state = await case_now(view, case_id)
        if wish.record is not None:
            await record_of_case(view, wish.record, case_id)
        who.require_for("open_investigation")
        if case.start_mode != "application" and case.procedure == "general":
            raise await refusal(view, "initiation_not_approved", state=state)
        if state != "registered" or not _opens_on(case, wish.ground):
            raise not_allowed(state, "open_investigation")
        return Plan([view.new_fact("case", case_id, InvestigationOpenedV1(ground=wish.ground, record=wish.record))])

    return decide


def _opens_on(case: Case, ground: str) -> bool:
    """Whether a case opens on a ground."""
    if ground == "acceptance":
        return case.start_mode == "application"
    if ground == "simplified":
        return case.procedure == "simplified" and case.conduct_type == "penalty"
    return case.start_mode != "application" and case.procedure != "simplified"


def request_supplement(case_id: str, wish: RequestSupplement, who: Principal) -> Decide:
    """Tell the applicant what is missing (T10)."""

    async def decide(view: View) -> Plan:
        case, state = await case_now(view, case_id)
        notice = await record_of_case(view, wish.record, case_id)
        who.require_for("request_supplement")
        if notice.record_type != "supplement_notice":
            raise not_found(wish.record)
        if state != "registered" or case.start_mode != "application":
            raise not_allowed(state, "request_supplement")
        return Plan([view.new_fact("case", case_id, SupplementRequestedV1(record=wish.record))])

    return decide


def refuse_acceptance(case_id: str, wish: RefuseAcceptance, who: Principal) -> Decide:
    """Do not accept an application (T11); the notice is a duty that the law judges, not a condition."""

    async def decide(view: View) -> Plan:
        case, state = await case_now(view, case_id)
        if wish.record is not None:
            await record_of_case(view, wish.record, case_id, record_type="non_acceptance_notice")
        who.require_for("refuse_acceptance")
        if state != "registered" or case.start_mode != "application":
            raise not_allowed(state, "refuse_acceptance")
        payload = AcceptanceRefusedV1(record=wish.record, reason=view.seal_optional(wish.reason))
        return Plan([view.new_fact("case", case_id, payload)])

    return decide


def convert_case(case_id: str, wish: ConvertCase, who: Principal) -> Decide:
    """Go on in a new case (T20); both know of each other from here on."""
    new_case = new_id("intake")

    async def decide(view: View) -> Plan:
        case, state = await case_now(view, case_id)
        await people(view, wish.parties, role="party")
        who.require_for("convert_case")
        if state != "investigating":
            raise not_allowed(state, "convert_case")
        await require_conduct_type(view, wish.conduct_type)
        reason = view.seal(wish.reason)
        opened = CaseRegisteredV1(
            case=new_case,
            conduct_type=wish.conduct_type,
            procedure=wish.procedure,
            start_mode="ex_officio",
            matter=view.seal(wish.matter),
            parties=list(wish.parties),
            officers=list(case.officers),
            responsible_officer=case.responsible_officer,
            unit=case.unit,
            converted_from=case_id,
        )
        converted = CaseConvertedV1(
            into=new_case, conduct_type=wish.conduct_type, procedure=wish.procedure, reason=reason
        )
        facts = (
            view.new_fact("case", case_id, converted),
            view.new_fact("case", new_case, opened),
            view.new_fact("case", case_id, CaseLinkedV1(other=new_case, relation="converted_into")),
            view.new_fact("case", new_case, CaseLinkedV1(other=case_id, relation="converted_from")),
        )
        return Plan(facts, {"case": new_case})

    return decide


def end_case(case_id: str, wish: EndCase, who: Principal) -> Decide:
    """End a case without its outcome (T26)."""

    async def decide(view: View) -> Plan:
        _, state = await case_now(view, case_id)
        form = await record_of_case(view, wish.form, case_id, record_type="closure_record")
        who.require_for("end_case")
        if state not in ENDABLE or not form.head_agrees:
            raise not_allowed(state, "end_case")
        payload = CaseClosedV1(outcome=wish.outcome, form=wish.form, reason=view.seal(wish.reason))
        return Plan([view.new_fact("case", case_id, payload)])

    return decide
