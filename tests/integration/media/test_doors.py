"""Who may do what with a recording, and what is recorded of those who tried otherwise."""

from typing import Any

import pytest

from casetrail_common.auth import Principal
from casetrail_common.ids import new_id
from support.filming import Filming


async def incidents(desk: Filming, session: str) -> list[dict[str, Any]]:
    return [dict(fact.fields) for fact in await desk.facts(session) if fact.type == "incident.recorded"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"repository": "unregistered"}, "unregistered_storage"),
        ({"repository": "unknown", "custodian": "feng"}, "unregistered_storage"),
        ({"custodian": "feng"}, "self_custody"),
    ],
)
async def test_storing_where_or_with_whom_one_must_not_is_refused_and_recorded_once(
    desk: Filming, video: bytes, change: dict[str, str], code: str
) -> None:
    session = await desk.filmed()
    desk.ids["unknown"] = new_id("media")
    change = {**change, **({"repository": desk.ids[change["repository"]]} if "repository" in change else {})}
    wish = desk.declaration(video, **change)
    for _ in range(2):
        answer = await desk.send(desk.feng, "POST", f"/v1/media/sessions/{session}/uploads", wish, key="once")
        assert (answer.status_code, answer.json()["code"]) == (403, code)
        assert answer.json()["clause"] == "henan-2019/22.1b"
    assert await incidents(desk, session) == [
        {"item": session, "code": code, "clause": "henan-2019/22.1b", "command": "store_session"}
    ]
    assert "av.upload_declared" not in await desk.types(session)


@pytest.mark.parametrize(("method", "command"), [("PATCH", "modify_original"), ("DELETE", "delete_original")])
async def test_changing_or_deleting_an_original_is_refused_and_recorded(
    desk: Filming, video: bytes, method: str, command: str
) -> None:
    session = await desk.stored(video)
    anybody = desk.who("hengyuan", "party", unit=None)
    answer = await desk.send(anybody, method, f"/v1/items/{session}", {"change": "trim"} if method == "PATCH" else None)
    assert (answer.status_code, answer.json()["code"]) == (403, "worm_protected")
    assert await incidents(desk, session) == [
        {"item": session, "code": "worm_protected", "clause": "henan-2019/24.1a", "command": command}
    ]


async def test_of_another_agency_nothing_is_found(desk: Filming, video: bytes) -> None:
    session = await desk.stored(video)
    upload = (await desk.last(session))["upload"]
    stranger = Principal("feng", "another", "u1", frozenset({"case_officer", "agency_head", "records_custodian"}))
    for method, path, body in (
        ("GET", f"/v1/media/sessions/{session}", None),
        ("GET", f"/v1/items/{session}", None),
        ("GET", f"/v1/media/sessions/{session}/files/1/content", None),
        ("GET", f"/v1/media/uploads/{upload}", None),
        ("POST", f"/v1/media/uploads/{upload}/completion", None),
        ("POST", f"/v1/media/sessions/{session}/annotations", {"notice": True}),
        ("POST", f"/v1/media/sessions/{session}/uploads", desk.declaration(video)),
        ("PATCH", f"/v1/items/{session}", {"change": "trim"}),
        ("DELETE", f"/v1/items/{session}", None),
    ):
        answer = await desk.send(stranger, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
        assert "sha256" not in answer.text
    assert (await desk.send(stranger, "GET", "/v1/media/sessions")).json()["items"] == []


async def test_a_recording_is_seen_by_its_unit_and_by_those_whose_duty_goes_on(desk: Filming, video: bytes) -> None:
    session = await desk.stored(video)
    path = f"/v1/media/sessions/{session}"
    for who, status, listed in (
        (desk.who("lv", "case_officer"), 200, [session]),
        (desk.bai, 200, [session]),
        (desk.who("songw", "agency_head", unit="u0"), 200, [session]),
        (desk.who("zhou", "case_officer", unit="u9"), 403, []),
    ):
        assert (await desk.send(who, "GET", path)).status_code == status
        assert (await desk.send(who, "GET", f"{path}/files/1/content")).status_code == status
        page = (await desk.send(who, "GET", f"/v1/media/sessions?case={desk.ids['case']}")).json()
        assert [one["session"] for one in page["items"]] == listed
    party = desk.who("hengyuan", "party", unit=None)
    for refused in (path, f"{path}/files/1/content", "/v1/media/sessions"):
        assert (await desk.send(party, "GET", refused)).status_code == 403


async def test_roles_decide_after_shape_and_existence(desk: Filming, video: bytes) -> None:
    session = await desk.filmed()
    party, head = desk.who("hengyuan", "party", unit=None), desk.who("songw", "agency_head", unit="u0")
    uploads = f"/v1/media/sessions/{session}/uploads"
    upload = (await desk.declared(session, video))["upload"]
    for who, method, path, body, expected in (
        (party, "POST", uploads, {}, (422, "field_missing")),
        (party, "POST", f"/v1/media/sessions/{new_id('media')}/end", None, (404, "not_found")),
        (party, "POST", uploads, desk.declaration(video), (403, "role_not_allowed")),
        (party, "POST", f"/v1/media/sessions/{session}/end", None, (403, "role_not_allowed")),
        (head, "GET", f"/v1/media/uploads/{upload}", None, (403, "role_not_allowed")),
        (head, "POST", f"/v1/media/uploads/{upload}/completion", None, (403, "role_not_allowed")),
        (desk.feng, "POST", "/v1/media/devices", {}, (422, "field_missing")),
        (desk.feng, "POST", uploads, desk.declaration(video, custodian="lv"), (404, "not_found")),
        (desk.feng, "POST", f"/v1/media/sessions/{session}/end", None, (409, "transition_not_allowed")),
        (desk.feng, "POST", f"/v1/media/sessions/{session}/annotations", {}, (422, "field_missing")),
        (desk.feng, "GET", f"/v1/media/sessions/{session}/files/1/content", None, (404, "not_found")),
    ):
        answer = await desk.send(who, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == expected, (path, answer.text)


async def test_while_recording_nothing_can_be_stored(desk: Filming, video: bytes) -> None:
    wish = {"kind": "video", "mode": "full", "device": desk.ids["device"]}
    session = (await desk.accepted(desk.feng, "/v1/media/sessions", wish))["session"]
    answer = await desk.send(desk.feng, "POST", f"/v1/media/sessions/{session}/uploads", desk.declaration(video))
    assert (answer.status_code, answer.json()["code"]) == (409, "transition_not_allowed")


async def test_a_second_upload_of_a_stored_session_leaves_nothing_in_the_store(desk: Filming, video: bytes) -> None:
    session = await desk.filmed()
    late, first = await desk.arrive(session, video), await desk.arrive(session, video)
    async with desk.jobs():
        assert (await desk.complete(first)).status_code == 201
        answer = await desk.complete(late)
    assert (answer.status_code, answer.json()["code"]) == (409, "transition_not_allowed")
    assert len(await desk.objects.list_versions(f"{desk.agency}/")) == 1


async def test_an_unknown_range_is_refused_with_the_size(desk: Filming, video: bytes) -> None:
    session = await desk.stored(video)
    path = f"/v1/media/sessions/{session}/files/1/content"
    answer = await desk.send(desk.feng, "GET", path, Range=f"bytes={len(video)}-")
    assert (answer.status_code, answer.json()["facts"]) == (416, {"size_bytes": len(video)})


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2025-08-13T15:00:00"])
async def test_a_time_that_no_device_can_mean_is_refused(desk: Filming, video: bytes, instant: str) -> None:
    session = await desk.filmed()
    wish = desk.declaration(video)
    wish["files"][0]["started_at"] = instant
    answer = await desk.send(desk.feng, "POST", f"/v1/media/sessions/{session}/uploads", wish)
    assert (answer.status_code, answer.json()["code"]) == (422, "field_missing")


@pytest.mark.parametrize(
    "body", [None, {}, {"change": "delete"}, {"change": "trim", "more": 1}, {"change": "trim", "set": []}]
)
async def test_what_is_no_wish_to_change_is_refused_before_anything_else(desk: Filming, body: Any) -> None:
    answer = await desk.send(desk.who("hengyuan", "party", unit=None), "PATCH", f"/v1/items/{new_id('media')}", body)
    assert (answer.status_code, answer.json()["code"]) in {(422, "field_missing"), (400, "malformed_json")}
