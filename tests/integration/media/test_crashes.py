"""Killed at any line, media loses no recording, locks none twice and says nothing twice."""

import asyncio
import hashlib
import signal

import pytest

from support.filming import Filming, put_parts

KILLED = -signal.SIGKILL


@pytest.mark.parametrize("failpoint", ["media.after_lock", "media.before_stored", "media.after_stored"])
async def test_a_verification_that_was_killed_goes_on(desk: Filming, video: bytes, failpoint: str) -> None:
    session = await desk.filmed()
    upload = await desk.arrive(session, video)
    desk.wait_at_most(0.0)
    assert (await desk.complete(upload, key="once")).status_code == 202
    assert await desk.until_killed_at(failpoint, "jobs") == KILLED
    desk.wait_at_most(300.0)
    async with desk.jobs():
        answer = await desk.complete(upload, key="once")
    assert (answer.status_code, answer.json()["state"]) == (201, "stored")
    assert (await desk.types(session))[-3:] == ["av.upload_declared", "av.received", "av.stored"]
    stored = await desk.last(session)
    (file,) = stored["files"]
    (version,) = await desk.objects.list_versions(f"{desk.agency}/")
    assert version.version_id == file["version_id"]
    locked_until = (await desk.objects.stat(file["object"], file["version_id"])).locked_until
    assert locked_until is not None
    assert locked_until.strftime("%Y-%m-%dT%H:%M:%S.%fZ") == stored["retained_until"]


async def test_a_rejection_that_was_killed_after_the_removal_still_knows_what_it_found(
    desk: Filming, video: bytes
) -> None:
    session = await desk.filmed()
    upload = await desk.declared(session, video)
    await put_parts(upload["files"][0], video[:-1] + b"!")
    desk.wait_at_most(0.0)
    assert (await desk.complete(upload["upload"], key="once")).status_code == 202
    assert await desk.until_killed_at("media.after_removal", "jobs") == KILLED
    assert await desk.objects.list_versions(f"{desk.agency}/") == []
    assert (await desk.types(session))[-1] == "av.received"
    desk.wait_at_most(300.0)
    async with desk.jobs():
        assert (await desk.complete(upload["upload"], key="once")).json()["code"] == "upload_rejected"
    assert (await desk.types(session)).count("av.rejected") == 1
    rejected = await desk.last(session)
    found = hashlib.sha256(video[:-1] + b"!").hexdigest()
    assert (rejected["reason"], rejected["found_sha256"]) == ("hash_mismatch", found)


async def test_a_completion_that_was_killed_before_it_was_recorded_is_repeated(desk: Filming, video: bytes) -> None:
    session = await desk.filmed()
    upload = await desk.arrive(session, video)
    killed = await desk.until_killed_at("media.after_complete", "complete", desk.agency, upload)
    assert killed == KILLED
    assert (await desk.types(session))[-1] == "av.upload_declared"
    shown = (await desk.send(desk.feng, "GET", f"/v1/media/uploads/{upload}")).json()
    assert [(file["complete"], file["missing"]) for file in shown["files"]] == [(True, [])]
    async with desk.jobs():
        assert (await desk.complete(upload)).status_code == 201
    assert len(await desk.objects.list_versions(f"{desk.agency}/")) == 1


async def test_a_completion_whose_outcome_was_never_noted_finds_its_version(desk: Filming, video: bytes) -> None:
    session = await desk.filmed()
    upload = await desk.arrive(session, video)
    await desk.until_killed_at("media.after_complete", "complete", desk.agency, upload)
    await desk.process.store.pool.execute("update multipart set version_id = null")
    async with desk.jobs():
        assert (await desk.complete(upload)).status_code == 201
    assert len(await desk.objects.list_versions(f"{desk.agency}/")) == 1


async def test_of_many_completions_at_once_one_is_recorded(desk: Filming, video: bytes) -> None:
    session = await desk.filmed()
    upload = await desk.arrive(session, video)
    async with desk.jobs():
        answers = await asyncio.gather(*(desk.complete(upload) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"transition_not_allowed"}
    assert (await desk.types(session)).count("av.stored") == 1
    assert len(await desk.objects.list_versions(f"{desk.agency}/")) == 1


async def test_the_same_completion_sent_many_times_at_once_is_one(desk: Filming, video: bytes) -> None:
    session = await desk.filmed()
    upload = await desk.arrive(session, video)
    async with desk.jobs():
        answers = await asyncio.gather(*(desk.complete(upload, key="once") for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert (await desk.types(session)).count("av.received") == 1


async def test_an_upload_that_the_store_has_forgotten_begins_anew(desk: Filming, video: bytes) -> None:
    session = await desk.filmed()
    upload = await desk.declared(session, video)
    for left in await desk.objects.list_uploads():
        if left.key.startswith(f"{desk.agency}/"):
            await desk.objects.abort_multipart(left.key, left.upload_id)
    early = await desk.complete(upload["upload"])
    assert (early.status_code, early.json()["code"]) == (409, "upload_incomplete")
    shown = (await desk.send(desk.feng, "GET", f"/v1/media/uploads/{upload['upload']}")).json()
    await put_parts(shown["files"][0], video)
    async with desk.jobs():
        assert (await desk.complete(upload["upload"])).status_code == 201


async def test_fifty_annotations_at_once_make_one_chain(desk: Filming) -> None:
    session = await desk.filmed()
    wish = {"tags": ["scene"]}
    path = f"/v1/media/sessions/{session}/annotations"
    answers = await asyncio.gather(*(desk.send(desk.feng, "POST", path, wish) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    facts = await desk.facts(session)
    assert [fact.stream_seq for fact in facts] == list(range(1, 53))
    assert [fact.prev_hash for fact in facts[1:]] == [fact.hash for fact in facts[:-1]]
    racing = await asyncio.gather(
        *(desk.send(desk.feng, "POST", path, wish, **{"If-Match": '"52"'}) for _ in range(10))
    )
    assert sorted(answer.status_code for answer in racing) == [201] + [409] * 9
