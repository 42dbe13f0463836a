"""The sweep: finds what was laid over locked originals behind our back, and clears away uploads nobody finished."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg

from casetrail_common.facts.common import IncidentRecordedV1
from casetrail_common.facts.media import StoredFile
from casetrail_common.ids import stream_name
from casetrail_common.incidents import offended_clauses
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Actor
from casetrail_common.ledger.store import Store
from casetrail_common.objects import ObjectLockedError, ObjectStore, ObjectStoreError
from casetrail_common.outages import DATABASE_ERRORS
from casetrail_media.projections import DERIVATIVE, SESSION, UPLOAD

log = logging.getLogger(__name__)

ABANDONED_AFTER: Final = timedelta(days=7)
"""How long an upload may take; then what has arrived of it is removed, and it would begin anew."""

SYSTEM: Final = Actor("system:media")

_STORED: Final = """
select agency, id, kind, state::text from snapshot
where (agency, id) > ($1, $2)
  and (kind = 'session' and state ->> 'state' = 'stored' or kind = 'derivative' and state ->> 'file' is not null)
order by agency, id limit 200
"""
_TELL: Final = """
insert into overlay (agency, key, version_id) values ($1, $2, $3) on conflict do nothing returning 1
"""
_ABANDONED: Final = """
select agency, upload, number, key, multipart_id from multipart where begun_at < $1 order by begun_at limit 200
"""
_FORGET: Final = "delete from multipart where agency = $1 and upload = $2 and number = $3 and multipart_id = $4"
_KNOWN: Final = "select true from multipart where key = $1 and multipart_id = $2"


@dataclass(frozen=True, slots=True)
class _Owner:
    """What files belong to: a session, or a derivative of one."""

    agency: str
    item: str
    kind: str
    stream: str


def _stored(row: asyncpg.Record) -> tuple[_Owner, Sequence[StoredFile]]:
    """Return what a snapshot is of, and its locked files."""
    agency, item, kind = row["agency"], row["id"], row["kind"]
    if kind == "session":
        return _Owner(agency, item, kind, stream_name(kind, agency, item)), SESSION.load(row["state"]).files
    derivative = DERIVATIVE.load(row["state"])
    stream = stream_name("session", agency, derivative.of)
    return _Owner(agency, item, kind, stream), (derivative.file,) if derivative.file else ()


@dataclass(frozen=True)
class Sweeper:
    """Compares what lies in the bucket with what was recorded."""

    store: Store
    objects: ObjectStore
    every_s: float

    async def run(self, stop: asyncio.Event) -> None:
        """Make the bucket, then sweep now and then until told to stop; what fails is tried again next time."""
        while not stop.is_set():
            try:
                await self.objects.ensure_bucket()
                await self.sweep()
                await self.clear_abandoned(before=datetime.now(UTC) - ABANDONED_AFTER)
                pause_s = self.every_s
            except (ObjectStoreError, *DATABASE_ERRORS) as error:
                log.warning("the sweep was not finished", extra={"error": type(error).__name__})
                pause_s = min(self.every_s, 60.0)
            try:
                async with asyncio.timeout(pause_s):
                    await stop.wait()
            except TimeoutError:
                continue

    async def sweep(self) -> int:
        """Look at every stored original once; return how many attempts were found that had not been told."""
        found, after = 0, ("", "")
        while rows := await self.store.pool.fetch(_STORED, *after):
            for row in rows:
                after = (row["agency"], row["id"])
                owner, files = _stored(row)
                for file in files:
                    found += await self._look(owner, file)
        return found

    async def clear_abandoned(self, *, before: datetime) -> int:
        """Remove what arrived of uploads begun before an instant and never completed; return of how many files.

        What an upload that was completed left in the store is never touched, and neither is anything unknown: after a
        database was restored, that may be evidence.
        """
        cleared = 0
        while rows := await self.store.pool.fetch(_ABANDONED, before):
            for row in rows:
                cleared += await self._clear(row)
        for upload in await self.objects.list_uploads():
            if upload.begun_at < before and not await self.store.pool.fetchval(_KNOWN, upload.key, upload.upload_id):
                await self.objects.abort_multipart(upload.key, upload.upload_id)
        return cleared

    async def _clear(self, row: asyncpg.Record) -> bool:
        await self.objects.abort_multipart(row["key"], row["multipart_id"])
        async with self.store.reading(row["agency"]) as view:
            upload = await view.get(UPLOAD, row["upload"])
        abandoned = upload is not None and upload.state == "declared"
        if abandoned:
            for version in await self.objects.list_versions(row["key"]):
                if version.key == row["key"]:
                    await self._remove(version.key, version.version_id)
        await self.store.pool.execute(_FORGET, row["agency"], row["upload"], row["number"], row["multipart_id"])
        return abandoned

    async def _remove(self, key: str, version_id: str) -> None:
        try:
            await self.objects.delete_version(key, version_id)
        except ObjectLockedError:  # not by us, since nothing says it was ever verified
            log.warning("a version of an abandoned upload is locked", extra={"key": key})

    async def _look(self, owner: _Owner, file: StoredFile) -> int:
        versions = {
            each.version_id for each in await self.objects.list_versions(file.object) if each.key == file.object
        }
        if file.version_id not in versions:
            log.error("an original is gone from the store", extra={"key": file.object, "version": file.version_id})
        told = 0
        for strange in sorted(versions - {file.version_id}):
            told += await self._tell(owner, file.object, strange)
        return told

    async def _tell(self, owner: _Owner, key: str, version_id: str) -> int:
        """Record an attempt, unless it was: the note that it was told is in the same commit."""
        if await self.store.pool.fetchval(
            "select true from overlay where agency = $1 and key = $2 and version_id = $3", owner.agency, key, version_id
        ):
            return 0
        async with self.store.locked(owner.agency) as tx:
            if not await tx.conn.fetchval(_TELL, owner.agency, key, version_id):
                return 0
            clauses = await offended_clauses(tx.view(), "worm_protected", kind=owner.kind)
            cited: list[str | None] = [*clauses] or [None]
            incidents = [
                IncidentRecordedV1(item=owner.item, code="original_overlaid", clause=clause, command="sweep")
                for clause in cited
            ]
            await tx.append([NewFact(owner.stream, incident) for incident in incidents], actor=SYSTEM)
        return 1
