"""What archive says of a period before it ends, and to whom it says that it was missed."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from casetrail_archive.judging import timers
from casetrail_common.facts.intake import PersonRegisteredV1
from support.archiving import Archiving
from support.penalty_case import CASE, china

ARCHIVING = "henan-2019/21.1"
CLOSED = china(9, 19, 17)
DUE = china(10, 23, 23, 59, 59)
HALF, MOST = CLOSED + (DUE - CLOSED) / 2, CLOSED + (DUE - CLOSED) * 9 / 10


def whole(instant: datetime) -> datetime:
    """Return an instant without its fraction."""
    return instant.replace(microsecond=0)


async def said(desk: Archiving, kind: str, rule: str = ARCHIVING) -> list[Any]:
    """Return the facts of a kind about a rule."""
    return [fact for fact in await desk.facts() if fact.type == f"deadline.{kind}" and fact.fields["rule"] == rule]


async def reminders(desk: Archiving) -> list[tuple[int, datetime]]:
    """Return which points of the period were recalled, and when they were reached."""
    return [(fact.fields["percent"], fact.occurred_at) for fact in await said(desk, "approaching")]


async def test_half_and_nine_tenths_of_a_period_are_recalled_once_each(desk: Archiving) -> None:
    await desk.close_case(settling=True)
    await desk.at(whole(HALF) - timedelta(seconds=1))
    assert await reminders(desk) == []
    await desk.at(whole(HALF))
    assert await reminders(desk) == [(50, whole(HALF))]
    await desk.at(DUE)
    assert await reminders(desk) == [(50, whole(HALF)), (90, whole(MOST))]
    await desk.at(DUE + timedelta(days=30))
    assert await reminders(desk) == [(50, whole(HALF)), (90, whole(MOST))]


async def test_a_reminder_names_the_instant_it_stands_for_however_late_archive_wakes(desk: Archiving) -> None:
    await desk.close_case(settling=True)
    await desk.at(DUE - timedelta(hours=1))
    [half, most] = await said(desk, "approaching")
    assert [half.occurred_at, most.occurred_at] == [whole(HALF), whole(MOST)]
    assert half.recorded_at == most.recorded_at == DUE - timedelta(hours=1)
    assert half.fields["due"] == "2025-10-23T15:59:59.000000Z"


async def test_a_duty_met_in_time_is_not_recalled_after_that(desk: Archiving) -> None:
    await desk.close_case(settling=True)
    await desk.at(whole(HALF) + timedelta(hours=1))
    assert (await desk.file()).status_code == 202
    await desk.at(DUE + timedelta(days=1))
    assert await reminders(desk) == [(50, whole(HALF))]
    assert await said(desk, "missed") == await said(desk, "escalated") == []


async def test_judging_again_recalls_nothing_twice(desk: Archiving) -> None:
    await desk.close_case(settling=True)
    await desk.at(whole(HALF))
    store = desk.served.process.store
    for _ in range(2):
        async with store.locked(desk.agency) as locked:
            await locked.conn.execute("delete from timer")
            found = await desk.parts.judge.judge_now(locked, CASE, await desk.parts.judge.standing(locked))
            earlier = whole(HALF) - timedelta(seconds=1)
            await locked.conn.execute(
                "insert into timer (agency, scope, rule, subject, due_at, percent, fire_at)"
                " values ($1, $2, $3, $2, $4, 50, $5)",
                desk.agency,
                CASE,
                ARCHIVING,
                DUE,
                earlier,
            )
            assert any(finding.rule == ARCHIVING for finding in found)
        await desk.settle()
    assert await reminders(desk) == [(50, whole(HALF))]


async def test_what_was_cut_off_before_the_commit_is_recalled_once(
    desk: Archiving, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.close_case(settling=True)
    await desk.served.process.ledgers.set_clock(desk.agency, whole(HALF))

    def die(name: str) -> None:
        raise ConnectionAbortedError(name)

    with monkeypatch.context() as armed:
        armed.setattr(timers, "failpoint", die)
        with pytest.raises(ConnectionAbortedError):
            await desk.timers.fire(desk.agency)
    assert await reminders(desk) == []
    await desk.settle()
    assert await reminders(desk) == [(50, whole(HALF))]


async def load_calendar(desk: Archiving, holidays: list[dict[str, str]]) -> None:
    """Load another calendar of the year."""
    other = {"calendar": "CN-2025-b", "years": [2025], "holidays": holidays, "make_up_workdays": []}
    answer = await desk.send(desk.who("admin", "pack_admin"), "POST", "/v1/rules/calendars", other)
    assert answer.status_code == 201
    await desk.settle()


async def test_when_the_due_date_moves_the_points_move_with_it(desk: Archiving) -> None:
    await desk.close_case(settling=True)
    await load_calendar(desk, [{"first": "2025-10-01", "last": "2025-10-14"}])
    due = datetime.fromisoformat((await desk.finding(ARCHIVING, CASE))["due"])
    assert due > DUE
    await desk.at(due)
    half, most = (whole(CLOSED + (due - CLOSED) * percent / 100) for percent in (50, 90))
    assert await reminders(desk) == [(50, half), (90, most)]


async def test_a_missed_deadline_goes_to_the_head_of_the_unit_and_to_supervisors(desk: Archiving) -> None:
    await desk.close_case(settling=True)
    for person, role in (("shi", "unit_head"), ("guo", "supervisor")):
        known = PersonRegisteredV1(
            person=person, name=desk.book.seal(person), kind="staff", roles=[role], unit="u9", clearance=[]
        )
        await desk.say("intake", f"person:{desk.agency}:{person}", known)
    await desk.at(DUE + timedelta(seconds=1))
    [missed], [escalated] = await said(desk, "missed"), await said(desk, "escalated")
    assert missed.occurred_at == escalated.occurred_at == DUE
    assert escalated.fields["to"] == ["duan", "guo", "ma"]


async def test_what_is_overdue_as_soon_as_it_is_known_was_missed_too(desk: Archiving) -> None:
    await desk.close_case(settling=True)
    await desk.at(china(10, 22))
    assert await said(desk, "missed") == []
    await load_calendar(desk, [])
    assert (await desk.finding(ARCHIVING, CASE))["status"] == "overdue"
    [missed], [escalated] = await said(desk, "missed"), await said(desk, "escalated")
    assert missed.occurred_at == escalated.occurred_at == china(10, 17, 23, 59, 59)
    assert missed.recorded_at == china(10, 22)


async def test_a_look_at_the_timers_reads_those_that_are_due_and_no_other(desk: Archiving) -> None:
    await desk.close_case()
    async with desk.served.process.store.pool.acquire() as conn, conn.transaction():
        await conn.execute(
            "insert into timer select $1, 'c' || n, 'r/1', 's', $2::timestamptz + n * interval '1 hour', now(), 100"
            " from generate_series(1, 20000) n",
            desk.agency,
            DUE,
        )
        [[looked]] = await conn.fetch(f"explain (analyze, format json) {timers.DUE_AGENCIES}")
        [[due]] = await conn.fetch(f"explain (analyze, format json) {timers.DUE}", desk.agency, DUE, 50)
    for plan in (json.loads(looked), json.loads(due)):
        assert sum(rows_of(plan[0]["Plan"], "timer")) <= 3


def rows_of(plan: dict[str, Any], table: str) -> list[int]:
    """Return how many rows each node of a plan has read of a table, also those it threw away."""
    own = []
    if plan.get("Relation Name") == table:
        own = [plan["Actual Rows"] * plan["Actual Loops"] + plan.get("Rows Removed by Filter", 0)]
    return [*own, *(rows for part in plan.get("Plans", []) for rows in rows_of(part, table))]
