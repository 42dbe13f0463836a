"""What parties do, measures against them, and officers who come back."""

from typing import Final

from casetrail_common.auth import Principal
from casetrail_common.facts import Payload
from casetrail_common.facts.acts import (
    HeadDelegatedV1,
    MeasureRegisteredV1,
    OfficerReturnedV1,
    PartyObjectedV1,
    PartyObstructedV1,
    PartyRespondedV1,
    RecordCorrectedV1,
    RecordRefusedV1,
    ServiceFailedV1,
)
from casetrail_common.ids import new_id
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_intake.commands import (
    CorrectRecord,
    DelegateHead,
    FailService,
    OfficerReturned,
    RecordPartyEvent,
    RefuseSignature,
    RegisterMeasure,
)
from casetrail_intake.found import not_allowed, people, record_of_case
from casetrail_intake.projections import IN_REVIEW, RECORD, case_now
from casetrail_intake.service.items import own_record, stream_of_record
from casetrail_intake.service.law import refusal, require_lawful
from casetrail_intake.service.records import correction_of, mark_of

OBJECTIONS: Final = frozenset({"objection", "complaint", "petition"})


def record_party_event(case_id: str, wish: RecordPartyEvent, who: Principal) -> Decide:
    """Record what a party did; some of it makes a dossier long-term, which the law says, not we."""
    event_id = new_id("intake")

    async def decide(view: View) -> Plan:
        await case_now(view, case_id)
        await people(view, [wish.party], role="party")
        who.require_for("record_party_event")
        made = {
            "event": event_id,
            "kind": wish.kind,
            "party": wish.party,
            "description": view.seal(wish.description),
        }
        return Plan([view.new_fact("case", case_id, _event_model(wish.kind).model_validate(made))], {"event": event_id})

    return decide


def _event_model(kind: str) -> type[Payload]:
    if kind == "demand_response":
        return PartyRespondedV1
    return PartyObjectedV1 if kind in OBJECTIONS else PartyObstructedV1


def register_measure(case_id: str, wish: RegisterMeasure, who: Principal) -> Decide:
    """Register a compulsory measure that the head agreed to, under every regulation."""
    measure_id = new_id("intake")

    async def decide(view: View) -> Plan:
        await case_now(view, case_id)
        form = await record_of_case(view, wish.form, case_id) if wish.form else None
        who.require_for("register_measure")
        payload = MeasureRegisteredV1(measure=measure_id, kind=wish.kind, object=view.seal(wish.object), form=wish.form)
        facts = [view.new_fact("case", case_id, payload)]
        await require_lawful(view, case_id, facts, command="register_measure")
        if form is None or form.record_type != "measure_approval" or not form.head_agrees:
            raise await refusal(view, "measure_not_approved", id=case_id)
        return Plan(facts, {"measure": measure_id})

    return decide


def refuse_signature(record_id: str, wish: RefuseSignature, who: Principal) -> Decide:
    """Record that a party refuses to sign; each officer counts once."""

    async def decide(view: View) -> Plan:
        record = await view.found(RECORD, record_id)
        await people(view, [wish.party], role="party")
        await people(view, wish.officers, role="case_officer")
        who.require_for("refuse_signature")
        payload = RecordRefusedV1(
            record=record_id,
            party=wish.party,
            note=view.seal(wish.note),
            officers=list(dict.fromkeys(wish.officers)),
        )
        facts = [NewFact(stream_of_record(view.agency, record_id, record), payload)]
        await require_lawful(view, record.case, facts, command="refuse_signature")
        return Plan(facts)

    return decide


def correct_record(record_id: str, wish: CorrectRecord, who: Principal) -> Decide:
    """Correct places of a record; the record itself stays as it was made."""

    async def decide(view: View) -> Plan:
        record = await own_record(view, record_id)
        await people(view, [mark.by for mark in wish.marks])
        who.require_for("correct_record")
        payload = RecordCorrectedV1(
            record=record_id,
            corrections=[correction_of(one, view) for one in wish.corrections],
            marks=[mark_of(mark) for mark in wish.marks],
        )
        return Plan([NewFact(stream_of_record(view.agency, record_id, record), payload)])

    return decide


def fail_service(case_id: str, wish: FailService, who: Principal) -> Decide:
    """Record that an attempt to serve a document failed (T22); the next way may be tried."""

    async def decide(view: View) -> Plan:
        _, state = await case_now(view, case_id)
        await record_of_case(view, wish.document, case_id)
        await people(view, [wish.recipient], role="party")
        for evidence in wish.evidence:
            await record_of_case(view, evidence, case_id)
        who.require_for("fail_service")
        in_review = await view.get(IN_REVIEW, case_id)
        of_decision = in_review is not None and wish.document == in_review.decision
        if of_decision and state != "decided":
            raise not_allowed(state, "fail_service")
        payload = ServiceFailedV1(
            document=wish.document,
            method=wish.method,
            recipient=wish.recipient,
            note=view.seal(wish.note),
            evidence=list(wish.evidence),
            of_decision=of_decision,
        )
        return Plan([view.new_fact("case", case_id, payload)])

    return decide


def officer_returned(wish: OfficerReturned, who: Principal) -> Decide:
    """Record that officers came back to their unit: periods that waited for it begin."""

    async def decide(view: View) -> Plan:
        await people(view, wish.officers, role="case_officer")
        who.require_for("officer_returned")
        payload = OfficerReturnedV1(officers=list(dict.fromkeys(wish.officers)))
        return Plan([view.new_fact("agency", view.agency, payload)])

    return decide


def delegate_head(wish: DelegateHead, who: Principal) -> Decide:
    """Let a deputy act in the head's place."""
    delegation_id = new_id("intake")

    async def decide(view: View) -> Plan:
        await people(view, [wish.deputy])
        who.require_for("delegate_head")
        payload = HeadDelegatedV1(
            delegation=delegation_id,
            head=who.person,
            deputy=wish.deputy,
            valid_from=wish.valid_from,
            valid_until=wish.valid_until,
            reason=view.seal(wish.reason),
        )
        return Plan([view.new_fact("person", wish.deputy, payload)], {"delegation": delegation_id})

    return decide
