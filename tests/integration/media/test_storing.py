"""Recordings become locked evidence, or are rejected and gone."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

import pytest

from casetrail_common.ids import stream_name
from casetrail_common.ledger.reading import facts_of
from casetrail_common.objects import ObjectLockedError
from casetrail_media.evidence.verifying import BELIEVED_MISSING_AFTER
from support.filming import Filming, put_parts

MIB = 1024 * 1024


async def test_a_recording_is_verified_locked_and_served_as_it_was(desk: Filming, video: bytes) -> None:
    session = await desk.filmed()
    upload = await desk.arrive(session, video)
    async with desk.jobs():
        answer = await desk.complete(upload)
    assert (answer.status_code, answer.json()["state"]) == (201, "stored")
    declared, received, stored = (await desk.facts(session))[-3:]
    assert [declared.type, received.type, stored.type] == ["av.upload_declared", "av.received", "av.stored"]
    assert datetime.fromisoformat(stored.fields["received_at"]) == received.occurred_at
    (file,) = stored.fields["files"]
    assert (file["sha256"], file["bytes"]) == (hashlib.sha256(video).hexdigest(), len(video))
    assert 3900 < file["duration_ms"] < 4200
    assert file["notes"] == ["duration_differs"]
    path = f"/v1/media/sessions/{session}/files/1/content"
    whole = await desk.send(desk.feng, "GET", path)
    assert (whole.status_code, whole.content, whole.headers["Content-Type"]) == (200, video, "video/mp4")
    part = await desk.send(desk.feng, "GET", path, Range="bytes=100-199")
    assert (part.status_code, part.content) == (206, video[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(video)}"


async def test_a_session_is_linked_to_its_case_by_the_hash_of_its_first_fact(desk: Filming) -> None:
    session = await desk.filmed()
    started = (await desk.facts(session))[0]
    async with desk.process.store.pool.acquire() as conn:
        (link,) = await facts_of(conn, stream_name("case", desk.agency, desk.ids["case"]))
    named = {"session": session, "stream": started.stream, "position": 1, "hash": started.hash.hex()}
    assert (link.type, dict(link.fields)) == ("session.linked", named)


async def test_an_original_can_be_neither_deleted_nor_released_through_the_store(desk: Filming, video: bytes) -> None:
    (file,) = (await desk.last(await desk.stored(video)))["files"]
    key, version = file["object"], file["version_id"]
    locked_until = (await desk.objects.stat(key, version)).locked_until
    assert locked_until is not None
    assert locked_until > datetime.now(UTC) + timedelta(days=30 * 365)
    with pytest.raises(ObjectLockedError):
        await desk.objects.delete_version(key, version)
    with pytest.raises(ObjectLockedError):
        await desk.objects.lock_version(key, version, retain_until=datetime.now(UTC) + timedelta(days=1))
    assert (await desk.objects.stat(key, version)).locked_until == locked_until


async def test_an_upload_cut_in_the_middle_goes_on_with_what_is_missing(desk: Filming) -> None:
    content = secrets.token_bytes(34 * MIB)
    session = await desk.filmed()
    upload = await desk.declared(session, content)
    (file,) = upload["files"]
    await put_parts({"missing": file["missing"][1:2]}, content)
    early = await desk.complete(upload["upload"])
    assert (early.status_code, early.json()["code"]) == (409, "upload_incomplete")
    shown = (await desk.send(desk.bai, "GET", f"/v1/media/uploads/{upload['upload']}")).json()
    (file,) = shown["files"]
    assert (shown["state"], file["arrived"], file["complete"]) == ("declared", [2], False)
    assert [(part["part"], part["start"], part["bytes"]) for part in file["missing"]] == [
        (1, 0, 16 * MIB),
        (3, 32 * MIB, 2 * MIB),
    ]
    await put_parts(file, content)
    async with desk.jobs():
        assert (await desk.complete(upload["upload"])).status_code == 201
    assert (await desk.last(session))["files"][0]["sha256"] == hashlib.sha256(content).hexdigest()


async def test_of_a_rejected_upload_no_object_remains_and_the_session_can_be_stored_anew(
    desk: Filming, video: bytes
) -> None:
    session = await desk.filmed(segments=2)
    upload = await desk.declared(session, video, b"other")
    await put_parts(upload["files"][0], video)
    await put_parts(upload["files"][1], b"0ther")
    async with desk.jobs():
        answers = [await desk.complete(upload["upload"], key="once") for _ in range(2)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "upload_rejected")] * 2
    assert await desk.objects.list_versions(f"{desk.agency}/") == []
    assert (await desk.types(session))[-2:] == ["av.received", "av.rejected"]
    rejected = await desk.last(session)
    assert (rejected["reason"], rejected["found_sha256"]) == ("hash_mismatch", hashlib.sha256(b"0ther").hexdigest())
    again = await desk.arrive(session, video, b"other")
    async with desk.jobs():
        assert (await desk.complete(again)).status_code == 201
    assert (await desk.types(session))[-1] == "av.stored"


async def test_a_recording_shorter_than_declared_is_rejected(desk: Filming, video: bytes) -> None:
    session = await desk.filmed()
    upload = await desk.declared(session, video)
    await put_parts({"missing": [{**upload["files"][0]["missing"][0], "bytes": len(video) - 1}]}, video)
    async with desk.jobs():
        assert (await desk.complete(upload["upload"])).json()["code"] == "upload_rejected"
    assert (await desk.last(session))["reason"] == "size_mismatch"


async def test_what_vanished_before_it_was_locked_is_rejected_as_missing(desk: Filming, video: bytes) -> None:
    session = await desk.filmed()
    upload = await desk.arrive(session, video)
    desk.wait_at_most(0.0)
    assert (await desk.complete(upload, key="once")).status_code == 202
    (version,) = await desk.objects.list_versions(f"{desk.agency}/")
    await desk.objects.delete_version(version.key, version.version_id)
    await desk.process.store.pool.execute("update job set attempts = $1", BELIEVED_MISSING_AFTER)
    desk.wait_at_most(300.0)
    async with desk.jobs():
        assert (await desk.complete(upload, key="once")).json()["code"] == "upload_rejected"
    assert (await desk.last(session))["reason"] == "missing"


async def test_while_it_is_read_the_answer_is_202_and_a_repeat_tells_the_outcome(desk: Filming, video: bytes) -> None:
    session = await desk.filmed()
    upload = await desk.arrive(session, video)
    desk.wait_at_most(0.0)
    waiting = await desk.complete(upload, key="once")
    assert (waiting.status_code, waiting.json()["state"]) == (202, "received")
    desk.wait_at_most(300.0)
    async with desk.jobs():
        told = await desk.complete(upload, key="once")
    assert (told.status_code, told.json()["state"]) == (201, "stored")
    assert told.json()["stream_position"] == waiting.json()["stream_position"]
    assert (await desk.types(session)).count("av.received") == 1


async def test_the_same_bytes_twice_are_noted(desk: Filming, video: bytes) -> None:
    first = await desk.stored(video)
    second = await desk.stored(video, video)
    notes = [file["notes"] for file in (await desk.last(second))["files"]]
    assert notes == [
        ["duration_differs", f"same_bytes_as:{first}"],
        ["duration_differs", f"same_bytes_as:{second}", f"same_bytes_as:{first}"],
    ]


async def test_what_is_no_recording_is_stored_and_said_to_be_none(desk: Filming) -> None:
    (file,) = (await desk.last(await desk.stored(b"not a film")))["files"]
    assert (file.get("duration_ms"), file["notes"]) == (None, ["not_decodable"])


async def test_the_worker_as_it_runs_in_production_stores_and_is_ready(desk: Filming, video: bytes) -> None:
    async with desk.served.working():
        session = await desk.filmed()
        upload = await desk.arrive(session, video)
        answer = await desk.complete(upload)
        assert (answer.status_code, answer.json()["state"]) == (201, "stored")
        ready = await desk.served.http.get("/readyz")
        assert (ready.status_code, ready.json()["checks"]) == (200, {"database": "ok", "worker": "ok"})
