"""Other beginnings and ends of a case than the ordinary ones, and what parties and officers do in between."""

from datetime import date
from typing import Any

import pytest

from casetrail_common.errors import CasetrailError
from casetrail_common.facts.acts import PartyObjectedV1, PartyObstructedV1, PartyRespondedV1
from casetrail_common.facts.recording import DeviceFaultReportedV1
from casetrail_common.facts.review import DecisionIssuedV1, TerminationProposedV1
from casetrail_common.ids import new_id, stream_name
from casetrail_intake import commands, service
from support.life import FENG, HEAD, TEXT, Life, who


async def refused(life: Life, decide: Any, code: str) -> None:
    with pytest.raises(CasetrailError) as refusal:
        await life.ledger.execute(decide, "feng")
    assert refusal.value.code == code


def opening(ground: str) -> commands.OpenInvestigation:
    return commands.OpenInvestigation.model_validate({"ground": ground})


async def test_an_accepted_application_is_being_examined() -> None:
    life = await Life(conduct_type="permit", procedure="none", start_mode="application").begin()
    await life.ledger.execute(service.open_investigation(life.case, opening("acceptance"), FENG))
    assert await life.state() == "investigating"
    await refused(life, service.open_investigation(life.case, opening("acceptance"), FENG), "transition_not_allowed")


async def test_an_application_that_is_not_accepted_is_not_initiated() -> None:
    life = await Life(conduct_type="permit", procedure="none", start_mode="application").begin()
    notice = await life.add("supplement_notice", seal="agency", issued_on=date(2025, 8, 11))
    await life.ledger.execute(service.request_supplement(life.case, commands.RequestSupplement(record=notice), FENG))
    assert await life.state() == "registered"
    await life.ledger.execute(service.refuse_acceptance(life.case, commands.RefuseAcceptance(), FENG))
    assert await life.state() == "not_initiated"


@pytest.mark.parametrize("ground", ["acceptance", "inspection_task", "simplified"])
async def test_a_general_case_that_nobody_applied_for_needs_an_approval_form(ground: str) -> None:
    life = await Life().begin()
    await refused(life, service.open_investigation(life.case, opening(ground), FENG), "initiation_not_approved")


async def test_a_simplified_case_is_decided_on_the_spot() -> None:
    life = await Life(procedure="simplified").begin()
    await life.ledger.execute(service.open_investigation(life.case, opening("simplified"), FENG))
    await life.ledger.follow("review", stream_name("case", "xinzheng", life.case), decided(life.case))
    assert await life.state() == "decided"


async def test_a_decision_on_the_spot_of_a_case_that_was_not_opened_is_voided() -> None:
    life = await Life(procedure="simplified").begin()
    await life.ledger.follow("review", stream_name("case", "xinzheng", life.case), decided(life.case))
    assert (life.ledger.facts[-1].type, await life.state()) == ("submission.voided", "registered")


def decided(case: str) -> DecisionIssuedV1:
    return DecisionIssuedV1(
        record=new_id("review"), case=case, number="1", content=TEXT, seal="agency", issued_on=date(2025, 9, 4)
    )


async def test_no_emergency_where_the_regulation_knows_none() -> None:
    life = await Life().begin()
    wish = commands.StartEmergency(reason="排污正在进行")
    await refused(life, service.start_emergency(life.case, wish, FENG), "transition_not_allowed")


async def test_an_inspection_goes_on_as_a_penalty_in_a_case_of_its_own() -> None:
    life = await Life().begin()
    await life.file_initiation()
    wish = commands.ConvertCase(
        conduct_type="penalty", procedure="general", matter="查验不全", parties=["hengyuan"], reason="检查发现违法"
    )
    plan = await life.ledger.execute(service.convert_case(life.case, wish, FENG), "feng")
    first, life.case = life.case, plan.answer["case"]
    assert await life.state() == "registered"
    assert life.ledger.facts[-1].fields == {"other": first, "relation": "converted_from"}


async def test_a_case_ends_without_its_outcome_only_if_the_head_agrees() -> None:
    life = await Life().begin()
    form = await life.add("closure_record")
    wish = commands.EndCase(outcome="terminated", form=form, reason="当事人已注销")
    await refused(life, service.end_case(life.case, wish, FENG), "transition_not_allowed")
    await life.opine(form, HEAD, "head")
    await life.ledger.execute(service.end_case(life.case, wish, FENG))
    assert await life.state() == "closed"


async def test_while_a_case_is_reviewed_only_review_ends_it() -> None:
    life = await Life().begin()
    await life.file_initiation()
    form = await life.agreed("closure_record")
    await life.submit()
    wish = commands.EndCase(outcome="withdrawn", form=form, reason="撤回")
    await refused(life, service.end_case(life.case, wish, FENG), "transition_not_allowed")
    proposal = TerminationProposedV1(
        submission=life.submission or "", case=life.case, outcome="withdrawn", form=form, reason=TEXT
    )
    await life.ledger.follow("review", stream_name("case", "xinzheng", life.case), proposal)
    assert await life.state() == "closed"


async def test_a_measure_needs_a_form_that_the_head_agreed_to() -> None:
    life = await Life().begin()
    await life.file_initiation()
    form = await life.add("measure_approval")
    wish = commands.RegisterMeasure(kind="seizure", object="分拣机一台", form=form)
    await refused(life, service.register_measure(life.case, wish, FENG), "measure_not_approved")
    await refused(
        life,
        service.register_measure(life.case, wish.model_copy(update={"form": None}), FENG),
        "measure_not_approved",
    )
    await life.opine(form, HEAD, "head")
    plan = await life.ledger.execute(service.register_measure(life.case, wish, FENG))
    record = await life.add("measure_site_record", about=[plan.answer["measure"]])
    assert record.startswith("i-")


@pytest.mark.parametrize(
    ("kind", "model"),
    [("objection", PartyObjectedV1), ("assault", PartyObstructedV1), ("demand_response", PartyRespondedV1)],
)
async def test_what_a_party_does_is_told_apart(kind: str, model: type) -> None:
    life = await Life().begin()
    wish = commands.RecordPartyEvent(kind=kind, party="hengyuan", description="不服")  # type: ignore[arg-type]
    await life.ledger.execute(service.record_party_event(life.case, wish, FENG))
    assert isinstance(life.ledger.facts[-1].payload, model)


async def test_an_officer_who_signs_a_refusal_twice_counts_once() -> None:
    life = await Life().begin()
    record = await life.add("inquiry_record")
    wish = commands.RefuseSignature(party="hengyuan", note="拒绝签名", officers=["feng", "feng"])
    await life.ledger.execute(service.refuse_signature(record, wish, FENG))
    assert life.ledger.facts[-1].fields["officers"] == ["feng"]


async def test_a_correction_leaves_the_record_as_it_was_made() -> None:
    life = await Life().begin()
    record = await life.add("inquiry_record")
    made = life.ledger.facts[-1].hash
    wish = commands.CorrectRecord(
        corrections=[commands.CorrectionWish(id="c1", position="第二页", before="三件", after="七件")]
    )
    await life.ledger.execute(service.correct_record(record, wish, FENG))
    assert (life.ledger.facts[-2].hash, life.ledger.facts[-1].type) == (made, "record.corrected")


async def test_a_fault_report_that_media_made_can_be_named_and_signed_but_not_corrected() -> None:
    life = await Life().begin()
    device, report = new_id("media"), new_id("media")
    reported = DeviceFaultReportedV1(device=device, record=report, fault=TEXT, by="feng")
    await life.ledger.follow("media", stream_name("device", "xinzheng", device), reported)
    await life.add("other_investigation_record", about=[report])
    wish = commands.SignRecord(marks=[commands.MarkWish.model_validate({"by": "feng", "as": "officer"})])
    await life.ledger.execute(service.sign_record(report, wish, FENG))
    assert life.ledger.facts[-1].stream == stream_name("record", "xinzheng", report)
    correction = commands.CorrectionWish(id="c1", position="第一页", before="甲", after="乙")
    decide = service.correct_record(report, commands.CorrectRecord(corrections=[correction]), FENG)
    await refused(life, decide, "not_found")


async def test_only_the_head_delegates() -> None:
    life = await Life().begin()
    wish = commands.DelegateHead(deputy="feng", valid_from=date(2025, 8, 1), reason="外出培训")
    await refused(life, service.delegate_head(wish, who("duan", "unit_head")), "role_not_allowed")
    await life.ledger.execute(service.delegate_head(wish, HEAD))
    assert life.ledger.facts[-1].fields["deputy"] == "feng"


async def test_officers_come_back_for_all_their_cases_at_once() -> None:
    life = await Life().begin()
    await life.ledger.execute(service.officer_returned(commands.OfficerReturned(officers=["feng"]), FENG))
    assert life.ledger.facts[-1].stream == "agency:xinzheng:xinzheng"


async def test_a_decision_whose_service_failed_can_still_be_served() -> None:
    life = await Life().begin()
    for event in ("file_initiation", "submit", "decide"):
        await getattr(life, event)()
    decision = life.ledger.states["in_review", life.case].decision
    wish = commands.FailService(document=decision, method="direct", recipient="hengyuan", note="无人应答")
    await life.ledger.execute(service.fail_service(life.case, wish, FENG))
    await life.serve()
    assert await life.state() == "executing"
