"""What is told of recordings, copies of them, fault reports and devices, and to whom."""

import asyncio
from typing import Any

import pytest

from casetrail_common.facts.common import ContentErasedV1
from casetrail_common.facts.intake import ActivityStartedV1
from casetrail_common.ids import new_id, stream_name
from support.filming import GAP, Filming

ERASED = {"erased": True}


async def begun(desk: Filming, **more: Any) -> str:
    wish = {"kind": "video", "mode": "full", "device": desk.ids["device"], **more}
    return str((await desk.accepted(desk.feng, "/v1/media/sessions", wish))["session"])


async def shown(desk: Filming, item: str) -> dict[str, Any]:
    answer = await desk.send(desk.feng, "GET", f"/v1/items/{item}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def act(desk: Filming, *sessions: str) -> str:
    """Begin an act in intake, on which sessions were recorded."""
    activity = new_id("intake")
    started = ActivityStartedV1(
        activity=activity,
        kind="inquiry",
        place=desk.book.seal("分拣场"),
        officers=["feng"],
        present=[],
        sessions=list(sessions),
    )
    await desk.follow("intake", stream_name("case", desk.agency, desk.ids["case"]), started)
    return activity


async def test_a_session_tells_of_its_gaps_exceptions_evidence_keeping_and_copies(desk: Filming, video: bytes) -> None:
    session = await desk.filmed(segments=2)
    path = f"/v1/media/sessions/{session}"
    await desk.accepted(desk.feng, f"{path}/storage-exceptions", {"ground": "remote", "reason": "驻地无网络"})
    await desk.accepted(desk.feng, f"{path}/evidence-marks", {"proves": "当事人承认"})
    upload = await desk.arrive(session, video, video)
    async with desk.jobs():
        assert (await desk.complete(upload)).status_code == 201
    await desk.accepted(desk.bai, f"{path}/custody", {"custodian": "niu"})
    copy = await desk.accepted(desk.bai, f"{path}/derivatives", {"description": "遮挡证人面部"})

    told = await shown(desk, session)
    (gap,) = told["gaps"]
    assert (gap["gap"], gap["cause"], gap["description"], gap["final"]) == (1, "low_battery", "电池耗尽", False)
    assert gap["voice_explanation"] is True
    assert gap["resumed_at"] == told["segments"][1]["started_at"]
    assert [one["ended_at"] for one in told["segments"]] == [gap["began_at"], told["ended_at"]]
    assert len(told["files"]) == 2
    assert [(one["ground"], one["reason"]) for one in told["exceptions"]] == [("remote", "驻地无网络")]
    assert [one["proves"] for one in told["evidence"]] == ["当事人承认"]
    assert (told["repository"], told["custodian"]) == (desk.ids["repository"], "niu")
    assert told["derivatives"] == [copy["derivative"]]
    derived = await shown(desk, copy["derivative"])
    assert (derived["of"], derived["case"], derived["description"]) == (session, desk.ids["case"], "遮挡证人面部")


async def test_what_the_head_of_the_unit_was_told_stands_by_the_gap(desk: Filming) -> None:
    session = await begun(desk)
    path = f"/v1/media/sessions/{session}"
    assert (await desk.accepted(desk.feng, f"{path}/interruptions", {**GAP, "final": True}))["gap"] == 1
    wish = {"gap": 1, "reported_to": "duan", "content": "无法开机"}
    await desk.accepted(desk.feng, f"{path}/interruption-reports", wish)
    told = await shown(desk, session)
    ((report,),) = [gap["reports"] for gap in told["gaps"]]
    assert (report["reported_to"], report["content"], told["state"]) == ("duan", "无法开机", "ended")


async def test_a_session_that_an_act_names_later_is_found_by_its_case(desk: Filming) -> None:
    session, other = await begun(desk), await begun(desk)
    listed = f"/v1/media/sessions?case={desk.ids['case']}"
    assert (await desk.send(desk.feng, "GET", listed)).json()["items"] == []
    activity = await act(desk, session)
    (found,) = (await desk.send(desk.feng, "GET", listed)).json()["items"]
    assert (found["session"], found["case"], found["activities"]) == (session, desk.ids["case"], [activity])
    assert (await shown(desk, other))["case"] is None


async def test_what_people_wrote_of_a_recording_goes_with_the_content_of_its_case(desk: Filming) -> None:
    session = await begun(desk)
    await act(desk, session)
    path = f"/v1/media/sessions/{session}"
    await desk.accepted(desk.feng, f"{path}/interruptions", GAP)
    erased = ContentErasedV1(case=desk.ids["case"], commitments=[], reason="retention_expired")
    await desk.follow("intake", stream_name("case", desk.agency, desk.ids["case"]), erased)
    ((gap,),) = [(await shown(desk, session))["gaps"]]
    assert (gap["description"], gap["cause"]) == (ERASED, "low_battery")
    bytes_left = (
        "select count(*) from content where agency = $1 and bytes is not null and convert_from(bytes, 'utf8') ~ $2"
    )
    assert await desk.process.store.pool.fetchval(bytes_left, desk.agency, "电池耗尽") == 0


async def test_a_fault_report_is_a_record_and_says_so_of_the_device(desk: Filming) -> None:
    device, niu = desk.ids["device"], desk.who("niu", "device_custodian", unit="u3")
    path = f"/v1/media/devices/{device}"
    record = (await desk.accepted(desk.feng, f"{path}/faults", {"fault": "记录仪死机"}))["record"]
    for who in (desk.feng, niu):
        told = (await desk.send(who, "GET", f"/v1/items/{record}")).json()
        assert (told["type"], told["about"], told["fields"]) == (
            "device_fault_report",
            [device],
            {"fault": "记录仪死机"},
        )
        found = (await desk.send(who, "GET", path)).json()
        assert (found["state"], found["fault_reports"]) == ("out_of_service", [record])
    await desk.accepted(niu, f"{path}/repairs", {"note": "更换主板"})
    await desk.accepted(niu, f"{path}/maintenance", {"maintained_on": "2025-08-01"})
    change = {"change": "dismantled", "note": "封签破损", "is_private": True}
    position = (await desk.accepted(desk.feng, f"{path}/alterations", change))["position"]
    found = (await desk.send(niu, "GET", path)).json()
    assert (found["state"], found["last_maintained_on"], found["stream_position"]) == ("in_service", "2025-08-01", 5)
    assert [(one["change"], one["is_private"]) for one in found["alterations"]] == [("dismantled", True)]
    assert position.startswith("media:")


@pytest.mark.parametrize(
    ("person", "roles", "unit"), [("zhou", ("case_officer",), "u9"), ("hengyuan", ("party",), None)]
)
async def test_others_see_nothing_of_it_unasked(
    desk: Filming, person: str, roles: tuple[str, ...], unit: str | None, video: bytes
) -> None:
    session = await desk.stored(video)
    copy = await desk.accepted(desk.bai, f"/v1/media/sessions/{session}/derivatives", {"description": "遮挡"})
    fault = await desk.accepted(desk.feng, f"/v1/media/devices/{desk.ids['device']}/faults", {"fault": "死机"})
    who = desk.who(person, *roles, unit=unit)
    for path, code in (
        (f"/v1/items/{session}", "access_not_approved"),
        (f"/v1/items/{copy['derivative']}", "access_not_approved"),
        (f"/v1/items/{fault['record']}", "access_not_approved"),
        (f"/v1/media/devices/{desk.ids['device']}", "role_not_allowed"),
    ):
        answer = await desk.send(who, "GET", path)
        assert (answer.status_code, answer.json()["code"]) == (403, code), path


async def test_of_another_agency_nothing_is_known(desk: Filming) -> None:
    fault = await desk.accepted(desk.feng, f"/v1/media/devices/{desk.ids['device']}/faults", {"fault": "死机"})
    desk.agency = "another"
    stranger = desk.who("feng", "case_officer", "device_custodian", "records_custodian", "agency_head")
    for method, path, body in (
        ("GET", f"/v1/items/{fault['record']}", None),
        ("DELETE", f"/v1/items/{fault['record']}", None),
        ("GET", f"/v1/media/devices/{desk.ids['device']}", None),
        ("POST", f"/v1/media/devices/{desk.ids['device']}/repairs", {"note": "更换主板"}),
    ):
        answer = await desk.send(stranger, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


async def test_of_many_interruptions_at_once_one_counts(desk: Filming) -> None:
    session = await begun(desk)
    path = f"/v1/media/sessions/{session}/interruptions"
    answers = await asyncio.gather(*(desk.send(desk.feng, "POST", path, GAP) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"transition_not_allowed"}
    assert [gap["gap"] for gap in (await shown(desk, session))["gaps"]] == [1]
