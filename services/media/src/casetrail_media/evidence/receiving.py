"""The object store's side of an upload: parts, resumption, completion. Every step may be repeated."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from casetrail_common.errors import CasetrailError
from casetrail_common.facts.media import DeclaredFile, ReceivedFile
from casetrail_common.failpoints import failpoint
from casetrail_common.objects import ObjectStore, PartsMissingError, UploadedPart, UploadNotFoundError
from casetrail_common.objects.store import MAX_PARTS, MIN_PART_BYTES
from casetrail_media.domain.session import Upload, object_key

USUAL_PART_BYTES: Final = 16 * 1024 * 1024
"""Parts of this size are sent again if a connection breaks: seconds on a county's line, and few enough to list."""

URL_EXPIRES_S: Final = 6 * 3600
"""Seconds a part may be sent after its URL was handed out; then the upload is asked for fresh ones."""


@dataclass(frozen=True, slots=True)
class Parts:
    """How far one file has arrived."""

    number: int
    part_bytes: int
    """Size of each part but the last."""
    urls: tuple[str, ...]
    """Where to PUT each part, in order; valid for a few hours."""
    arrived: tuple[int, ...]
    """Numbers of the parts that are there, from 1."""
    complete: bool
    """Whether the store has joined the parts already."""


def part_bytes(file_bytes: int) -> int:
    """Return the size of a file's parts: the usual one, or larger where there would be too many."""
    least = -(-file_bytes // MAX_PARTS)
    return max(MIN_PART_BYTES, USUAL_PART_BYTES, least)


def part_count(file_bytes: int) -> int:
    """Return how many parts a file has."""
    return -(-file_bytes // part_bytes(file_bytes))


@dataclass(frozen=True)
class Receiving:
    """Keeps the store's ids of uploads in parts, and goes on where an earlier attempt stopped."""

    pool: asyncpg.Pool
    objects: ObjectStore

    async def parts(self, agency: str, upload_id: str, upload: Upload) -> list[Parts]:
        """Return how far each file has arrived, with URLs for its parts."""
        await self.objects.ensure_bucket()
        return [
            await self._parts_of(agency, upload_id, upload, number) for number in range(1, len(upload.declared) + 1)
        ]

    async def complete(self, agency: str, upload_id: str, upload: Upload) -> list[ReceivedFile]:
        """Have the store join the parts of every file, and return the versions.

        Raises
        ------
        CasetrailError
            `upload_incomplete` if parts are missing or have another size than was declared.
        """
        received = []
        for number, declared in enumerate(upload.declared, start=1):
            key = object_key(agency, upload.session, upload_id, number)
            row = await self._multipart(agency, upload_id, number, key)
            version_id = row["version_id"] or await self._joined(agency, upload_id, number, row, declared)
            received.append(ReceivedFile(object=key, version_id=version_id))
        failpoint("media.after_complete")
        return received

    async def _parts_of(self, agency: str, upload_id: str, upload: Upload, number: int) -> Parts:
        key = object_key(agency, upload.session, upload_id, number)
        size = upload.declared[number - 1].bytes
        row = await self._multipart(agency, upload_id, number, key)
        if row["version_id"] or upload.state != "declared":
            return Parts(number, part_bytes(size), (), (), complete=True)
        try:
            arrived = await self.objects.list_parts(key, row["multipart_id"])
        except UploadNotFoundError:
            return Parts(number, part_bytes(size), (), (), complete=True)
        urls = tuple(
            self.objects.presign_part(key, row["multipart_id"], part=part, expires_s=URL_EXPIRES_S)
            for part in range(1, part_count(size) + 1)
        )
        return Parts(number, part_bytes(size), urls, tuple(part.number for part in arrived), complete=False)

    async def _multipart(self, agency: str, upload_id: str, number: int, key: str) -> asyncpg.Record:
        """Return the store's id of the upload in parts, begun now if it was not."""
        query = "select key, multipart_id, version_id from multipart where agency = $1 and upload = $2 and number = $3"
        row = await self.pool.fetchrow(query, agency, upload_id, number)
        if row is None:
            begun = await self.objects.create_multipart(key)
            await self.pool.execute(
                "insert into multipart (agency, upload, number, key, multipart_id) values ($1, $2, $3, $4, $5) "
                "on conflict do nothing",
                agency, upload_id, number, key, begun,
            )  # fmt: skip
            row = await self.pool.fetchrow(query, agency, upload_id, number)
            if row["multipart_id"] != begun:
                await self.objects.abort_multipart(key, begun)
        return row

    async def _joined(
        self, agency: str, upload_id: str, number: int, row: asyncpg.Record, declared: DeclaredFile
    ) -> str:
        key = row["key"]
        try:
            parts = await self.objects.list_parts(key, row["multipart_id"])
            _require_all(parts, declared, number)
            version_id = await self.objects.complete_multipart(key, row["multipart_id"], parts)
        except UploadNotFoundError:
            version_id = await self._joined_before(key, number)
        except PartsMissingError:
            raise CasetrailError("upload_incomplete", {"file": number, "parts": len(parts)}) from None
        await self.pool.execute(
            "update multipart set version_id = $4 where agency = $1 and upload = $2 and number = $3",
            agency, upload_id, number, version_id,
        )  # fmt: skip
        return version_id

    async def _joined_before(self, key: str, number: int) -> str:
        """Return the version that an attempt left which died before it could say so; the key is this upload's alone."""
        versions = [one for one in await self.objects.list_versions(key) if one.key == key and not one.is_delete_marker]
        if not versions:
            raise CasetrailError("upload_incomplete", {"file": number, "parts": 0})
        return min(versions, key=lambda one: one.modified_at).version_id


def _require_all(parts: Sequence[UploadedPart], declared: DeclaredFile, number: int) -> None:
    """Insist on every part; whether their bytes are those declared is found by reading them."""
    if [part.number for part in parts] != list(range(1, part_count(declared.bytes) + 1)):
        raise CasetrailError("upload_incomplete", {"file": number, "parts": len(parts)})
