"""Review proposes, intake disposes: what a submission is answered, when, and how often."""

import asyncio

from casetrail_common.facts.intake import ReviewAcceptedV1, SubmissionVoidedV1
from support.reviewing import Reviewing


async def test_a_submission_is_answered_when_intake_has_accepted_it(desk: Reviewing) -> None:
    case, form = await desk.open_case()
    feng = desk.who("feng", "case_officer")
    answering = asyncio.create_task(desk.accept_next(case))
    answer = await desk.send(feng, "POST", "/v1/reviews", {"case": case, "form": form}, key="once")
    await answering
    assert (answer.status_code, answer.json()["state"]) == (201, "reviewing")
    assert answer.headers["Casetrail-Position"] == answer.json()["position"] == "review:1"
    shown = (await desk.send(feng, "GET", f"/v1/reviews/{answer.json()['submission']}")).json()
    assert (shown["case"], shown["form"], shown["state"], shown["submitted_by"]) == (case, form, "reviewing", "feng")


async def test_a_submission_that_intake_voids_is_answered_with_its_code_each_time(desk: Reviewing) -> None:
    case, form = await desk.open_case()
    feng, wish = desk.who("feng", "case_officer"), {"case": case, "form": form}

    async def void() -> None:
        submission = await desk.proposal(case)
        voided = SubmissionVoidedV1(submission=submission, code="transition_not_allowed")
        await desk.follow("intake", desk.stream(case), voided)

    voiding = asyncio.create_task(void())
    answers = [await desk.send(feng, "POST", "/v1/reviews", wish, key="once") for _ in range(2)]
    await voiding
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "transition_not_allowed")] * 2
    assert [fact.type for fact in await desk.facts(case)] == ["review.submitted"]


async def test_while_intake_is_silent_the_answer_is_202_and_a_repeat_tells_the_outcome(desk: Reviewing) -> None:
    case, form = await desk.open_case()
    feng, wish = desk.who("feng", "case_officer"), {"case": case, "form": form}
    desk.wait_at_most(0.05)
    waiting = await desk.send(feng, "POST", "/v1/reviews", wish, key="once")
    assert (waiting.status_code, waiting.json()["state"]) == (202, "proposed")
    submission = waiting.json()["submission"]
    await desk.follow("intake", desk.stream(case), ReviewAcceptedV1(submission=submission))
    told = await desk.send(feng, "POST", "/v1/reviews", wish, key="once")
    assert (told.status_code, told.json()["submission"], told.json()["state"]) == (201, submission, "reviewing")
    await desk.send(desk.who("duan", "unit_head"), "POST", f"/v1/reviews/{submission}/return", {"reason": "证据不足"})
    told = await desk.send(feng, "POST", "/v1/reviews", wish, key="once")
    assert (told.status_code, told.json()["state"]) == (201, "returned")
    assert [fact.type for fact in await desk.facts(case)] == ["review.submitted", "review.returned"]


async def test_waiting_commands_hold_no_connection_that_the_follower_needs(desk: Reviewing) -> None:
    cases = [await desk.open_case() for _ in range(30)]
    feng = desk.who("feng", "case_officer")
    assert len(cases) > desk.process.store.pool.get_max_size()
    sending = [
        asyncio.create_task(desk.send(feng, "POST", "/v1/reviews", {"case": case, "form": form}, key=case))
        for case, form in cases
    ]
    for case, _ in cases:
        await desk.accept_next(case)
    assert {answer.status_code for answer in await asyncio.gather(*sending)} == {201}


async def test_of_many_submissions_at_once_one_is_proposed(desk: Reviewing) -> None:
    case, form = await desk.open_case()
    feng, wish = desk.who("feng", "case_officer"), {"case": case, "form": form}
    answering = asyncio.create_task(desk.accept_next(case))
    answers = await asyncio.gather(*(desk.send(feng, "POST", "/v1/reviews", wish) for _ in range(20)))
    await answering
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"transition_not_allowed"}
    assert [fact.type for fact in await desk.facts(case)] == ["review.submitted"]


async def test_a_stale_if_match_loses(desk: Reviewing) -> None:
    _, submission = await desk.submitted()
    path, opinion = (
        f"/v1/reviews/{submission}/opinions",
        {
            "slot": "unit",
            "result": "agree",
            "opinion": "同意。",
            "signed_on": "2025-08-29",
        },
    )
    duan = desk.who("duan", "unit_head")
    answers = await asyncio.gather(*(desk.send(duan, "POST", path, opinion, **{"If-Match": '"1"'}) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"stale"}
