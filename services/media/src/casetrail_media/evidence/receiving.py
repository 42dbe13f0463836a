"""The object store's side of an upload: parts, resumption, completion. Each step may die on any line."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from casetrail_common.errors import CasetrailError
from casetrail_common.facts.media import DeclaredFile, ReceivedFile
from casetrail_common.failpoints import failpoint
from casetrail_common.objects import ObjectStore, PartsMissingError, UploadedPart, UploadNotFoundError
from casetrail_media.domain.parts import Part, missing_parts, part_bytes, parts_of
from casetrail_media.domain.session import Upload, object_key

URL_EXPIRES_S: Final = 6 * 3600
"""Seconds a part may be sent after its URL was handed out; then the upload is asked for fresh ones."""

MOST_URLS: Final = 500
"""URLs handed out at once, so that an answer stays below a megabyte; with those sent, the upload is asked again."""

_ROW: Final = "select multipart_id, version_id from multipart where agency = $1 and upload = $2 and number = $3"
_BEGIN: Final = """
insert into multipart (agency, upload, number, key, multipart_id) values ($1, $2, $3, $4, $5) on conflict do nothing
"""
_JOINED: Final = """
update multipart set version_id = coalesce(version_id, $4) where agency = $1 and upload = $2 and number = $3
returning version_id
"""
_FORGET: Final = "delete from multipart where agency = $1 and upload = $2 and number = $3 and multipart_id = $4"


@dataclass(frozen=True, slots=True)
class Arrival:
    """How far one file has arrived."""

    number: int
    part_bytes: int
    arrived: tuple[int, ...] = ()
    """Numbers of the parts that are there, from 1."""
    to_send: tuple[tuple[Part, str], ...] = ()
    """Parts that are not, with the URL to PUT each to."""
    complete: bool = False
    """Whether the store has joined the parts already."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a file of an upload goes."""

    agency: str
    upload: str
    number: int
    key: str

    @property
    def row(self) -> tuple[str, str, int]:
        return self.agency, self.upload, self.number


@dataclass
class Receiving:
    """Keeps the store's ids of uploads in parts, and goes on where an earlier attempt stopped."""

    pool: asyncpg.Pool
    objects: ObjectStore
    _has_bucket: bool = field(default=False, init=False)

    async def open_bucket(self) -> None:
        """Make the bucket unless it is there; asks the store once per process."""
        if not self._has_bucket:
            await self.objects.ensure_bucket()
            self._has_bucket = True

    async def arrivals(self, agency: str, upload_id: str, upload: Upload) -> list[Arrival]:
        """Return how far each file has arrived, with URLs for parts that are missing."""
        if upload.state != "declared":
            return [
                Arrival(number, part_bytes(file.bytes), complete=True)
                for number, file in enumerate(upload.declared, start=1)
            ]
        await self.open_bucket()
        found: list[Arrival] = []
        left = MOST_URLS
        for place, file in _places(agency, upload_id, upload):
            arrival = await self._arrival(place, file.bytes, urls=left)
            left -= len(arrival.to_send)
            found.append(arrival)
        return found

    async def complete(self, agency: str, upload_id: str, upload: Upload) -> list[ReceivedFile]:
        """Have the store join the parts of every file, and return the versions.

        Raises
        ------
        CasetrailError
            `upload_incomplete` if parts are missing.
        """
        if upload.state != "declared":
            return list(upload.received)
        await self.open_bucket()
        failpoint("media.before_complete")
        received = [
            ReceivedFile(object=place.key, version_id=await self._joined(place, file))
            for place, file in _places(agency, upload_id, upload)
        ]
        failpoint("media.after_complete")
        return received

    async def _arrival(self, place: _Place, file_bytes: int, *, urls: int) -> Arrival:
        row = await self._begun(place)
        arrived = () if row["version_id"] else await self._arrived(place, row["multipart_id"])
        if row["version_id"] or (arrived is None and await self._version(place.key)):
            return Arrival(place.number, part_bytes(file_bytes), complete=True)
        if arrived is None:
            await self.pool.execute(_FORGET, *place.row, row["multipart_id"])
            row, arrived = await self._begun(place), ()
        numbers = tuple(part.number for part in arrived)
        missing = missing_parts(file_bytes, numbers)[: max(urls, 0)]
        sent_to = await asyncio.to_thread(self._presigned, place.key, row["multipart_id"], missing)
        return Arrival(place.number, part_bytes(file_bytes), numbers, sent_to)

    def _presigned(self, key: str, multipart_id: str, parts: Iterable[Part]) -> tuple[tuple[Part, str], ...]:
        presign = self.objects.presign_part
        return tuple((part, presign(key, multipart_id, part=part.number, expires_s=URL_EXPIRES_S)) for part in parts)

    async def _arrived(self, place: _Place, multipart_id: str) -> Sequence[UploadedPart] | None:
        """Return the parts that are there; None if the store knows nothing of the upload (any more)."""
        try:
            return await self.objects.list_parts(place.key, multipart_id)
        except UploadNotFoundError:
            return None

    async def _begun(self, place: _Place) -> asyncpg.Record:
        """Return the store's id of the upload in parts, begun now if it was not."""
        row = await self.pool.fetchrow(_ROW, *place.row)
        if row is None:
            begun = await self.objects.create_multipart(place.key)
            await self.pool.execute(_BEGIN, *place.row, place.key, begun)
            row = await self.pool.fetchrow(_ROW, *place.row)
            if row is None or row["multipart_id"] != begun:
                await self.objects.abort_multipart(place.key, begun)
            if row is None:
                raise CasetrailError("unavailable")  # swept away between two statements
        return row

    async def _joined(self, place: _Place, declared: DeclaredFile) -> str:
        row = await self._begun(place)
        if row["version_id"]:
            return str(row["version_id"])
        arrived = await self._arrived(place, row["multipart_id"])
        version_id = await self._version(place.key) if arrived is None else None
        if version_id is None:
            if [part.number for part in arrived or ()] != [part.number for part in parts_of(declared.bytes)]:
                raise _incomplete(place, arrived)
            version_id = await self._join(place, row["multipart_id"], arrived or ())
            failpoint("media.after_join")
        return await self.pool.fetchval(_JOINED, *place.row, version_id) or version_id

    async def _join(self, place: _Place, multipart_id: str, parts: Sequence[UploadedPart]) -> str:
        try:
            return await self.objects.complete_multipart(place.key, multipart_id, parts)
        except PartsMissingError:
            raise _incomplete(place, parts) from None
        except UploadNotFoundError:  # a twin of this request was faster
            version_id = await self._version(place.key)
            if version_id is None:
                raise _incomplete(place, ()) from None
            return version_id

    async def _version(self, key: str) -> str | None:
        """Return the version that an attempt left which died before it could say so; the key is this upload's alone."""
        versions = [one for one in await self.objects.list_versions(key) if one.key == key and not one.is_delete_marker]
        return min(versions, key=lambda one: one.modified_at).version_id if versions else None


def _places(agency: str, upload_id: str, upload: Upload) -> Iterable[tuple[_Place, DeclaredFile]]:
    for number, file in enumerate(upload.declared, start=1):
        yield _Place(agency, upload_id, number, object_key(agency, upload.session, upload_id, number)), file


def _incomplete(place: _Place, arrived: Sequence[UploadedPart] | None) -> CasetrailError:
    return CasetrailError("upload_incomplete", {"file": place.number, "parts": len(arrived or ())})
