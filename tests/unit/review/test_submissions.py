"""A submission moves as the domain model says, and only so."""

import pytest

from casetrail_common.errors import CasetrailError
from casetrail_common.facts import Payload
from casetrail_common.facts.acts import AcceptanceRefusedV1, EmergencyStartedV1, InvestigationOpenedV1
from casetrail_common.facts.archive import DossierFiledV1
from casetrail_common.facts.intake import CaseClosedV1, InitiationFiledV1, InitiationRejectedV1, ServicePerformedV1
from casetrail_common.facts.review import TerminationProposedV1
from casetrail_common.ids import new_id
from casetrail_review.domain.submission import ImpossibleFactError, SubmissionState, evolve
from support.review import AGENCY, DUAN, FENG, MA, SONG, TEXT, Review, registered

STATES = list(SubmissionState)
COMMANDS = ("submit", "opine", "discuss", "send_back", "head_disagrees", "decide", "terminate")
ALLOWED = {
    (SubmissionState.VOIDED, "submit"): "proposed",
    (SubmissionState.RETURNED, "submit"): "proposed",
    (SubmissionState.REVIEWING, "opine"): "reviewing",
    (SubmissionState.REVIEWING, "send_back"): "returned",
    (SubmissionState.REVIEWING, "head_disagrees"): "reviewing",
    (SubmissionState.REVIEWING, "decide"): "decided",
    (SubmissionState.REVIEWING, "discuss"): "reviewing",
    (SubmissionState.REVIEWING, "terminate"): "terminated",
}
"""Where a command is allowed, and where the last submission of the case stands afterwards."""


async def brought_to(state: SubmissionState) -> tuple[Review, str]:
    """Return a case whose only submission stands there."""
    review = await Review().begin()
    await review.know("songw", "agency_head")
    submission = await review.submit()
    if state is SubmissionState.VOIDED:
        await review.void(submission)
    elif state is not SubmissionState.PROPOSED:
        await review.accept(submission)
    if state is SubmissionState.RETURNED:
        await review.send_back(submission)
    if state is SubmissionState.DECIDED:
        await review.decide(submission)
    if state is SubmissionState.TERMINATED:
        await review.terminate(submission)
    return review, submission


async def attempt(review: Review, submission: str, command: str) -> str:
    """Try a command and return the submission that now is the last one."""
    match command:
        case "submit":
            return await review.submit()
        case "opine":
            await review.opine(submission, "unit")
        case "send_back":
            await review.send_back(submission)
        case "head_disagrees":
            await review.opine(submission, "head", "disagree")
        case "decide":
            await review.decide(submission)
        case "discuss":
            await review.discuss(submission, "songw")
        case "terminate":
            await review.terminate(submission)
    return submission


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("command", COMMANDS)
async def test_each_command_is_allowed_exactly_where_the_model_says(state: SubmissionState, command: str) -> None:
    review, submission = await brought_to(state)
    assert await review.state(submission) == state
    before = len(review.told())
    if (state, command) in ALLOWED:
        last = await attempt(review, submission, command)
        assert await review.state(last) == ALLOWED[state, command]
        return
    with pytest.raises(CasetrailError) as refused:
        await attempt(review, submission, command)
    assert refused.value.code == "transition_not_allowed"
    assert len(review.told()) == before


async def test_a_case_in_review_is_moved_by_review_alone() -> None:
    review = await Review().begin()
    assert await review.case_state() == "investigating"
    first = await review.submit()
    assert await review.case_state() == "investigating"
    await review.accept(first)
    assert await review.case_state() == "reviewing"
    await review.send_back(first)
    assert await review.case_state() == "investigating"
    second = await review.submitted()
    assert await review.case_state() == "reviewing"
    record = await review.decide(second)
    assert await review.case_state() == "decided"
    served = ServicePerformedV1(
        service=new_id("intake"), document=record, method="direct", recipient="p", evidence=[], of_decision=True
    )
    await review.intake(served)
    assert await review.case_state() == "executing"
    await review.intake(CaseClosedV1(outcome="performed", form=new_id("intake")))
    assert await review.case_state() == "closed"
    filed = DossierFiledV1(
        dossier=new_id("archive"), case=review.case, streams=[], sessions=[], retention_class="general"
    )
    await review.ledger.follow("archive", f"case:{AGENCY}:{review.case}", filed)
    assert await review.case_state() == "archived"


async def test_the_service_of_another_document_moves_no_case() -> None:
    review, _ = await brought_to(SubmissionState.DECIDED)
    served = ServicePerformedV1(
        service=new_id("intake"), document=new_id("intake"), method="direct", recipient="p", evidence=[]
    )
    await review.intake(served)
    assert await review.case_state() == "decided"


async def test_a_case_that_is_not_investigated_cannot_be_submitted() -> None:
    review = await Review().begin()
    await review.intake(CaseClosedV1(outcome="no_violation", form=new_id("intake")))
    with pytest.raises(CasetrailError) as refused:
        await review.submit()
    assert (refused.value.code, refused.value.facts["state"]) == ("transition_not_allowed", "closed")


async def test_a_form_that_the_case_does_not_have_is_not_found() -> None:
    review, other = await Review().begin(), await Review().begin()
    await review.add_record("handling_opinion", other.form, case=other.case)
    for attempted in (
        review.submit(form=new_id("intake")),
        review.submit(form=other.form),
        review.submit(case=other.case),
    ):
        with pytest.raises(CasetrailError) as refused:
            await attempted
        assert refused.value.code == "not_found"


async def test_a_record_of_another_type_is_no_handling_opinion() -> None:
    review = await Review().begin()
    inquiry = await review.add_record("inquiry_record")
    with pytest.raises(CasetrailError) as refused:
        await review.submit(form=inquiry)
    assert refused.value.code == "field_missing"
    with pytest.raises(CasetrailError) as refused:
        await review.submit(proposed_decision=inquiry)
    assert refused.value.facts["fields"] == "proposed_decision"


async def test_an_unknown_object_comes_before_a_wrong_role_and_that_before_a_wrong_state() -> None:
    review, submission = await brought_to(SubmissionState.PROPOSED)
    with pytest.raises(CasetrailError) as refused:
        await review.submit(SONG, form=new_id("intake"))
    assert refused.value.code == "not_found"
    for attempted in (
        review.submit(SONG),
        review.opine(submission, "head", principal=DUAN),
        review.send_back(submission, FENG),
        review.decide(submission, MA),
    ):
        with pytest.raises(CasetrailError) as refused:
            await attempted
        assert refused.value.code == "role_not_allowed"


async def test_a_head_who_disagrees_may_come_to_agree() -> None:
    review, submission = await brought_to(SubmissionState.REVIEWING)
    await review.opine(submission, "head", "disagree")
    assert await review.state(submission) is SubmissionState.REVIEWING
    await review.opine(submission, "head")
    assert (await review.lying(submission)).submission.opinions["head"].result == "agree"


async def test_what_the_head_did_not_agree_to_may_be_submitted_anew_which_takes_it_back_in_the_heads_words() -> None:
    review, submission = await brought_to(SubmissionState.REVIEWING)
    await review.opine(submission, "head", "disagree")
    again = await review.submit()
    assert review.told()[-2:] == ["review.returned", "review.submitted"]
    lying = await review.lying(submission)
    assert lying.submission.opinions["head"].opinion == lying.submission.return_reason
    assert (lying.state, await review.state(again)) == (SubmissionState.RETURNED, SubmissionState.PROPOSED)


async def test_a_later_opinion_takes_the_place_of_an_earlier_one_in_its_slot() -> None:
    review, submission = await brought_to(SubmissionState.REVIEWING)
    await review.opine(submission, "legal", "disagree")
    await review.opine(submission, "unit")
    await review.opine(submission, "legal")
    given = (await review.lying(submission)).submission.opinions
    assert {slot: one.result for slot, one in given.items()} == {"legal": "agree", "unit": "agree"}


@pytest.mark.parametrize(
    ("slot", "fact"),
    [
        ("undertaker", "review.opined"),
        ("unit", "review.opined"),
        ("reviewer", "review.opined"),
        ("legal", "review.legal_opined"),
        ("head", "review.head_approved"),
    ],
)
async def test_each_slot_has_its_fact(slot: str, fact: str) -> None:
    review, submission = await brought_to(SubmissionState.REVIEWING)
    await review.opine(submission, slot)
    assert review.told()[-1] == fact


async def test_a_simplified_case_is_not_submitted_since_it_is_decided_on_the_spot() -> None:
    review = await Review().begin(simplified=True)
    assert await review.case_state() == "investigating"
    with pytest.raises(CasetrailError) as refused:
        await review.submit()
    assert (refused.value.code, review.told()) == ("transition_not_allowed", [])


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ([EmergencyStartedV1(reason=TEXT)], "emergency_started"),
        ([EmergencyStartedV1(reason=TEXT), InitiationFiledV1(form="F")], "emergency_started"),
        ([InitiationFiledV1(form="F")], "initiation_pending"),
        ([InitiationFiledV1(form="F"), InitiationRejectedV1(form="F")], "not_initiated"),
        ([AcceptanceRefusedV1()], "not_initiated"),
        ([InvestigationOpenedV1(ground="acceptance")], "investigating"),
    ],
)
async def test_a_case_is_submitted_only_once_it_was_opened(told: list[Payload], state: str) -> None:
    review = await Review().begin()
    await review.ledger.follow("intake", f"case:{AGENCY}:{review.case}", registered(review.case), *told)
    assert await review.case_state() == state
    if state != "investigating":
        with pytest.raises(CasetrailError) as refused:
            await review.submit()
        assert refused.value.code == "transition_not_allowed"


async def test_an_ended_review_ends_the_case_as_soon_as_intake_closes_it() -> None:
    review, submission = await brought_to(SubmissionState.TERMINATED)
    proposed = review.ledger.facts[-1].payload
    assert isinstance(proposed, TerminationProposedV1)
    assert (proposed.submission, proposed.case, proposed.outcome) == (submission, review.case, "withdrawn")
    assert not (await review.lying(submission)).case.has_ended
    await review.intake(CaseClosedV1(outcome="withdrawn", form=proposed.form))
    assert (await review.lying(submission)).case.has_ended


@pytest.mark.parametrize("result", ["disagree", None])
async def test_a_case_is_ended_only_on_a_closure_form_that_the_head_agrees_to(result: str | None) -> None:
    review, submission = await brought_to(SubmissionState.REVIEWING)
    form = await review.agreed_closure(result) if result else await review.add_record("closure_record")
    with pytest.raises(CasetrailError) as refused:
        await review.terminate(submission, form=form)
    assert refused.value.code == "transition_not_allowed"
    with pytest.raises(CasetrailError) as refused:
        await review.terminate(submission, form=review.form)
    assert refused.value.code == "field_missing"
    with pytest.raises(CasetrailError) as refused:
        await review.terminate(submission, principal=SONG)
    assert refused.value.code == "role_not_allowed"


async def test_of_a_discussion_each_members_view_is_kept_apart() -> None:
    review, submission = await brought_to(SubmissionState.REVIEWING)
    await review.know("xu", "agency_head")
    record = await review.add_record("collective_discussion_record")
    await review.discuss(submission, "songw", "xu", record=record)
    (held,) = (await review.lying(submission)).submission.discussions
    assert [member for member, _ in held.views] == ["songw", "xu"]
    assert (held.result, held.record, len({view for _, view in held.views})) == ("agree", record, 2)
    for members, minutes, code in ((["nobody"], None, "not_found"), (["xu"], review.form, "field_missing")):
        with pytest.raises(CasetrailError) as refused:
            await review.discuss(submission, *members, record=minutes)
        assert refused.value.code == code


async def test_a_fact_that_cannot_follow_is_not_folded() -> None:
    review, submission = await brought_to(SubmissionState.DECIDED)
    ended = (await review.lying(submission)).submission
    for fact in review.ledger.facts:
        with pytest.raises(ImpossibleFactError):
            evolve(ended, fact)
    with pytest.raises(ImpossibleFactError):
        evolve(None, review.ledger.facts[-1])


async def test_intake_may_speak_before_and_after_review_and_the_outcome_is_the_same() -> None:
    """What the two services say is folded apart, so a rebuild may read one log after the other."""
    review, submission = await brought_to(SubmissionState.RETURNED)
    again = await Review().begin()
    again.case, again.form = review.case, review.form
    await again.accept(submission)
    for fold in again.ledger.folds:
        for fact in review.ledger.facts:
            if fact.service in fold.sources:
                for key in fold.keys(fact):
                    again.ledger.states[fold.kind, key] = fold.evolve(again.ledger.states.get((fold.kind, key)), fact)
    assert again.ledger.states["submission", submission] == review.ledger.states["submission", submission]
    assert again.ledger.states["verdict", submission] == review.ledger.states["verdict", submission]
