"""What an officer is told that a case still needs, and which deadlines are open."""

from typing import Any

from support.archiving import Archiving
from support.penalty_case import CASE, china

PATH = f"/v1/archive/cases/{CASE}/needs"


async def needs(desk: Archiving, **query: str) -> dict[str, Any]:
    """Return what the case needs, as its officer sees it."""
    query_text = "&".join(f"{name}={value}" for name, value in query.items())
    answer = await desk.send(desk.who("feng", "case_officer", unit="u1"), "GET", f"{PATH}?{query_text}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def of_rule(needs_: list[dict[str, Any]], rule: str) -> dict[str, Any]:
    """Return the need under a clause."""
    return next(need for need in needs_ if need["rule"] == f"henan-2019/{rule}")


def step(answer: dict[str, Any], command: str) -> dict[str, Any]:
    """Return what is needed before a command."""
    return next(step for step in answer["before"] if step["command"] == command)


async def told_until(desk: Archiving, kind: str) -> None:
    """Tell the story up to the first fact of a type, that one included."""
    await desk.follow(desk.book.facts[:1])
    await desk.install()
    end = next(number for number, fact in enumerate(desk.book.facts) if fact.type == kind)
    await desk.follow(desk.book.facts[1 : end + 1])
    desk.told = end + 1
    await desk.settle()


async def test_a_closed_case_must_be_filed_in_twenty_working_days(desk: Archiving) -> None:
    await desk.close_case()
    answer = await needs(desk)
    filing = of_rule(answer["now"], "21.1")
    assert (filing["due"], filing["status"], filing["provisional"]) == ("2025-10-23T15:59:59Z", "pending", False)
    [missing] = filing["missing"]
    assert missing["acts"] == ["file_dossier"]
    assert missing["roles"] == ["case_officer", "archivist"]
    assert filing["gist"]["zh"]
    assert filing["gist"]["en"]
    assert [one["command"] for one in answer["before"]] == ["file_dossier"]


async def test_before_the_decision_the_gates_say_what_is_refused_and_who_must_sign(desk: Archiving) -> None:
    await told_until(desk, "review.submitted")
    await told_next(desk, "review.accepted")
    decision = step(await needs(desk), "issue_decision")
    assert decision["is_refused"]
    legal, head = of_rule(decision["needs"], "11.1(3)"), of_rule(decision["needs"], "11.1(4)")
    assert (legal["refused_with"], head["refused_with"]) == ("legal_review_missing", "head_or_collective_missing")
    assert "legal_reviewer" in str(legal["missing"])
    assert "agency_head" in str(head["missing"])
    assert "collective_discussion_record" in str(head["missing"])


async def test_a_step_names_the_form_that_it_cannot_do_without(desk: Archiving) -> None:
    await told_until(desk, "initiation.approved")
    for command, form in (("submit_review", "handling_opinion"), ("close_case", "closure_record")):
        ahead = step(await needs(desk), command)
        assert (ahead["form"]["code"], ahead["item"], ahead["is_refused"]) == (form, None, True)


async def told_next(desk: Archiving, kind: str) -> None:
    """Go on with the story up to the next fact of a type."""
    end = next(number for number, fact in enumerate(desk.book.facts) if number >= desk.told and fact.type == kind)
    await desk.follow(desk.book.facts[desk.told : end + 1])
    desk.told = end + 1
    await desk.settle()


async def test_a_running_act_says_what_must_stand_when_it_ends(desk: Archiving) -> None:
    await told_until(desk, "activity.started")
    ending = step(await needs(desk), "end_activity")
    [named] = {one["code"] for need in ending["needs"] for lack in need["missing"] for one in lack["documents"]}
    record = next(lack for need in ending["needs"] for lack in need["missing"] if lack["documents"])
    assert (named, record["signers"][:2], record["person"]) == ("inquiry_record", ["officer", "party"], "feng")


async def test_an_act_that_is_planned_gets_its_checklist(desk: Archiving) -> None:
    await told_until(desk, "initiation.approved")
    assert not any(one["command"] == "start_activity" for one in (await needs(desk))["before"])
    planned = step(await needs(desk, activity="seizure"), "start_activity")
    assert "start_session" in {act for need in planned["needs"] for lack in need["missing"] for act in lack["acts"]}
    assert all(need["subject"] in (None, CASE) for need in planned["needs"])


async def test_what_is_told_is_what_the_findings_say(desk: Archiving) -> None:
    await desk.close_case()
    open_now = {(f["rule"], f["subject"]) for f in await desk.findings() if f["status"] == "overdue"}
    answer = await needs(desk)
    told = {(n["rule"], n["subject"]) for n in answer["now"] + answer["later"]}
    assert open_now <= told
    satisfied = {(f["rule"], f["subject"]) for f in await desk.findings() if f["status"] == "satisfied"}
    assert told.isdisjoint(satisfied)


async def test_needs_are_for_those_who_may_see_the_case(desk: Archiving) -> None:
    await desk.close_case()
    stranger = desk.who("zhao", "case_officer", unit="u9")
    assert (await desk.send(stranger, "GET", PATH)).status_code == 403
    unknown = PATH.replace(CASE, CASE.replace("1989", "1988"))
    assert (await desk.send(desk.who("qin", "archivist"), "GET", unknown)).status_code == 404


async def deadlines(desk: Archiving, query: str = "") -> list[dict[str, Any]]:
    """Return the open deadlines as the supervisor sees them, page by page."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = await desk.send(desk.who("ma", "supervisor"), "GET", f"/v1/archive/deadlines?limit=1{query}{cursor}")
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if not answer.json()["next"]:
            return found
        cursor = f"&cursor={answer.json()['next']}"


async def test_open_deadlines_are_listed_until_they_are_met(desk: Archiving) -> None:
    await desk.close_case()
    unit = await desk.served.process.store.pool.fetchval("select state ->> 'unit' from snapshot where kind = 'case'")
    [one] = await deadlines(desk)
    assert (one["rule"], one["case"], one["status"], one["unit"]) == ("henan-2019/21.1", CASE, "pending", unit)
    assert await deadlines(desk, f"&unit={unit}") == [one]
    assert await deadlines(desk, "&unit=u9") == []
    assert await deadlines(desk, "&until=2025-10-01T00:00:00Z") == []
    await desk.at(china(10, 25))
    assert [one["status"] for one in await deadlines(desk)] == ["overdue"]
    await desk.file()
    await desk.settle()
    assert await deadlines(desk) == []


async def test_an_officer_sees_the_deadlines_of_the_own_unit_only(desk: Archiving) -> None:
    await desk.close_case()
    officer = desk.who("feng", "case_officer", unit="u1")
    for query, status in (("unit=u1", 200), ("unit=u2", 403), ("", 403)):
        assert (await desk.send(officer, "GET", f"/v1/archive/deadlines?{query}")).status_code == status
