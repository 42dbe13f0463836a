"""Fifty requests on one case at the same instant."""

import asyncio
from typing import Any

import httpx

from casetrail_embedded.demo import cast
from support.application import Application
from support.ledger_reading import facts, faults
from support.telling import UnhurriedStory, settled

AT_ONCE = 50


async def flag(story: UnhurriedStory, number: int, **headers: str) -> httpx.Response:
    """Set a flag on the case, as one of many."""
    case = story.ids["case"]
    body = {"target": case, "flag": "major", "reason": f"理由 {number}"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await story.client.send(
        cast.FENG.login, "POST", f"/v1/cases/{case}/flags", body=body, key=f"flag-{number}", headers=named
    )


async def flags_of(story: UnhurriedStory, application: Application) -> list[dict[str, Any]]:
    return await facts(application.stack, "intake", story.client.agency, "case.flagged")


async def test_fifty_requests_at_once_make_one_chain_without_a_fork(
    case: UnhurriedStory, application: Application
) -> None:
    answers = await asyncio.gather(*(flag(case, number) for number in range(AT_ONCE)))
    assert {answer.status_code for answer in answers} == {201}
    flags = await flags_of(case, application)
    assert len(flags) == AT_ONCE
    first = flags[0]["stream_seq"]
    assert [fact["stream_seq"] for fact in flags] == list(range(first, first + AT_ONCE))
    assert {answer.json()["stream_position"] for answer in answers} == {fact["stream_seq"] for fact in flags}
    await settled(case)
    assert await faults(application.stack, case.client.agency) == []


async def test_of_fifty_that_expect_the_same_position_one_wins(case: UnhurriedStory, application: Application) -> None:
    shown = await case.client.get(cast.FENG.login, f"/v1/cases/{case.ids['case']}")
    position = shown["stream_position"]
    answers = await asyncio.gather(*(flag(case, number, if_match=f'"{position}"') for number in range(AT_ONCE)))
    won = [answer for answer in answers if answer.status_code == 201]
    lost = [answer for answer in answers if answer.status_code == 409]
    assert (len(won), len(lost)) == (1, AT_ONCE - 1)
    assert won[0].json()["stream_position"] == position + 1
    assert {answer.json()["code"] for answer in lost} == {"stale"}
    assert len(await flags_of(case, application)) == 1


async def test_whoever_was_too_late_reads_again_and_goes_on(case: UnhurriedStory) -> None:
    shown = await case.client.get(cast.FENG.login, f"/v1/cases/{case.ids['case']}")
    await flag(case, 1)
    late = await flag(case, 2, if_match=str(shown["stream_position"]))
    assert (late.status_code, late.json()["facts"]) == (
        409,
        {"expected": shown["stream_position"], "actual": shown["stream_position"] + 1},
    )
    in_time = await flag(case, 3, if_match=str(late.json()["facts"]["actual"]))
    assert in_time.status_code == 201
