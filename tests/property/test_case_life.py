"""A case moves along the transitions of the domain model and along no others."""

import contextlib
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casetrail_common.errors import CasetrailError
from casetrail_common.facts.intake import SubmissionVoidedV1
from casetrail_intake import service
from casetrail_intake.commands import CloseCase
from support.life import FENG, HEAD, UNIT, Life, who

ALLOWED = {
    ("registered", "initiation_pending"),  # T02
    ("initiation_pending", "investigating"),  # T03
    ("initiation_pending", "not_initiated"),  # T04
    ("not_initiated", "closed"),  # T14
    ("registered", "closed"),  # not accepted, not pursued
    ("investigating", "reviewing"),  # T15
    ("reviewing", "investigating"),  # T16
    ("reviewing", "decided"),  # T17
    ("investigating", "closed"),  # T19
    ("decided", "executing"),  # T21, T23
    ("executing", "closed"),  # T25
    ("closed", "archived"),  # T27
}


EVENTS = (
    "file_initiation",
    "reject_initiation",
    "start_activity",
    "submit",
    "decide",
    "give_back",
    "serve",
    "close",
    "drop",
    "file_dossier",
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(EVENTS), max_size=14))
async def test_no_sequence_of_commands_leaves_the_transitions_of_the_model(events: list[str]) -> None:
    life = await Life().begin()
    before = await life.state()
    for event in events:
        step: Callable[[], Awaitable[None]] = getattr(life, event)
        with contextlib.suppress(CasetrailError):
            await step()
        after = await life.state()
        passed = {(before, after), (before, "initiation_pending"), ("initiation_pending", after)}
        assert before == after or passed & ALLOWED, f"{event}: {before} -> {after}"
        before = after


async def test_the_ordinary_life_of_a_case_ends_in_the_archive() -> None:
    life = await Life().begin()
    seen = [await life.state()]
    for event in ("file_initiation", "start_activity", "submit", "decide", "serve", "close", "file_dossier"):
        await getattr(life, event)()
        seen.append(await life.state())
    assert seen == [
        "registered",
        "investigating",
        "investigating",
        "reviewing",
        "decided",
        "executing",
        "closed",
        "archived",
    ]


async def test_a_returned_submission_opens_the_case_again_and_the_next_one_counts() -> None:
    life = await Life().begin()
    for event in ("file_initiation", "submit", "give_back", "submit", "decide"):
        await getattr(life, event)()
    assert await life.state() == "decided"


async def test_a_submission_that_finds_the_case_elsewhere_is_voided() -> None:
    life = await Life().begin()
    await life.submit()
    assert isinstance(life.ledger.facts[-1].payload, SubmissionVoidedV1)
    assert await life.state() == "registered"


async def test_the_form_of_a_voided_submission_takes_its_opinions_at_intake_again() -> None:
    life = await Life().begin()
    await life.submit()
    form = next(iter(life.ledger.states["in_review", life.case].forms))
    await life.opine(form, UNIT, "unit")


async def test_a_submitted_form_takes_its_opinions_in_review() -> None:
    life = await Life().begin()
    await life.file_initiation()
    await life.submit()
    form = next(iter(life.ledger.states["in_review", life.case].forms))
    with pytest.raises(CasetrailError) as refused:
        await life.opine(form, UNIT, "unit")
    assert refused.value.code == "form_submitted"
    assert str(life.submission) in str(refused.value.facts["link"])


async def test_nobody_approves_what_is_their_own() -> None:
    life = await Life().begin()
    form = await life.add("closure_record")
    with pytest.raises(CasetrailError) as refused:
        await life.opine(form, who("feng", "case_officer", "agency_head"), "head")
    assert refused.value.code == "role_not_allowed"


async def test_the_head_opening_a_form_by_disagreeing_opens_no_gate() -> None:
    life = await Life().begin()
    await life.file_initiation()
    form = await life.add("closure_record")
    await life.opine(form, HEAD, "head", "disagree")
    with pytest.raises(CasetrailError) as refused:
        await life.ledger.execute(service.close_case(life.case, CloseCase(outcome="no_violation", form=form), FENG))
    assert refused.value.code == "transition_not_allowed"


async def test_a_case_of_a_kind_that_no_pack_covers_is_not_opened() -> None:
    life = await Life().begin()
    with pytest.raises(CasetrailError) as refused:
        await life.ledger.execute(service.register_case(life.opening(conduct_type="levy"), FENG))
    assert refused.value.code == "conduct_type_out_of_scope"


async def test_an_attempt_to_change_a_record_is_refused_and_remembered() -> None:
    life = await Life().begin()
    record = await life.add("case_source_register")
    with pytest.raises(CasetrailError) as refused:
        await life.ledger.execute(service.refuse_change(record, "modify_original"))
    assert (refused.value.code, refused.value.clause) == ("worm_protected", "henan-2019/24.1a")
    assert life.ledger.facts[-1].type == "incident.recorded"


@pytest.mark.parametrize(
    ("changed", "code"), [({"seal": None}, "seal_missing"), ({"issued_on": None}, "issue_date_missing")]
)
async def test_what_leaves_the_agency_bears_seal_and_date(changed: dict[str, Any], code: str) -> None:
    life = await Life().begin()
    with pytest.raises(CasetrailError) as refused:
        await life.add("prior_notice", **({"seal": "agency", "issued_on": date(2025, 8, 11)} | changed))
    assert refused.value.code == code


async def test_a_decision_document_is_made_by_a_decision_only() -> None:
    life = await Life().begin()
    with pytest.raises(CasetrailError) as refused:
        await life.add("decision_document", seal="agency", issued_on=date(2025, 8, 11))
    assert refused.value.code == "field_missing"
