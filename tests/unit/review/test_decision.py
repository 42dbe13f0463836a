"""No decision before what the law in force demands; which rules those are stands in the pack, not here."""

import pytest

from casetrail_common.errors import CasetrailError
from casetrail_common.facts.common import ContentErasedV1, IncidentRecordedV1
from casetrail_common.facts.intake import CaseClosedV1, CaseFlaggedV1, OpinionGivenV1
from casetrail_common.facts.review import DecisionIssuedV1
from casetrail_common.ids import new_id
from casetrail_review.found import on_spot_state
from casetrail_review.projections import DECISION
from casetrail_review.service.items import refuse_change
from support.review import AGENCY, SONG, TEXT, Review


async def refusal(review: Review, submission: str) -> tuple[str, str | None]:
    """Return code and clause with which a decision is refused."""
    before = review.told()
    with pytest.raises(CasetrailError) as refused:
        await review.decide(submission)
    assert review.told() == before
    return refused.value.code, refused.value.clause


async def test_a_general_penalty_needs_a_legal_review_and_then_the_head() -> None:
    review = await Review().begin(law=True)
    submission = await review.submitted()
    await review.opine(submission, "unit")
    assert await refusal(review, submission) == ("legal_review_missing", "henan-2019/11.1(3)")
    await review.opine(submission, "legal")
    assert await refusal(review, submission) == ("head_or_collective_missing", "henan-2019/11.1(4)")
    await review.opine(submission, "head")
    record = await review.decide(submission)
    issued = review.ledger.facts[-1]
    assert isinstance(issued.payload, DecisionIssuedV1)
    assert (issued.stream, issued.payload.record) == (f"case:{AGENCY}:{review.case}", record)
    assert record.startswith("r-")


async def test_a_collective_discussion_stands_in_for_the_head() -> None:
    review = await Review().begin(law=True)
    submission = await review.submitted()
    await review.opine(submission, "legal")
    await review.add_record("collective_discussion_record")
    await review.decide(submission)


async def test_only_a_major_inspection_needs_a_legal_review() -> None:
    review = await Review().begin(conduct_type="inspection", law=True)
    submission = await review.submitted()
    assert (await refusal(review, submission))[0] == "head_or_collective_missing"
    await review.intake(CaseFlaggedV1(target=review.case, flag="major", reason=TEXT))
    assert (await refusal(review, submission))[0] == "legal_review_missing"


async def test_without_a_law_that_gates_it_a_decision_only_needs_its_state() -> None:
    review = await Review().begin()
    submission = await review.submitted()
    await review.decide(submission)


async def test_approvals_fall_with_the_submission_they_were_given_in() -> None:
    review = await Review().begin(law=True)
    first = await review.submitted()
    await review.opine(first, "legal")
    await review.opine(first, "head")
    await review.send_back(first)
    second = await review.submitted()
    assert (await refusal(review, second))[0] == "legal_review_missing"
    await review.opine(second, "legal")
    assert (await refusal(review, second))[0] == "head_or_collective_missing"


async def test_an_opinion_given_before_the_submission_counts_with_the_form() -> None:
    review = await Review().begin(law=True)
    told = {"form": review.form, "opinion": TEXT, "signed_on": "2025-08-29", "result": "agree"}
    await review.intake(OpinionGivenV1.model_validate({**told, "slot": "legal", "by": "ma"}))
    submission = await review.submitted()
    assert (await refusal(review, submission))[0] == "head_or_collective_missing"


async def test_the_gates_speak_before_the_state_does() -> None:
    review = await Review().begin(law=True)
    submission = await review.submit()
    assert (await refusal(review, submission))[0] == "legal_review_missing"
    await review.void(submission)
    assert (await refusal(review, submission))[0] == "legal_review_missing"
    second = await review.submitted()
    await review.send_back(second)
    assert (await refusal(review, second))[0] == "legal_review_missing"


async def test_a_decision_is_made_once() -> None:
    review = await Review().begin(law=True)
    submission = await review.submitted()
    await review.opine(submission, "legal")
    await review.opine(submission, "head")
    await review.decide(submission)
    assert await refusal(review, submission) == ("transition_not_allowed", None)


@pytest.mark.parametrize("command", ["modify_original", "delete_original"])
async def test_a_decision_document_is_never_changed_and_the_attempt_is_recorded_under_its_clause(command: str) -> None:
    review = await Review().begin(law=True)
    submission = await review.submitted()
    await review.opine(submission, "legal")
    await review.opine(submission, "head")
    record = await review.decide(submission)
    decided = review.ledger.states[DECISION.kind, record]
    with pytest.raises(CasetrailError) as refused:
        await review.ledger.execute(refuse_change(record, command))
    assert (refused.value.code, refused.value.clause) == ("worm_protected", "henan-2019/24.1a")
    incident = review.ledger.facts[-1].payload
    assert incident == IncidentRecordedV1(
        item=record, code="worm_protected", clause="henan-2019/24.1a", command=command
    )
    assert review.ledger.states[DECISION.kind, record] == decided


async def test_an_unknown_document_records_no_incident() -> None:
    review = await Review().begin(law=True)
    with pytest.raises(CasetrailError) as refused:
        await review.ledger.execute(refuse_change(new_id("review"), "delete_original"))
    assert refused.value.code == "not_found"
    assert review.told() == []


async def test_when_intake_disposes_of_a_case_review_disposes_of_all_it_holds_of_it_once() -> None:
    review = await Review().begin()
    submission = await review.submitted()
    await review.opine(submission, "unit")
    await review.opine(submission, "head", "disagree")
    erased = ContentErasedV1(case=review.case, commitments=["2" * 64], reason="retention_expired")
    await review.intake(erased)
    ours = review.ledger.facts[-1]
    assert isinstance(ours.payload, ContentErasedV1)
    submission_now = (await review.lying(submission)).submission
    held = {given.opinion for given in submission_now.opinions.values()}
    assert set(ours.payload.commitments) == held
    assert (ours.payload.case, ours.payload.reason) == (review.case, "retention_expired")
    told = review.told()
    await review.intake(erased)
    assert review.told() == told


async def test_requests_for_items_of_a_disposed_case_lose_their_words_with_it() -> None:
    review = await Review().begin()
    other = await review.add_record("site_record", case=new_id("intake"))
    alone, shared = await review.ask(SONG, review.form), await review.ask(SONG, review.form, other)
    await review.intake(ContentErasedV1(case=review.case, commitments=["2" * 64], reason="retention_expired"))
    gone = review.ledger.facts[-1]
    assert isinstance(gone.payload, ContentErasedV1)
    assert (gone.stream, review.told().count("content.erased")) == (f"request:{AGENCY}:{alone}", 1)
    assert len(gone.payload.commitments) == 1
    assert review.ledger.states["held", shared].commitments


async def test_what_review_holds_of_another_case_stays() -> None:
    review = await Review().begin()
    await review.submitted()
    await review.intake(ContentErasedV1(case=new_id("intake"), commitments=["2" * 64], reason="court_order"))
    await review.intake(ContentErasedV1(commitments=["2" * 64], reason="court_order"))
    assert "content.erased" not in review.told()


GATES = {
    "qinghe-2019": ("permit", [("head_approval_missing", "qinghe-2019/8.1(5)", "head")]),
    "fusong-env": ("penalty", [("head_approval_missing", "fusong-env/16.1", "head")]),
    "jining-aic-2017": ("penalty", []),
    "henan-2019": (
        "penalty",
        [
            ("legal_review_missing", "henan-2019/11.1(3)", "legal"),
            ("head_or_collective_missing", "henan-2019/11.1(4)", "head"),
        ],
    ),
    "pengyang-2019": ("penalty", []),
}
"""By pack: what it asks for before a decision, in this order, and whose opinion gives it."""


@pytest.mark.parametrize("pack", GATES)
async def test_each_regulation_asks_for_its_own_before_a_decision_and_then_the_state_is_looked_at(pack: str) -> None:
    conduct_type, gates = GATES[pack]
    review = await Review().begin(conduct_type=conduct_type, packs=(pack,))
    with pytest.raises(CasetrailError) as refused:
        await review.decide_case()
    assert refused.value.code == (gates[0][0] if gates else "transition_not_allowed")
    submission = await review.submitted()
    for code, clause, slot in gates:
        with pytest.raises(CasetrailError) as refused:
            await review.decide_case()
        assert (refused.value.code, refused.value.clause) == (code, clause)
        await review.opine(submission, slot)
    record = await review.decide_case()
    issued = review.ledger.facts[-1].payload
    assert isinstance(issued, DecisionIssuedV1)
    assert (issued.record, issued.submission) == (record, submission)
    with pytest.raises(CasetrailError) as refused:
        await review.decide_case()
    assert refused.value.code == "transition_not_allowed"


@pytest.mark.parametrize("pack", ["fusong-env", "henan-2019", "jining-aic-2017", "pengyang-2019"])
async def test_a_simplified_case_is_decided_without_approvals_and_counts_when_intake_accepts_it(pack: str) -> None:
    review = await Review().begin(simplified=True, packs=(pack,))
    record = await review.decide_case()
    issued = review.ledger.facts[-1].payload
    assert isinstance(issued, DecisionIssuedV1)
    assert (issued.submission, await review.case_state()) == (None, "investigating")
    assert (await on_spot_state(review.ledger.view(), record))[0] == "proposed"
    with pytest.raises(CasetrailError) as refused:
        await review.decide_case()
    assert (refused.value.code, refused.value.facts["state"]) == ("transition_not_allowed", "proposed")
    await review.accept(record)
    assert await review.case_state() == "decided"
    with pytest.raises(CasetrailError) as refused:
        await review.decide_case()
    assert (refused.value.code, refused.value.facts["state"]) == ("transition_not_allowed", "decided")


async def test_a_decision_on_the_spot_that_intake_did_not_accept_may_be_made_again() -> None:
    review = await Review().begin(simplified=True)
    first = await review.decide_case()
    await review.void(first)
    assert await on_spot_state(review.ledger.view(), first) == ("voided", "transition_not_allowed")
    second = await review.decide_case()
    await review.accept(second)
    assert await review.case_state() == "decided"


async def test_a_decision_on_the_spot_needs_a_case_that_is_investigated_and_an_officer() -> None:
    review = await Review().begin(simplified=True)
    with pytest.raises(CasetrailError) as refused:
        await review.decide_case(SONG)
    assert refused.value.code == "role_not_allowed"
    with pytest.raises(CasetrailError) as refused:
        await review.decide_case(case=new_id("intake"))
    assert refused.value.code == "not_found"
    await review.intake(CaseClosedV1(outcome="no_violation", form=new_id("intake")))
    with pytest.raises(CasetrailError) as refused:
        await review.decide_case()
    assert (refused.value.code, refused.value.facts["state"]) == ("transition_not_allowed", "closed")


async def test_a_permit_in_qinghe_needs_the_head_whoever_else_has_opined() -> None:
    review = await Review().begin(conduct_type="permit", packs=("qinghe-2019",))
    submission = await review.submitted()
    for slot in ("undertaker", "reviewer"):
        await review.opine(submission, slot)
    assert (await refusal(review, submission))[0] == "head_approval_missing"
    await review.opine(submission, "head")
    await review.decide(submission)
