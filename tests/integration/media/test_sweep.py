"""What is laid over an original is found once, and what nobody finished is cleared away."""

import asyncio
from datetime import UTC, datetime, timedelta

from casetrail_common.objects import S3ObjectStore, StoreUnavailableError, UnfinishedUpload
from casetrail_media.evidence.sweeping import Sweeper
from casetrail_media.parts import BUCKET
from support.filming import Filming
from support.objects import FakeObjectStore


def lay_delete_marker(desk: Filming, key: str) -> None:
    """Do what a removal without a version id does, past the interface."""
    assert isinstance(desk.objects, S3ObjectStore)
    desk.objects._client.remove_object(BUCKET, key)


async def test_what_is_laid_over_an_original_changes_nothing_and_is_told_once(desk: Filming, video: bytes) -> None:
    session = await desk.stored(video)
    (file,) = (await desk.last(session))["files"]
    assert await desk.sweeper.sweep() == 0
    await desk.objects.put(file["object"], b"forged")
    assert await desk.sweeper.sweep() == 1
    lay_delete_marker(desk, file["object"])
    assert [await desk.sweeper.sweep() for _ in range(3)] == [1, 0, 0]
    incidents = [fact for fact in await desk.facts(session) if fact.type == "incident.recorded"]
    assert [dict(fact.fields) for fact in incidents] == 2 * [
        {"item": session, "code": "original_overlaid", "clause": "henan-2019/24.1a", "command": "sweep"}
    ]
    read = await desk.send(desk.feng, "GET", f"/v1/media/sessions/{session}/files/1/content")
    assert (read.status_code, read.content) == (200, video)


async def test_two_sweeps_at_once_tell_an_attempt_once(desk: Filming, video: bytes) -> None:
    session = await desk.stored(video)
    (file,) = (await desk.last(session))["files"]
    await desk.objects.put(file["object"], b"forged")
    told = await asyncio.gather(*(desk.sweeper.sweep() for _ in range(5)))
    assert sorted(told) == [0, 0, 0, 0, 1]
    assert (await desk.types(session)).count("incident.recorded") == 1


async def test_a_sweep_that_the_store_interrupts_is_made_again(desk: Filming) -> None:
    stop = asyncio.Event()
    looked: list[str] = []

    class Failing(FakeObjectStore):
        async def ensure_bucket(self) -> None:
            looked.append("bucket")
            if len(looked) == 1:
                raise StoreUnavailableError("away")

        async def list_uploads(self) -> list[UnfinishedUpload]:
            stop.set()
            return []

    await Sweeper(desk.process.store, Failing(), every_s=0.01).run(stop)
    assert looked == ["bucket", "bucket"]


async def test_an_upload_that_nobody_finished_is_cleared_away(desk: Filming, video: bytes) -> None:
    kept = await desk.stored(video)
    abandoned = await desk.arrive(await desk.filmed(), video)
    joined = await desk.arrive(await desk.filmed(), video)
    assert await desk.until_killed_at("media.after_complete", "complete", desk.agency, joined) != 0
    unknown = await desk.objects.create_multipart(f"{desk.agency}/unknown")
    young = datetime.now(UTC) - timedelta(days=7)
    assert await desk.sweeper.clear_abandoned(before=young) == 0
    assert await desk.sweeper.clear_abandoned(before=datetime.now(UTC) + timedelta(minutes=5)) == 2
    left = [each.upload_id for each in await desk.objects.list_uploads() if each.key.startswith(desk.agency)]
    assert unknown not in left
    assert left == []
    (version,) = await desk.objects.list_versions(f"{desk.agency}/")
    assert version.version_id == (await desk.last(kept))["files"][0]["version_id"]
    shown = (await desk.send(desk.feng, "GET", f"/v1/media/uploads/{abandoned}")).json()
    assert [len(file["missing"]) for file in shown["files"]] == [1]


async def test_a_complete_upload_that_waits_to_be_verified_is_not_cleared_away(desk: Filming, video: bytes) -> None:
    session = await desk.filmed()
    upload = await desk.arrive(session, video)
    desk.wait_at_most(0.0)
    assert (await desk.complete(upload, key="once")).status_code == 202
    await desk.sweeper.clear_abandoned(before=datetime.now(UTC) + timedelta(minutes=5))
    desk.wait_at_most(300.0)
    async with desk.jobs():
        assert (await desk.complete(upload, key="once")).status_code == 201
