"""What nobody may do is refused, and recorded once under the clause that forbids it."""

import secrets
from typing import Any

import pytest

from casetrail_common.ids import SERVICES, Service, new_id
from casetrail_embedded.client import As
from casetrail_embedded.demo import cast
from casetrail_embedded.demo.story import inquire
from support.application import Application
from support.ledger_reading import facts
from support.refusals import refused
from support.telling import Told, UnhurriedStory, settled

TRIM = {"change": "trim"}
SHA256 = "0" * 64
VIDEO = {
    "sha256": SHA256,
    "bytes": 1,
    "media_type": "video/mp4",
    "started_at": "2025-08-13T14:59:00+08:00",
    "ended_at": "2025-08-13T16:30:00+08:00",
}
ITEMS: dict[str, tuple[Service, str]] = {
    "a record": ("intake", "source"),
    "a recording": ("media", "inquiry_session"),
    "a decision": ("review", "decision"),
    "a dossier": ("archive", "dossier"),
}


async def incidents(application: Application, agency: str, item: str) -> list[dict[str, Any]]:
    """Return what every service recorded about an item."""
    found = [
        {"service": service, **fact["payload"]}
        for service in SERVICES
        for fact in await facts(application.stack, service, agency, "incident.recorded")
    ]
    return [incident for incident in found if incident["item"] == item]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS.keys())
async def test_an_original_is_neither_changed_nor_deleted_and_the_attempt_stands_in_the_record(
    told: Told, application: Application, item: tuple[Service, str], method: str
) -> None:
    service, name = item
    path = f"/v1/items/{told.ids[name]}"
    before = await incidents(application, told.agency, told.ids[name])
    async with application.client(told.agency) as client:
        body, key = TRIM if method == "PATCH" else None, secrets.token_hex(4)
        answers = [await client.send(cast.FENG.login, method, path, body=body, key=key) for _ in range(3)]
    for answer in answers:
        refused(answer, 403, "worm_protected")
        assert answer.json()["clause"].startswith("henan-2019/")
    (incident,) = (await incidents(application, told.agency, told.ids[name]))[len(before) :]
    assert incident["service"] == service
    assert incident["code"] == "worm_protected"
    assert incident["clause"] == answers[0].json()["clause"]
    assert incident["command"] == {"PATCH": "modify_original", "DELETE": "delete_original"}[method]


async def test_even_whoever_holds_every_role_may_not(told: Told, application: Application) -> None:
    everything = As("root", tuple(role for member in cast.CAST for role in member.roles), "u1")
    async with application.client(told.agency) as client:
        answer = await client.send(everything, "DELETE", f"/v1/items/{told.ids['decision']}")
    refused(answer, 403, "worm_protected")


async def ended_session(story: UnhurriedStory) -> str:
    """Record an inquiry that awaits its storage."""
    case = story.ids["case"]
    wish = {"case": case, "kind": "video", "mode": "full", "device": story.ids["device"]}
    session = (await story.client.post(cast.LV.login, "/v1/media/sessions", wish))["session"]
    await story.client.post(cast.LV.login, f"/v1/media/sessions/{session}/end")
    return str(session)


async def test_who_recorded_may_not_keep_the_recording(case: UnhurriedStory, application: Application) -> None:
    session = await ended_session(case)
    wish = {"repository": case.ids["repository"], "custodian": cast.LV.person, "files": [VIDEO]}
    await refused_storage(case, application, session, wish, code="self_custody")


@pytest.mark.parametrize("known", [True, False])
async def test_a_recording_is_not_stored_where_nothing_is_registered(
    case: UnhurriedStory, application: Application, *, known: bool
) -> None:
    place = {"kind": "dedicated_storage", "name": "办公电脑", "registered": False}
    repository = (await case.client.post(cast.ADMINISTRATOR, "/v1/media/repositories", place))["repository"]
    session = await ended_session(case)
    wish = {
        "repository": repository if known else new_id("media"),
        "custodian": cast.BAI.person,
        "files": [VIDEO],
    }
    await refused_storage(case, application, session, wish, code="unregistered_storage")


async def refused_storage(
    case: UnhurriedStory, application: Application, session: str, wish: dict[str, Any], *, code: str
) -> None:
    path = f"/v1/media/sessions/{session}/uploads"
    for _ in range(3):
        answer = await case.client.send(cast.LV.login, "POST", path, body=wish, key="once")
        refused(answer, 403, code)
        assert answer.json()["clause"].startswith("henan-2019/")
    (incident,) = await incidents(application, case.client.agency, session)
    assert (incident["service"], incident["code"], incident["clause"]) == ("media", code, answer.json()["clause"])
    assert await facts(application.stack, "media", case.client.agency, "av.upload_declared") == []


async def test_the_same_act_under_another_key_is_another_incident(
    case: UnhurriedStory, application: Application
) -> None:
    item = case.ids["source"]
    for key in ("first", "second"):
        refused(await case.client.send(cast.FENG.login, "DELETE", f"/v1/items/{item}", key=key), 403, "worm_protected")
    assert len(await incidents(application, case.client.agency, item)) == 2


async def test_supervision_sees_the_attempts_beside_a_duty_that_is_kept(case: UnhurriedStory) -> None:
    await inquire(case)
    session = case.ids["inquiry_session"]
    for key in ("first", "second"):
        await case.client.send(cast.LV.login, "DELETE", f"/v1/items/{session}", key=key)
    await settled(case)
    query = f"case={case.ids['case']}&rule=henan-2019/24.1a"
    (finding,) = (await case.client.get(cast.MA.login, f"/v1/findings?{query}"))["items"]
    assert (finding["subject"], finding["status"], finding["incidents"]) == (session, "satisfied", 2)
