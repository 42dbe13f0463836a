"""The job that turns what arrived into evidence, or says why it is none.

Whatever line it dies on, it is run again from the start: reading changes nothing, locking twice locks once, and the
fact that ends it is appended in the transaction that ends the job.
"""

import asyncio
import hashlib
import json
import logging
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from casetrail_common.facts import Payload
from casetrail_common.facts.media import AvRejectedV1, AvStoredV1, DeclaredFile, ReceivedFile, StoredFile
from casetrail_common.failpoints import failpoint
from casetrail_common.ids import stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Actor
from casetrail_common.ledger.jobs import DueJob
from casetrail_common.ledger.store import Store
from casetrail_common.objects import ObjectStore
from casetrail_media.domain.session import Upload
from casetrail_media.evidence.probing import Probe
from casetrail_media.projections import DISCARD, RETENTION, UPLOAD, VERIFY

log = logging.getLogger(__name__)

DEFAULT_YEARS: Final = 30
"""Years an original is locked while the agency has no retention table: those of `long_term`.

Source: product choice; no regulation gives a number.
"""
DAYS_PER_YEAR: Final = 366
"""A lock must not end before the period does, so every year counts as a leap year."""
TOLERANCE_MS: Final = 2000
"""Milliseconds by which a recording may differ from its declared times before it is noted."""
PROBE_TIMEOUT_S: Final = 600

_TWINS: Final = """
select id from snapshot
where agency = $1 and kind = 'session' and id <> $2 and state -> 'files' @> $3::jsonb order by id limit 3
"""

SYSTEM: Final = Actor("system:media")


@dataclass(frozen=True, slots=True)
class _Read:
    """What reading a version to its end has shown."""

    sha256: str
    size_bytes: int
    probe: Probe


@dataclass(frozen=True)
class Verifier:
    """Reads, compares, locks."""

    store: Store
    objects: ObjectStore
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def verify(self, job: DueJob) -> None:
        """Verify one complete upload."""
        async with self.store.reading(job.agency) as view:
            upload = await view.get(UPLOAD, job.key)
            retention = await view.get(RETENTION, job.agency)
        if upload is None or upload.state != "received":
            async with self.store.locked(job.agency) as tx:
                tx.finish_job(VERIFY, job.key)
            return
        files: list[StoredFile] = []
        for declared, received in zip(upload.declared, upload.received, strict=True):
            read = await self._read(received)
            if refusal := _refusal(job.key, upload, declared, read):
                await self._end(job, upload, refusal)
                return
            twins = await self._twins(job.agency, upload.session, read.sha256)
            files.append(_stored(declared, received, read, twins))
        years = max(retention.dossier_years, default=DEFAULT_YEARS) if retention else DEFAULT_YEARS
        retained_until = (self.now() + timedelta(days=DAYS_PER_YEAR * years)).replace(microsecond=0)
        for file in files:
            await self.objects.lock_version(file.object, file.version_id, retain_until=retained_until)
        failpoint("media.after_lock")
        stored = AvStoredV1(
            session=upload.session,
            upload=job.key,
            repository=upload.repository,
            custodian=upload.custodian,
            files=files,
            received_at=datetime.fromisoformat(upload.received_at or ""),
            retained_until=retained_until,
        )
        failpoint("media.before_stored")
        await self._end(job, upload, stored)

    async def discard(self, job: DueJob) -> None:
        """Remove every version of a rejected upload; none of them was ever locked."""
        async with self.store.reading(job.agency) as view:
            upload = await view.get(UPLOAD, job.key)
        for received in upload.received if upload else ():
            for version in await self.objects.list_versions(received.object):
                if version.key == received.object:
                    await self.objects.delete_version(version.key, version.version_id)
        async with self.store.locked(job.agency) as tx:
            tx.finish_job(DISCARD, job.key)

    async def _twins(self, agency: str, session: str, sha256: str) -> list[str]:
        """Return other sessions whose originals have the same bytes."""
        rows = await self.store.pool.fetch(_TWINS, agency, session, json.dumps([{"sha256": sha256}]))
        return [row["id"] for row in rows]

    async def _end(self, job: DueJob, upload: Upload, payload: Payload) -> None:
        async with self.store.locked(job.agency) as tx:
            stream = stream_name("session", job.agency, upload.session)
            now = await tx.view().get(UPLOAD, job.key)
            if now is not None and now.state == "received":
                await tx.append([NewFact(stream, payload)], actor=SYSTEM)
            tx.finish_job(VERIFY, job.key)

    async def _read(self, received: ReceivedFile) -> _Read:
        """Read a version once: hashed while it is copied to where the probe can seek in it."""
        digest, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(prefix="casetrail-probe-") as copy:
            async for chunk in self.objects.stream(received.object, received.version_id):
                await asyncio.to_thread(digest.update, chunk)
                await asyncio.to_thread(copy.write, chunk)
                size += len(chunk)
            copy.flush()
            return _Read(digest.hexdigest(), size, await _probed(Path(copy.name)))


async def _probed(path: Path) -> Probe:
    """Probe a file in a child process, so that nothing in it can stop or crash this one."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "casetrail_media.evidence.probing", str(path),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            output, _ = await child.communicate()
        found = json.loads(output)
        return Probe(found["duration_ms"], tuple(found["notes"]))
    except (TimeoutError, ValueError, KeyError):
        log.warning("a recording could not be probed")
        return Probe(None, ("not_decodable",))
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


def _refusal(upload_id: str, upload: Upload, declared: DeclaredFile, read: _Read) -> AvRejectedV1 | None:
    if read.sha256 == declared.sha256 and read.size_bytes == declared.bytes:
        return None
    return AvRejectedV1(
        session=upload.session,
        upload=upload_id,
        reason="size_mismatch" if read.size_bytes != declared.bytes else "hash_mismatch",
        declared_sha256=declared.sha256,
        found_sha256=read.sha256,
    )


def _stored(declared: DeclaredFile, received: ReceivedFile, read: _Read, twins: list[str]) -> StoredFile:
    notes = [*read.probe.notes, *(f"same_bytes_as:{twin}" for twin in twins)]
    declared_ms = round((declared.ended_at - declared.started_at).total_seconds() * 1000)
    duration_ms = read.probe.duration_ms
    if duration_ms is not None and not declared.media_type.startswith("image/"):
        notes += ["duration_differs"] if abs(duration_ms - declared_ms) > TOLERANCE_MS else []
    return StoredFile(
        object=received.object,
        version_id=received.version_id,
        sha256=read.sha256,
        bytes=read.size_bytes,
        media_type=declared.media_type,
        started_at=declared.started_at,
        ended_at=declared.ended_at,
        duration_ms=duration_ms,
        notes=notes,
    )
