"""Who is let in, and what an uninvited caller learns: nothing."""

from typing import Any

from casetrail_common.auth import Principal
from casetrail_common.ids import new_id
from support.reviewing import Reviewing

OPINION = {"slot": "unit", "result": "agree", "opinion": "同意。", "signed_on": "2025-08-29"}
DISCUSSION = {"views": [{"member": "songw", "view": "同意"}], "conclusion": "处罚", "result": "agree"}
DECISION = {"number": "1", "content": "罚款", "seal": "agency", "issued_on": "2025-09-04"}


LIST = "/v1/access-requests"
"""Whoever asks for a list is given what is theirs, if only an empty one."""


def calls(case: str, form: str, submission: str) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Return one well-formed call of each route."""
    return [
        ("POST", "/v1/reviews", {"case": case, "form": form}),
        ("GET", f"/v1/reviews?case={case}", None),
        ("GET", f"/v1/reviews/{submission}", None),
        ("POST", f"/v1/reviews/{submission}/opinions", OPINION),
        ("POST", f"/v1/reviews/{submission}/return", {"reason": "退回"}),
        ("POST", f"/v1/reviews/{submission}/decision", DECISION),
        ("POST", f"/v1/reviews/{submission}/discussion", DISCUSSION),
        ("POST", f"/v1/reviews/{submission}/termination", {"outcome": "withdrawn", "form": form, "reason": "撤回"}),
        ("POST", "/v1/decisions", {**DECISION, "case": case}),
        ("POST", LIST, {"items": [form], "mode": "copy", "requester_kind": "party", "purpose": "复议"}),
        ("GET", LIST, None),
        ("GET", f"{LIST}/{new_id('review')}", None),
        ("POST", f"{LIST}/{new_id('review')}/decisions", {"result": "approved", "items": [form], "reason": "同意"}),
        ("POST", "/v1/exports", {"items": [form], "to": {"kind": "party"}}),
        ("GET", f"/v1/items/{new_id('review')}", None),
        ("PATCH", f"/v1/items/{new_id('review')}", {"change": "trim"}),
        ("DELETE", f"/v1/items/{new_id('review')}", None),
    ]


async def test_without_a_token_nothing_is_answered(desk: Reviewing) -> None:
    for method, path, body in calls(new_id("intake"), new_id("intake"), new_id("review")):
        answer = await desk.served.http.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_another_agency_finds_nothing(desk: Reviewing) -> None:
    case, submission = await desk.submitted()
    form = (await desk.send(desk.who("feng", "case_officer"), "GET", f"/v1/reviews/{submission}")).json()["form"]
    everything = frozenset({"case_officer", "unit_head", "legal_reviewer", "agency_head", "supervisor", "archivist"})
    stranger = Principal("feng", "elsewhere", "u1", everything)
    for method, path, body in calls(case, form, submission):
        answer = await desk.send(stranger, method, path, body)
        if (method, path) == ("GET", LIST):
            assert answer.json() == {"items": [], "next": None}
            continue
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


async def test_staff_without_a_part_in_the_case_see_nothing_of_it(desk: Reviewing) -> None:
    case, submission = await desk.submitted()
    for who in (desk.who("zhao", "case_officer", unit="u9"), desk.who("hengyuan", "party", unit=None)):
        for path in (f"/v1/reviews/{submission}", f"/v1/reviews?case={case}"):
            answer = await desk.send(who, "GET", path)
            assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")


async def test_a_wrong_wish_is_named_before_anything_else(desk: Reviewing) -> None:
    feng = desk.who("feng", "case_officer")
    for path, body in (
        ("/v1/reviews", {"case": "K1", "form": new_id("intake")}),
        ("/v1/reviews", {"case": new_id("intake")}),
        (f"/v1/reviews/{new_id('review')}/opinions", {**OPINION, "slot": "mayor"}),
        (f"/v1/reviews/{new_id('review')}/opinions", {**OPINION, "signed_on": "gestern"}),
        (f"/v1/reviews/{new_id('review')}/return", {"reason": ""}),
        (f"/v1/reviews/{new_id('review')}/decision", {**DECISION, "surplus": 1}),
        ("/v1/reviews/nonsense/decision", DECISION),
        ("/v1/decisions", DECISION),
        (LIST, {"items": "all", "mode": "copy", "requester_kind": "party", "purpose": "复议"}),
        (LIST, {"items": [], "mode": "steal", "requester_kind": "party", "purpose": "复议"}),
        (f"{LIST}/{new_id('review')}/decisions", {"result": "perhaps", "items": [], "reason": "同意"}),
        ("/v1/exports", {"items": [], "to": {"kind": "neighbour"}}),
    ):
        answer = await desk.send(feng, "POST", path, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "field_missing")


async def test_the_api_describes_every_route_in_both_languages(desk: Reviewing) -> None:
    schema = (await desk.served.http.get("/openapi.json")).json()
    described = [op for path, ops in schema["paths"].items() if path.startswith("/v1") for op in ops.values()]
    assert len(described) == len(calls("", "", ""))
    for operation in described:
        text = operation["description"]
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text)
        assert any(letter.isascii() and letter.isalpha() for letter in text)
