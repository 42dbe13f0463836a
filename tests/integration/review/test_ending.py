"""Decisions and endings that take effect only when intake says so."""

import asyncio
from datetime import date
from typing import Any

import httpx
import pytest

from casetrail_common.facts import ContentRef, Payload
from casetrail_common.facts.intake import (
    CaseClosedV1,
    OpinionGivenV1,
    RecordAddedV1,
    ReviewAcceptedV1,
    SubmissionVoidedV1,
)
from casetrail_common.ids import new_id
from support.reviewing import Reviewing

DECISION = {"number": "新执罚〔2025〕58号", "content": "罚款五十元", "seal": "agency", "issued_on": "2025-09-04"}


async def decided(desk: Reviewing, case: str, answer: type[Payload], **more: Any) -> httpx.Response:
    """Decide a simplified case, and have intake answer the proposal."""
    wish = {**DECISION, "case": case}
    sending = asyncio.create_task(desk.send(desk.who("feng", "case_officer"), "POST", "/v1/decisions", wish))
    record = (await desk.appended(case, "decision.issued")).fields["record"]
    await desk.follow("intake", desk.stream(case), answer.model_validate({"submission": record, **more}))
    return await sending


async def test_a_simplified_case_is_decided_when_intake_accepts_the_decision(desk: Reviewing) -> None:
    await desk.enact()
    case, form = await desk.open_case(procedure="simplified")
    answer = await decided(desk, case, ReviewAcceptedV1)
    assert (answer.status_code, answer.json()["state"], answer.json()["submission"]) == (201, "decided", None)
    feng = desk.who("feng", "case_officer")
    assert (await desk.send(feng, "GET", f"/v1/items/{answer.json()['record']}")).json()["submission"] is None
    again = await desk.send(feng, "POST", "/v1/decisions", {**DECISION, "case": case})
    assert (again.json()["code"], again.json()["facts"]["state"]) == ("transition_not_allowed", "decided")
    submitted = await desk.send(feng, "POST", "/v1/reviews", {"case": case, "form": form})
    assert submitted.json()["code"] == "transition_not_allowed"


async def test_a_decision_that_intake_does_not_accept_is_answered_with_its_code(desk: Reviewing) -> None:
    case, _ = await desk.open_case(procedure="simplified")
    answer = await decided(desk, case, SubmissionVoidedV1, code="transition_not_allowed")
    assert (answer.status_code, answer.json()["code"]) == (409, "transition_not_allowed")
    assert answer.json()["facts"]["state"] == "voided"


async def test_a_decision_that_intake_has_not_answered_is_told_again_under_its_key(desk: Reviewing) -> None:
    case, _ = await desk.open_case(procedure="simplified")
    desk.wait_at_most(0.0)
    feng, wish = desk.who("feng", "case_officer"), {**DECISION, "case": case}
    first = await desk.send(feng, "POST", "/v1/decisions", wish, key="once")
    assert (first.status_code, first.json()["state"]) == (202, "proposed")
    await desk.follow("intake", desk.stream(case), ReviewAcceptedV1(submission=first.json()["record"]))
    second = await desk.send(feng, "POST", "/v1/decisions", wish, key="once")
    assert (second.status_code, second.json()["state"]) == (201, "decided")
    assert second.json()["record"] == first.json()["record"]


async def test_a_case_in_review_is_decided_by_its_own_name_too(desk: Reviewing) -> None:
    await desk.enact()
    case, submission = await desk.submitted()
    feng, wish = desk.who("feng", "case_officer"), {**DECISION, "case": case}
    refused = (await desk.send(feng, "POST", "/v1/decisions", wish)).json()
    assert (refused["code"], refused["clause"]) == ("legal_review_missing", "henan-2019/11.1(3)")
    opinion = {"result": "agree", "opinion": "同意。", "signed_on": "2025-08-29"}
    for slot, role in (("legal", "legal_reviewer"), ("head", "agency_head")):
        path = f"/v1/reviews/{submission}/opinions"
        await desk.send(desk.who(f"x-{slot}", role, unit="u0"), "POST", path, {**opinion, "slot": slot})
    answer = await desk.send(feng, "POST", "/v1/decisions", wish)
    assert (answer.status_code, answer.json()["submission"], answer.json()["state"]) == (201, submission, "decided")


async def closure(desk: Reviewing, case: str) -> str:
    """Return a closure form of the case that the head agreed to."""
    form, text = new_id("intake"), ContentRef(sha256="0" * 64)
    added = RecordAddedV1(record=form, record_type="closure_record", case=case, fields={}, filled=[], author="feng")
    agreed = OpinionGivenV1(
        form=form, slot="head", result="agree", opinion=text, signed_on=date(2025, 9, 1), by="songw"
    )
    await desk.follow("intake", desk.stream(case), added, agreed)
    return form


@pytest.mark.parametrize("outcome", ["terminated", "withdrawn"])
async def test_a_review_ends_with_the_case_when_intake_closes_it(desk: Reviewing, outcome: str) -> None:
    case, submission = await desk.submitted()
    form, feng = await closure(desk, case), desk.who("feng", "case_officer")
    wish, path = {"outcome": outcome, "form": form, "reason": "当事人死亡"}, f"/v1/reviews/{submission}/termination"
    sending = asyncio.create_task(desk.send(feng, "POST", path, wish))
    proposed = await desk.appended(case, "review.terminated")
    assert proposed.fields["outcome"] == outcome
    await desk.follow("intake", desk.stream(case), CaseClosedV1(outcome=outcome, form=form))
    answer = await sending
    assert (answer.status_code, answer.json()["state"]) == (201, "terminated")
    again = await desk.send(feng, "POST", path, wish)
    assert (again.json()["code"], again.json()["facts"]["state"]) == ("transition_not_allowed", "terminated")


async def test_an_ending_that_intake_has_not_answered_is_accepted_for_the_time_being(desk: Reviewing) -> None:
    case, submission = await desk.submitted()
    desk.wait_at_most(0.0)
    wish = {"outcome": "withdrawn", "form": await closure(desk, case), "reason": "撤回"}
    feng = desk.who("feng", "case_officer")
    assert (await desk.send(feng, "POST", f"/v1/reviews/{submission}/termination", wish)).status_code == 202


async def test_of_a_discussion_each_members_words_are_shown(desk: Reviewing) -> None:
    case, submission = await desk.submitted()
    for person in ("songw", "xu"):
        await desk.know(person, "agency_head")
    views = [{"member": "songw", "view": "同意"}, {"member": "xu", "view": "从轻"}]
    wish = {"views": views, "conclusion": "罚款五千元", "result": "agree"}
    head, path = desk.who("songw", "agency_head"), f"/v1/reviews/{submission}"
    assert (await desk.send(head, "POST", f"{path}/discussion", wish)).status_code == 201
    (held,) = (await desk.send(head, "GET", path)).json()["discussions"]
    assert (held["views"], held["conclusion"], held["record"]) == (views, "罚款五千元", None)
    assert "从轻" not in (await desk.facts(case))[-1].body.decode()
