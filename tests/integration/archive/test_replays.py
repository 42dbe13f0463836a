"""What a change of the law would change in the open cases, told without changing anything."""

from typing import Any

from support.archiving import Archiving
from support.penalty_case import CASE, china

ARCHIVING = "henan-2019/21.1"
LONGER = {
    "calendar": "CN-2025-b",
    "years": [2025],
    "holidays": [{"first": "2025-10-01", "last": "2025-10-09"}],
    "make_up_workdays": ["2025-09-28", "2025-10-11"],
}


async def replay(desk: Archiving, wish: dict[str, Any], *, status: int = 200, query: str = "") -> dict[str, Any]:
    """Ask what a change would change."""
    answer = await desk.send(desk.who("admin", "pack_admin"), "POST", f"/v1/rules/replays{query}", wish)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def rows(desk: Archiving) -> list[int]:
    """Return how much is recorded."""
    tables = ("ledger", "finding", "timer", "outbox", "job", "deadline_told", "open_deadline", "snapshot")
    return [await desk.served.process.store.pool.fetchval(f"select count(*) from {table}") for table in tables]


async def test_a_longer_holiday_would_move_what_is_pending(desk: Archiving) -> None:
    await desk.close_case()
    before = await rows(desk)
    answer = await replay(desk, {"calendar": LONGER})
    [case] = answer["items"]
    assert (case["case"], answer["judged"], answer["next"]) == (CASE, 1, None)
    [change] = case["changes"]
    assert (change["rule"], change["subject"]) == (ARCHIVING, CASE)
    assert change["before"]["due"] == "2025-10-23T15:59:59Z"
    assert change["after"]["due"] == "2025-10-24T15:59:59Z"
    assert await rows(desk) == before
    assert (await desk.finding(ARCHIVING, CASE))["due"] == change["before"]["due"]


async def test_what_the_replay_says_is_what_loading_brings(desk: Archiving) -> None:
    await desk.close_case()
    [change] = (await replay(desk, {"calendar": LONGER}))["items"][0]["changes"]
    await desk.send(desk.who("admin", "pack_admin"), "POST", "/v1/rules/calendars", LONGER)
    await desk.settle()
    found = await desk.finding(ARCHIVING, CASE)
    assert {name: found[name] for name in change["after"]} == change["after"]


async def test_what_happened_before_a_law_began_would_not_be_judged_by_it(desk: Archiving) -> None:
    await desk.close_case()
    answer = await replay(desk, {"pack": {"pack": "henan-2019", "version": "2019-06-04", "valid_from": "2025-09-01"}})
    changes = answer["items"][0]["changes"]
    acts = {(change["rule"], change["subject"]) for change in changes if change["after"] is None}
    late = next(f for f in await desk.findings() if f["status"] == "violated" and f["case"])
    assert (late["rule"], late["subject"]) in acts
    assert not any(change["rule"] == ARCHIVING for change in changes)


async def test_a_child_pack_would_take_the_place_of_its_parents_rule(desk: Archiving) -> None:
    await desk.close_case()
    rule: dict[str, Any] = {
        "id": "demo-xiangyun/3.1",
        "overrides": ARCHIVING,
        "authority_level": "normative_document",
        "parameters": {"archive_deadline": {"value": 15, "unit": "working_days"}},
    }
    child = {
        "pack": "demo-xiangyun",
        "version": "2025-09-01",
        "valid_from": "2025-09-01",
        "inherits": "henan-2019",
        "rules": [rule],
    }
    changes = {c["rule"]: c for c in (await replay(desk, {"pack": child}))["items"][0]["changes"]}
    assert changes[ARCHIVING]["after"]["status"] == "not_applicable"
    assert changes["demo-xiangyun/3.1"]["before"] is None
    assert changes["demo-xiangyun/3.1"]["after"]["due"] < changes[ARCHIVING]["before"]["due"]
    longer = {**rule, "parameters": {"archive_deadline": {"value": 25, "unit": "working_days"}}}
    refused = await replay(desk, {"pack": {**child, "rules": [longer]}}, status=422)
    assert refused["code"] == "relax_not_allowed"


async def test_the_same_law_again_changes_nothing(desk: Archiving) -> None:
    await desk.close_case()
    assert (await replay(desk, {"calendar": {"calendar": "CN-2024-2026"}}))["items"] == []


async def test_a_filed_case_whose_periods_are_over_is_left_alone(desk: Archiving) -> None:
    await desk.close_case()
    await desk.file()
    await desk.at(china(10, 27))
    assert (await replay(desk, {"calendar": LONGER}))["judged"] == 0


async def test_a_replay_is_refused_as_the_loading_would_be(desk: Archiving) -> None:
    await desk.close_case()
    assert (await replay(desk, {}, status=422))["code"] == "field_missing"
    assert (await replay(desk, {"pack": {"pack": "henan-2019", "version": "1999"}}, status=404))["code"] == "not_found"
    officer = desk.who("feng", "case_officer")
    answer = await desk.send(officer, "POST", "/v1/rules/replays", {"calendar": LONGER})
    assert answer.json()["code"] == "role_not_allowed"
