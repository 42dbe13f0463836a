"""Recordings over HTTP: sent in parts, compared with what was declared, locked, and served as they were."""

import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from minio import Minio
from minio.commonconfig import COMPLIANCE
from minio.error import S3Error
from minio.retention import Retention

from casetrail_common.runtime import open_process
from casetrail_embedded.demo import cast
from casetrail_media.parts import BUCKET
from casetrail_media.process import BLUEPRINT as MEDIA
from support.application import Application
from support.ledger_reading import facts
from support.refusals import refused
from support.telling import UnhurriedStory, Videos, settled
from support.traces import store_of
from support.waiting import until

FILMED = {"started_at": "2025-08-13T14:59:00+08:00", "ended_at": "2025-08-13T15:00:00+08:00"}
LV = cast.LV.login
MEGABYTE = 1024 * 1024


@dataclass
class Filming:
    """A session of the case that awaits its files."""

    story: UnhurriedStory
    session: str

    async def declare(self, *contents: bytes, sha256: str | None = None) -> dict[str, Any]:
        """Say what is going to be sent, truthfully or not."""
        files = [
            {
                "sha256": sha256 or hashlib.sha256(content).hexdigest(),
                "bytes": len(content),
                "media_type": "video/mp4",
                **FILMED,
            }
            for content in contents
        ]
        wish = {"repository": self.story.ids["repository"], "custodian": cast.BAI.person, "files": files}
        return await self.story.client.post(LV, f"/v1/media/sessions/{self.session}/uploads", wish)

    async def send(self, arrivals: list[dict[str, Any]], *contents: bytes, at_most: int | None = None) -> None:
        """Send the parts that are missing, or only the first of them."""
        async with httpx.AsyncClient(timeout=300) as store:
            for file, content in zip(arrivals, contents, strict=True):
                for part in file["missing"][:at_most]:
                    piece = content[part["start"] : part["start"] + part["bytes"]]
                    (await store.put(part["url"], content=piece)).raise_for_status()

    async def complete(self, upload: str) -> httpx.Response:
        """Say that everything was sent, and wait for what is made of it."""
        path = f"/v1/media/uploads/{upload}/completion"
        answer = await self.story.client.send(LV, "POST", path, key=f"complete-{upload}")
        while answer.status_code == 202:
            answer = await self.story.client.send(LV, "POST", path, key=f"complete-{upload}")
        return answer

    async def store(self, content: bytes) -> None:
        """Declare, send and complete."""
        upload = await self.declare(content)
        await self.send(upload["files"], content)
        answer = await self.complete(upload["upload"])
        assert answer.status_code == 201, answer.text

    @property
    def path(self) -> str:
        """Where the session is shown."""
        return f"/v1/media/sessions/{self.session}"

    async def shown(self) -> dict[str, Any]:
        """Return the session."""
        found: dict[str, Any] = await self.story.client.get(LV, self.path)
        return found

    async def content(self, **headers: str) -> httpx.Response:
        """Read the first file."""
        return await self.story.client.send(LV, "GET", f"{self.path}/files/1/content", headers=headers)


@pytest.fixture
async def filming(case: UnhurriedStory) -> Filming:
    """A recording that has ended."""
    wish = {"case": case.ids["case"], "kind": "video", "mode": "full", "device": case.ids["device"]}
    session = (await case.client.post(LV, "/v1/media/sessions", wish))["session"]
    await case.client.post(LV, f"/v1/media/sessions/{session}/end")
    return Filming(case, session)


async def test_an_upload_cut_in_the_middle_goes_on_with_what_is_missing(
    filming: Filming, application: Application
) -> None:
    content = os.urandom(40 * MEGABYTE)
    upload = await filming.declare(content)
    assert len(upload["files"][0]["missing"]) >= 3
    await filming.send(upload["files"], content, at_most=1)
    refused(await filming.complete(upload["upload"]), 409, "upload_incomplete")

    shown = await filming.story.client.get(LV, f"/v1/media/uploads/{upload['upload']}")
    (file,) = shown["files"]
    assert file["arrived"] == [1]
    assert [part["part"] for part in file["missing"]] == [
        part["part"] for part in upload["files"][0]["missing"] if part["part"] != 1
    ]
    await filming.send(shown["files"], content)
    path = f"/v1/media/uploads/{upload['upload']}/completion"
    answer = await filming.story.client.send(LV, "POST", path)
    assert answer.status_code in {201, 202}, answer.text

    async def stored() -> bool:
        return bool((await filming.shown())["state"] == "stored")

    await until(stored)
    assert hashlib.sha256((await filming.content()).content).digest() == hashlib.sha256(content).digest()


def versions(store: Minio, prefix: str) -> list[tuple[str, str, bool]]:
    """Return object, version and whether it is a delete marker, of everything that lies under a prefix."""
    listed = store.list_objects(BUCKET, prefix=prefix, recursive=True, include_version=True)
    return [(each.object_name or "", each.version_id or "", bool(each.is_delete_marker)) for each in listed]


async def test_bytes_other_than_declared_are_rejected_and_nothing_of_them_remains(
    filming: Filming, application: Application
) -> None:
    story, store = filming.story, store_of(application.stack)
    declared, sent = os.urandom(MEGABYTE), os.urandom(MEGABYTE)
    upload = await filming.declare(sent, sha256=hashlib.sha256(declared).hexdigest())
    await filming.send(upload["files"], sent)
    refused(await filming.complete(upload["upload"]), 409, "upload_rejected")

    (rejected,) = await facts(application.stack, "media", story.client.agency, "av.rejected")
    assert rejected["payload"]["declared_sha256"] == hashlib.sha256(declared).hexdigest()
    assert rejected["payload"]["found_sha256"] == hashlib.sha256(sent).hexdigest()

    async def nothing_remains() -> bool:
        return not versions(store, f"{story.client.agency}/")

    await until(nothing_remains)
    await settled(story)
    case = story.ids["case"]
    page = await story.client.get(cast.MA.login, f"/v1/findings?case={case}&rule=henan-2019/22.1a&limit=200")
    assert {one["status"] for one in page["items"] if one["subject"] == filming.session} <= {"pending", "overdue"}
    timeline = await story.client.get(cast.MA.login, f"/v1/archive/cases/{case}/timeline?limit=200")
    assert "av.rejected" in {step["type"] for step in timeline["items"]}


async def test_after_a_rejection_the_true_recording_can_still_be_stored(filming: Filming) -> None:
    sent = os.urandom(1000)
    upload = await filming.declare(sent, sha256="0" * 64)
    await filming.send(upload["files"], sent)
    refused(await filming.complete(upload["upload"]), 409, "upload_rejected")
    await filming.store(os.urandom(2000))
    assert (await filming.shown())["state"] == "stored"


async def recorded_version(application: Application, filming: Filming) -> dict[str, Any]:
    """Return what the ledger says of the stored file."""
    (stored,) = await facts(application.stack, "media", filming.story.client.agency, "av.stored")
    found: dict[str, Any] = stored["payload"]["files"][0]
    return {**found, "retained_until": stored["payload"]["retained_until"]}


async def test_the_store_lets_nobody_delete_an_original_or_shorten_its_lock(
    filming: Filming, application: Application, videos: Videos
) -> None:
    await filming.store(videos[0].read_bytes())
    store, recorded = store_of(application.stack), await recorded_version(application, filming)
    key, version = recorded["object"], recorded["version_id"]
    held = store.get_object_retention(BUCKET, key, version)
    assert held is not None
    assert held.mode == COMPLIANCE
    assert held.retain_until_date.isoformat()[:19] == recorded["retained_until"][:19]
    sooner = Retention(COMPLIANCE, held.retain_until_date.replace(year=held.retain_until_date.year - 1))
    with pytest.raises(S3Error, match="AccessDenied"):
        store.set_object_retention(BUCKET, key, sooner, version)
    with pytest.raises(S3Error, match="AccessDenied"):
        store.remove_object(BUCKET, key, version)
    assert (await filming.content()).content == videos[0].read_bytes()


async def test_what_is_laid_over_an_original_changes_nothing_served_and_is_recorded_once(
    filming: Filming, application: Application, videos: Videos
) -> None:
    content = videos[0].read_bytes()
    await filming.store(content)
    store, key = store_of(application.stack), (await recorded_version(application, filming))["object"]
    store.remove_object(BUCKET, key)
    assert (await filming.content()).content == content
    store.put_object(BUCKET, key, io.BytesIO(b"forged"), 6)
    assert (await filming.content()).content == content

    agency = filming.story.client.agency
    async with open_process(MEDIA, application.settings) as process:
        for _ in range(2):
            await process.own.sweeper.sweep()
            told = await facts(application.stack, "media", agency, "incident.recorded")
            assert [fact["payload"]["item"] for fact in told] == [filming.session] * 2
            assert {fact["payload"]["code"] for fact in told} == {"original_overlaid"}
            assert {fact["payload"]["clause"] for fact in told} == {"henan-2019/24.1a"}


async def test_an_original_is_served_in_ranges(filming: Filming) -> None:
    content = os.urandom(1000)
    await filming.store(content)
    whole = await filming.content()
    assert (whole.status_code, whole.headers["Accept-Ranges"], whole.content) == (200, "bytes", content)
    assert whole.headers["ETag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    for asked, expected in {"0-99": content[:100], "900-": content[900:], "-100": content[-100:]}.items():
        part = await filming.content(Range=f"bytes={asked}")
        assert (part.status_code, part.content) == (206, expected)
        assert part.headers["Content-Range"].endswith("/1000")
    refused(await filming.content(Range="bytes=1000-"), 416, "range_not_satisfiable")


def with_index_first(video: Path, folder: Path) -> bytes:
    """Return the same recording with its index at the front, as a camera writes that expects to be cut off."""
    path = folder / "index-first.mp4"
    with (
        av.open(str(video)) as source,
        av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as copy,
    ):
        streams = {stream.index: copy.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                copy.mux(packet)
    return path.read_bytes()


async def test_a_truncated_recording_is_stored_with_a_note(filming: Filming, videos: Videos, tmp_path: Path) -> None:
    content = with_index_first(videos[0], tmp_path)
    await filming.store(content[: len(content) * 6 // 10])
    (file,) = (await filming.shown())["files"]
    assert "shorter_than_header" in file["notes"]
