"""What an object store promises, kept by the fake and by SeaweedFS alike."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from casetrail_common.objects import (
    ObjectLockedError,
    ObjectNotFoundError,
    ObjectStore,
    PartsMissingError,
    S3ObjectStore,
    StoreUnavailableError,
    UploadedPart,
    UploadNotFoundError,
)
from casetrail_common.objects.store import CHUNK_BYTES, MIN_PART_BYTES
from casetrail_common.settings import Settings
from support.objects import FakeObjectStore
from support.seaweed import seaweed

SOON = datetime.now(UTC) + timedelta(days=2)


@dataclass(frozen=True)
class Contract:
    """A store, and what a client and an attacker do to it from outside."""

    store: ObjectStore
    put_part: Callable[[str, bytes], Awaitable[None]]
    lay_delete_marker: Callable[[str], Awaitable[None]]


@pytest.fixture(scope="session")
def store_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with seaweed(tmp_path_factory.mktemp("seaweed")) as running:
        yield Settings(s3_endpoint=running.endpoint, s3_access_key=running.access_key, s3_secret_key=running.secret_key)


def in_memory() -> Contract:
    store = FakeObjectStore()

    async def put_part(url: str, content: bytes) -> None:
        store.receive_part(url, content)

    async def lay_delete_marker(key: str) -> None:
        store.lay_delete_marker(key)

    return Contract(store, put_part, lay_delete_marker)


async def on_seaweed(settings: Settings) -> Contract:
    store = S3ObjectStore(settings, bucket="contract")
    await store.ensure_bucket()

    async def put_part(url: str, content: bytes) -> None:
        async with httpx.AsyncClient(timeout=60) as client:
            (await client.put(url, content=content)).raise_for_status()

    async def lay_delete_marker(key: str) -> None:
        store._client.remove_object("contract", key)

    return Contract(store, put_part, lay_delete_marker)


@pytest.fixture(params=["memory", "seaweed"])
async def contract(request: pytest.FixtureRequest) -> Contract:
    if request.param == "memory":
        return in_memory()
    return await on_seaweed(request.getfixturevalue("store_settings"))


@pytest.fixture
def key() -> str:
    return f"qinghe/{secrets.token_hex(6)}/original 1.mp4"


async def content_of(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


async def test_what_was_stored_is_read_back_whole_and_in_part(contract: Contract, key: str) -> None:
    content = secrets.token_bytes(CHUNK_BYTES + 10)
    version = await contract.store.put(key, content)
    assert await content_of(contract.store.stream(key, version)) == content
    assert await content_of(contract.store.stream(key, version, start=CHUNK_BYTES)) == content[CHUNK_BYTES:]
    assert await content_of(contract.store.stream(key, version, start=5, length=7)) == content[5:12]
    assert await content_of(contract.store.stream(key, version, length=0)) == b""
    found = await contract.store.stat(key, version)
    assert (found.key, found.version_id, found.size_bytes, found.locked_until) == (key, version, len(content), None)
    assert abs(found.modified_at - datetime.now(UTC)) < timedelta(minutes=5)


async def test_a_file_of_several_parts_is_read_back_whole(contract: Contract, key: str, tmp_path: Path) -> None:
    content = secrets.token_bytes(MIN_PART_BYTES * 2 + 10)
    (tmp_path / "volume.zip").write_bytes(content)
    version = await contract.store.put_file(key, tmp_path / "volume.zip", content_type="application/zip")
    assert await content_of(contract.store.stream(key, version)) == content
    assert [found.version_id for found in await contract.store.list_versions(key)] == [version]


async def test_an_empty_object_is_an_object(contract: Contract, key: str) -> None:
    version = await contract.store.put(key, b"")
    assert await content_of(contract.store.stream(key, version)) == b""
    assert (await contract.store.stat(key, version)).size_bytes == 0


async def test_making_the_bucket_again_changes_nothing(contract: Contract, key: str) -> None:
    version = await contract.store.put(key, b"kept")
    await contract.store.ensure_bucket()
    assert await content_of(contract.store.stream(key, version)) == b"kept"


async def test_what_is_not_there_is_not_found(contract: Contract, key: str) -> None:
    with pytest.raises(ObjectNotFoundError):
        await contract.store.stat(key, "0123456789abcdef")
    await contract.store.put(key, b"one")
    for attempt in (
        contract.store.stat(key, "0123456789abcdef"),
        content_of(contract.store.stream(key, "0123456789abcdef")),
        contract.store.lock_version(key, "0123456789abcdef", retain_until=SOON),
    ):
        with pytest.raises(ObjectNotFoundError):
            await attempt


async def test_a_locked_version_cannot_be_removed(contract: Contract, key: str) -> None:
    version = await contract.store.put(key, b"evidence")
    await contract.store.lock_version(key, version, retain_until=SOON)
    with pytest.raises(ObjectLockedError):
        await contract.store.delete_version(key, version)
    assert await content_of(contract.store.stream(key, version)) == b"evidence"


async def test_a_lock_can_be_prolonged_and_not_shortened(contract: Contract, key: str) -> None:
    version = await contract.store.put(key, b"evidence")
    await contract.store.lock_version(key, version, retain_until=SOON)
    with pytest.raises(ObjectLockedError):
        await contract.store.lock_version(key, version, retain_until=SOON - timedelta(days=1))
    longer = SOON + timedelta(days=1)
    await contract.store.lock_version(key, version, retain_until=longer)
    await contract.store.lock_version(key, version, retain_until=longer)
    until = (await contract.store.stat(key, version)).locked_until
    assert until is not None
    assert longer <= until < longer + timedelta(seconds=1)


async def test_what_is_laid_over_a_locked_version_changes_nothing_that_is_read(contract: Contract, key: str) -> None:
    version = await contract.store.put(key, b"evidence")
    await contract.store.lock_version(key, version, retain_until=SOON)
    forged = await contract.store.put(key, b"forged")
    await contract.lay_delete_marker(key)
    assert await content_of(contract.store.stream(key, version)) == b"evidence"
    assert (await contract.store.stat(key, version)).size_bytes == len(b"evidence")
    found = {each.version_id: each for each in await contract.store.list_versions(key)}
    (marker,) = found.keys() - {version, forged}
    assert found[marker].is_delete_marker
    assert [each.version_id for each in found.values() if each.is_latest] == [marker]
    with pytest.raises(ObjectNotFoundError):
        await contract.store.stat(key, marker)


async def test_an_unlocked_version_is_removed_for_good_and_only_it(contract: Contract, key: str) -> None:
    first = await contract.store.put(key, b"first")
    second = await contract.store.put(key, b"second")
    await contract.store.delete_version(key, first)
    await contract.store.delete_version(key, first)
    assert [each.version_id for each in await contract.store.list_versions(key)] == [second]
    with pytest.raises(ObjectNotFoundError):
        await contract.store.stat(key, first)


async def test_versions_are_listed_by_prefix(contract: Contract, key: str) -> None:
    wanted = {(f"{key}/{n}", await contract.store.put(f"{key}/{n}", b"x" * n)) for n in range(3)}
    await contract.store.put("elsewhere/1", b"")
    found = await contract.store.list_versions(f"{key}/")
    assert {(each.key, each.version_id) for each in found} == wanted
    assert sorted(each.size_bytes for each in found) == [0, 1, 2]
    assert await contract.store.list_versions("nowhere/") == []


async def test_an_interrupted_upload_goes_on_from_what_has_arrived(contract: Contract, key: str) -> None:
    pieces = [secrets.token_bytes(MIN_PART_BYTES), secrets.token_bytes(MIN_PART_BYTES), b"tail"]
    upload = await contract.store.create_multipart(key, content_type="video/mp4")
    await contract.put_part(contract.store.presign_part(key, upload, part=2), pieces[1])
    arrived = {part.number for part in await contract.store.list_parts(key, upload)}
    assert arrived == {2}
    for part in {1, 2, 3} - arrived:
        await contract.put_part(contract.store.presign_part(key, upload, part=part), pieces[part - 1])
    parts = await contract.store.list_parts(key, upload)
    assert [(part.number, part.size_bytes) for part in parts] == [(n + 1, len(p)) for n, p in enumerate(pieces)]
    version = await contract.store.complete_multipart(key, upload, parts)
    assert await content_of(contract.store.stream(key, version)) == b"".join(pieces)


async def test_a_part_sent_again_replaces_the_first(contract: Contract, key: str) -> None:
    upload = await contract.store.create_multipart(key)
    for content in (b"cut o", b"whole"):
        await contract.put_part(contract.store.presign_part(key, upload, part=1), content)
    version = await contract.store.complete_multipart(key, upload, await contract.store.list_parts(key, upload))
    assert await content_of(contract.store.stream(key, version)) == b"whole"


async def test_before_completion_there_is_no_version(contract: Contract, key: str) -> None:
    upload = await contract.store.create_multipart(key)
    await contract.put_part(contract.store.presign_part(key, upload, part=1), b"part")
    assert await contract.store.list_versions(key) == []


async def test_parts_that_never_arrived_cannot_be_joined(contract: Contract, key: str) -> None:
    upload = await contract.store.create_multipart(key)
    await contract.put_part(contract.store.presign_part(key, upload, part=1), b"part")
    (part,) = await contract.store.list_parts(key, upload)
    for wrong in (UploadedPart(2, part.etag, 4), UploadedPart(1, "0" * 32, 4)):
        with pytest.raises(PartsMissingError):
            await contract.store.complete_multipart(key, upload, [wrong])
    await contract.store.complete_multipart(key, upload, [part])


async def test_an_aborted_upload_is_gone(contract: Contract, key: str) -> None:
    upload = await contract.store.create_multipart(key)
    await contract.put_part(contract.store.presign_part(key, upload, part=1), b"part")
    await contract.store.abort_multipart(key, upload)
    await contract.store.abort_multipart(key, upload)
    with pytest.raises(UploadNotFoundError):
        await contract.store.list_parts(key, upload)
    assert await contract.store.list_versions(key) == []


async def test_an_upload_that_was_neither_completed_nor_aborted_is_told_of(contract: Contract, key: str) -> None:
    uploads = [await contract.store.create_multipart(key) for _ in range(3)]
    for upload in uploads:
        await contract.put_part(contract.store.presign_part(key, upload, part=1), b"part")
    await contract.store.abort_multipart(key, uploads[0])
    await contract.store.complete_multipart(key, uploads[1], await contract.store.list_parts(key, uploads[1]))
    (left,) = [each for each in await contract.store.list_uploads() if each.key == key]
    assert left.upload_id == uploads[2]
    assert abs(left.begun_at - datetime.now(UTC)) < timedelta(minutes=5)


async def test_a_completed_upload_has_left_its_version(contract: Contract, key: str) -> None:
    upload = await contract.store.create_multipart(key)
    await contract.put_part(contract.store.presign_part(key, upload, part=1), b"part")
    version = await contract.store.complete_multipart(key, upload, await contract.store.list_parts(key, upload))
    with pytest.raises(UploadNotFoundError):
        await contract.store.list_parts(key, upload)
    assert [each.version_id for each in await contract.store.list_versions(key)] == [version]


async def test_a_presigned_part_is_good_for_that_part_alone(store_settings: Settings, key: str) -> None:
    contract = await on_seaweed(store_settings)
    upload = await contract.store.create_multipart(key)
    url = contract.store.presign_part(key, upload, part=1)
    async with httpx.AsyncClient(timeout=60) as client:
        for wrong in (url.replace("partNumber=1", "partNumber=2"), url.replace("original", "other")):
            assert (await client.put(wrong, content=b"x")).status_code == 403
        assert (await client.get(url)).status_code == 403


async def test_a_store_that_is_down_is_unavailable() -> None:
    store = S3ObjectStore(Settings(s3_endpoint="http://127.0.0.1:9"), bucket="contract")
    with pytest.raises(StoreUnavailableError):
        await store.put("key", b"x")
    with pytest.raises(ConnectionError):
        await content_of(store.stream("key", "v"))
