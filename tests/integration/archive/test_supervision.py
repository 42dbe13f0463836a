"""Rounds of supervision, what units must put right, and reports."""

from typing import Any

from support.archiving import Archiving
from support.penalty_case import CASE

ROUND = {
    "method": "dossier_review",
    "unit": "u1",
    "cases": [CASE],
    "findings": "抽查一卷，储存不及时一处。",
    "breaches": 1,
}
DEMAND = {"unit": "u1", "case": CASE, "rule": "henan-2019/22.1a", "demand": "当日储存音像记录。", "due": "2025-12-31"}
REPORT = {"kind": "statistics", "first": "2025-07-01", "last": "2025-09-30", "purposes": ["supervision", "appraisal"]}


async def post(desk: Archiving, path: str, body: dict[str, Any], *, status: int = 201) -> dict[str, Any]:
    """Record something as the supervisor."""
    answer = await desk.send(desk.who("ma", "supervisor", unit="u2"), "POST", f"/v1/archive/{path}", body)
    assert answer.status_code == status, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def listed(desk: Archiving, path: str) -> list[dict[str, Any]]:
    """Return a list as the supervisor sees it."""
    answer = await desk.send(desk.who("ma", "supervisor", unit="u2"), "GET", f"/v1/archive/{path}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_round_is_shown_with_what_was_found(desk: Archiving) -> None:
    await desk.close_case()
    first = await post(desk, "supervision-rounds", ROUND)
    await post(desk, "supervision-rounds", {"method": "on_site", "findings": "未发现问题。"})
    latest, earlier = await listed(desk, "supervision-rounds")
    assert (latest["method"], latest["breaches"], latest["unit"]) == ("on_site", 0, None)
    assert {name: earlier[name] for name in ROUND} == ROUND
    assert (earlier["round"], earlier["by"]) == (first["round"], "ma")


async def test_what_must_be_put_right_is_open_until_it_was(desk: Archiving) -> None:
    await desk.close_case()
    held = (await post(desk, "supervision-rounds", ROUND))["round"]
    opened = (await post(desk, "rectifications", {**DEMAND, "round": held}))["rectification"]
    [one] = await listed(desk, "rectifications?is_open=true&unit=u1")
    assert {name: one[name] for name in DEMAND} == DEMAND
    await post(desk, f"rectifications/{opened}/closure", {"result": "已整改，台账已核对。"})
    assert await listed(desk, "rectifications?is_open=true") == []
    [one] = await listed(desk, "rectifications")
    assert (one["round"], one["result"]) == (held, "已整改，台账已核对。")
    again = await post(desk, f"rectifications/{opened}/closure", {"result": "再次"}, status=409)
    assert again["code"] == "transition_not_allowed"


async def test_a_report_says_what_it_is_used_for(desk: Archiving) -> None:
    await desk.close_case()
    made = await post(desk, "reports", REPORT)
    [one] = await listed(desk, "reports")
    assert (one["report"], one["purposes"]) == (made["report"], ["appraisal", "supervision"])
    assert (await post(desk, "reports", {**REPORT, "last": "2025-06-30"}, status=422))["code"] == "field_missing"


async def test_supervising_is_for_supervisors(desk: Archiving) -> None:
    await desk.close_case()
    officer = desk.who("feng", "case_officer", unit="u1")
    for path, body in (("supervision-rounds", ROUND), ("rectifications", DEMAND), ("reports", REPORT)):
        answer = await desk.send(officer, "POST", f"/v1/archive/{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")
    assert (await desk.send(officer, "GET", "/v1/archive/rectifications?unit=u1")).status_code == 200
    assert (await desk.send(officer, "GET", "/v1/archive/rectifications")).status_code == 403
    unknown = CASE.replace("1989", "1988")
    assert (await post(desk, "rectifications", {**DEMAND, "case": unknown}, status=404))["code"] == "not_found"
    assert (await post(desk, "rectifications", {**DEMAND, "round": unknown}, status=404))["code"] == "not_found"
