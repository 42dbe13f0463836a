"""One case judged from its first fact to the filing of its dossier."""

from typing import Any

from casetrail_common.facts.intake import CaseFlaggedV1
from support.archiving import Archiving
from support.penalty_case import CASE, FILMS, INTAKE, china

ARCHIVING, STORING = "henan-2019/21.1", "henan-2019/22.1a"
ARCHIVE_DUE = "2025-10-23T15:59:59Z"
"""Twenty working days after 19 September 2025, with the National Day holiday between: 23 October 23:59:59 in China."""
FIRST, SECOND = (FILMS[name].session for name in ("AV-1", "AV-2"))
TROUBLE = {"violated", "overdue", "needs_review"}


async def missed(desk: Archiving, rule: str) -> list[tuple[Any, Any]]:
    """Return when a deadline ended undone, and when archive woke."""
    facts = [fact for fact in await desk.facts() if fact.type == "deadline.missed" and fact.fields["rule"] == rule]
    return [(fact.occurred_at, fact.recorded_at) for fact in facts]


async def test_a_period_runs_from_closure_and_is_missed_one_second_after_its_last(desk: Archiving) -> None:
    await desk.close_case(settling=True)
    await desk.at(china(10, 20, 9))
    found = await desk.finding(ARCHIVING, CASE)
    assert (found["status"], found["due"], found["severity"]) == ("pending", ARCHIVE_DUE, None)
    await desk.at(china(10, 23, 23, 59, 59))
    assert not await missed(desk, ARCHIVING)
    await desk.at(china(10, 24))
    assert await missed(desk, ARCHIVING) == [(china(10, 23, 23, 59, 59), china(10, 24))]
    assert (await desk.finding(ARCHIVING, CASE))["status"] == "overdue"


async def test_the_story_is_judged_as_the_regulation_asks(desk: Archiving) -> None:
    await desk.close_case()
    await desk.at(china(10, 20, 9))
    before = await desk.findings(case=CASE, as_of=china(10, 20, 9).isoformat())
    assert [(f["rule"], f["subject"], f["late_by_s"]) for f in before if f["status"] in TROUBLE] == [
        (STORING, SECOND, 8 * 3600 + 10 * 60 + 1)
    ]
    await desk.at(china(10, 24, 10))
    assert (await desk.file([FIRST, SECOND])).status_code == 202
    await desk.at(china(10, 27, 9))
    after = await desk.findings(case=CASE, as_of=china(10, 27, 9).isoformat())
    assert [(f["rule"], f["subject"], f["late_by_s"]) for f in after if f["status"] in TROUBLE] == [
        (ARCHIVING, CASE, 10 * 3600 + 1),
        (STORING, SECOND, 8 * 3600 + 10 * 60 + 1),
    ]
    satisfied = {(f["rule"], f["subject"]) for f in after if f["status"] == "satisfied"}
    named = ("11.1(3)", "11.1(4)", "12.1(3)", "13.1")
    assert {(f"henan-2019/{rule}", CASE) for rule in named} | {(STORING, FIRST)} <= satisfied
    assert await desk.findings(case=CASE, as_of=china(10, 20, 9).isoformat()) == before


async def test_the_last_rows_say_what_judging_anew_says(desk: Archiving) -> None:
    await desk.close_case()
    await desk.at(china(10, 24, 10))
    rows = await desk.findings()
    assert rows == await desk.findings(as_of=china(10, 24, 10).isoformat())
    assert {f["status"] for f in rows} >= {"satisfied", "violated", "overdue"}


async def test_judging_again_adds_nothing(desk: Archiving) -> None:
    await desk.close_case()
    said = len(await desk.facts())
    async with desk.served.process.store.locked(desk.agency) as locked:
        await desk.parts.judge.judge_now(locked, CASE, await desk.parts.judge.standing(locked))
    assert len(await desk.facts()) == said


async def test_a_case_file_built_up_step_by_step_is_that_of_all_its_facts(desk: Archiving) -> None:
    await desk.close_case(settling=True)
    async with desk.served.process.store.pool.acquire() as conn:
        kept = await desk.parts.judge.files.now(conn, desk.agency, CASE)
        anew = await desk.parts.judge.files.at(conn, desk.agency, CASE, china(12, 31))
    assert kept is not None
    assert kept.to_plain() == anew.to_plain()


async def test_nothing_is_overdue_before_the_others_have_closed_their_past(desk: Archiving) -> None:
    await desk.close_case()
    await desk.served.process.ledgers.set_clock(desk.agency, china(10, 25))
    flagged = CaseFlaggedV1(target=CASE, flag="dispute_prone", reason=desk.book.seal("当事人有异议"))
    await desk.say("intake", INTAKE, flagged)
    assert [job.kind for job in await desk.jobs()] == ["draft", "judge"]
    await desk.drain("judge")
    found = await desk.finding(ARCHIVING, CASE)
    assert (found["status"], found["due"]) == ("pending", ARCHIVE_DUE)
    await desk.settle()
    assert (await desk.finding(ARCHIVING, CASE))["status"] == "overdue"
    assert await missed(desk, ARCHIVING) == [(china(10, 23, 23, 59, 59), china(10, 25))]


async def lengthen_the_holiday(desk: Archiving) -> None:
    """Load a calendar in which the National Day holiday has one day more."""
    longer = {
        "calendar": "CN-2025-b",
        "years": [2025],
        "holidays": [{"first": "2025-10-01", "last": "2025-10-09"}],
        "make_up_workdays": ["2025-09-28", "2025-10-11"],
    }
    answer = await desk.send(desk.who("admin", "pack_admin"), "POST", "/v1/rules/calendars", longer)
    assert answer.status_code == 201


async def test_a_due_date_that_moves_while_its_timer_waits_gets_one_of_its_own(desk: Archiving) -> None:
    await desk.close_case()
    await desk.served.process.ledgers.set_clock(desk.agency, china(10, 24, 9))
    await lengthen_the_holiday(desk)
    await desk.settle()
    found = await desk.finding(ARCHIVING, CASE)
    assert (found["status"], found["due"]) == ("pending", "2025-10-24T15:59:59Z")
    await desk.at(china(10, 25, 0))
    assert [due for due, _ in await missed(desk, ARCHIVING)] == [
        china(10, 23, 23, 59, 59),
        china(10, 24, 23, 59, 59),
    ]


async def test_a_new_calendar_moves_what_is_pending(desk: Archiving) -> None:
    await desk.close_case()
    await lengthen_the_holiday(desk)
    await desk.settle()
    found = await desk.finding(ARCHIVING, CASE)
    assert (found["due"], found["calendar"]) == ("2025-10-24T15:59:59Z", "CN-2025-b")
    await desk.at(china(10, 24, 12))
    assert not await missed(desk, ARCHIVING)
    await desk.at(china(10, 25))
    assert await missed(desk, ARCHIVING) == [(china(10, 24, 23, 59, 59), china(10, 25))]
