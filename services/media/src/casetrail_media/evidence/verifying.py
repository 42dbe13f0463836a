"""The job that turns what arrived into evidence, or says why it is none.

Whatever line it dies on, it is run again from the start: reading changes nothing, locking twice locks once, removing
twice removes once, and the fact that ends it is appended in the transaction that ends the job. Bytes are locked before
`av.stored` says so, and gone before `av.rejected` says so.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from casetrail_common.agencies import RETENTION, RetentionTable
from casetrail_common.canonical import sha256
from casetrail_common.facts import Payload
from casetrail_common.facts.media import AvRejectedV1, AvStoredV1, DeclaredFile, ReceivedFile, StoredFile
from casetrail_common.facts.recording import AvDerivativeRejectedV1, AvDerivativeStoredV1
from casetrail_common.failpoints import failpoint
from casetrail_common.ids import stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Actor
from casetrail_common.ledger.jobs import DueJob
from casetrail_common.ledger.store import Store
from casetrail_common.objects import ObjectNotFoundError, ObjectStore
from casetrail_media.domain.judging import difference, duration_of, notes_on
from casetrail_media.domain.session import Upload
from casetrail_media.evidence.reading import Contents, read_version
from casetrail_media.projections import UPLOAD, VERIFY

DEFAULT_YEARS: Final = 30
"""Years an original is locked while the agency has no retention table: those of `long_term`.

Source: product choice; no regulation gives a number.
"""
DAYS_PER_YEAR: Final = 366
"""A lock must not end before the period does, so every year counts as a leap year."""

BELIEVED_MISSING_AFTER: Final = 5
"""Attempts after which a version that the store cannot find is taken for lost; with their pauses about ten seconds."""

_TWINS: Final = """
select id from snapshot
where agency = $1 and kind = 'session' and id <> $2 and state -> 'files' @> $3::jsonb order by id limit 3
"""
_CONDEMN: Final = "update job set payload = $4 where agency = $1 and kind = $2 and key = $3"

SYSTEM: Final = Actor("system:media")

Rejected = AvRejectedV1 | AvDerivativeRejectedV1


class UnstableContentError(Exception):
    """Two readings of one version differ: the store or the memory is at fault, so nothing is decided."""


@dataclass(frozen=True)
class Verifier:
    """Reads, compares, locks."""

    store: Store
    objects: ObjectStore
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    """The real clock: locks in the store know no other."""

    async def verify(self, job: DueJob) -> None:
        """Verify one complete upload."""
        async with self.store.reading(job.agency) as view:
            upload = await view.get(UPLOAD, job.key)
            table = await view.get(RETENTION, job.agency)
        if upload is None or upload.state != "received":
            await self._end(job, None, None)
            return
        if condemned := job.payload.get("rejected"):
            await self._reject(job, upload, _rejection(upload, condemned))
            return
        files: list[StoredFile] = []
        for declared, received in zip(upload.declared, upload.received, strict=True):
            judged = await self._judge(job, upload, declared, received)
            if isinstance(judged, Rejected):
                await self._condemn(job, judged)
                await self._reject(job, upload, judged)
                return
            files.append(_stored(declared, received, judged, await self._same_as(job.agency, upload, judged, files)))
        retained_until = await self._locked(files, self.now() + retention_period(table))
        failpoint("media.after_lock")
        await self._end(job, upload, _all_stored(job.key, upload, files, retained_until))

    async def _judge(
        self, job: DueJob, upload: Upload, declared: DeclaredFile, received: ReceivedFile
    ) -> Contents | Rejected:
        """Read a file; before bytes are given up they are read a second time."""
        try:
            contents = await read_version(self.objects, received, expected_sha256=declared.sha256)
            reason = difference(declared, sha256=contents.sha256, size_bytes=contents.size_bytes)
            if reason is None:
                return contents
            again = await read_version(self.objects, received, expected_sha256=declared.sha256)
            if again.sha256 != contents.sha256:
                raise UnstableContentError(received.object)
            return _rejected(job.key, upload, declared, reason, found=contents.sha256)
        except ObjectNotFoundError:
            if job.attempts < BELIEVED_MISSING_AFTER:
                raise
            return _rejected(job.key, upload, declared, "missing", found=sha256().hex())

    async def _condemn(self, job: DueJob, rejected: Rejected) -> None:
        """Put down why before anything is removed: what was found could not be found again."""
        payload = json.dumps({"rejected": rejected.model_dump(mode="json")})
        await self.store.pool.execute(_CONDEMN, job.agency, VERIFY, job.key, payload)

    async def _reject(self, job: DueJob, upload: Upload, rejected: Rejected) -> None:
        """Remove every version of the upload, none of which was ever locked; then say so."""
        for received in upload.received:
            for version in await self.objects.list_versions(received.object):
                if version.key == received.object:
                    await self.objects.delete_version(version.key, version.version_id)
        failpoint("media.after_removal")
        await self._end(job, upload, rejected)

    async def _locked(self, files: Sequence[StoredFile], until: datetime) -> datetime:
        """Lock the versions until one instant; an attempt that died may have locked some for longer, and that holds."""
        until = until.replace(microsecond=0)
        for file in files:
            stated = await self.objects.stat(file.object, file.version_id)
            until = max(until, stated.locked_until or until)
        for file in files:
            await self.objects.lock_version(file.object, file.version_id, retain_until=until)
        return until

    async def _same_as(
        self, agency: str, upload: Upload, contents: Contents, before: Sequence[StoredFile]
    ) -> list[str]:
        """Return the sessions, this one included, that hold the same bytes already."""
        wanted = json.dumps([{"sha256": contents.sha256}])
        rows = await self.store.pool.fetch(_TWINS, agency, upload.derivative or upload.session, wanted)
        here = [upload.session] if any(file.sha256 == contents.sha256 for file in before) else []
        return [*here, *(row["id"] for row in rows)]

    async def _end(self, job: DueJob, upload: Upload | None, payload: Payload | None) -> None:
        async with self.store.locked(job.agency) as tx:
            now = await tx.view().get(UPLOAD, job.key)
            if upload and payload and now and now.state == "received":
                await tx.append([NewFact(stream_name("session", job.agency, upload.session), payload)], actor=SYSTEM)
            tx.finish_job(VERIFY, job.key)
            failpoint("media.before_stored")
        failpoint("media.after_stored")


def retention_period(table: RetentionTable | None) -> timedelta:
    """Return how long originals are locked: the longest period of the agency's table, which any case may come to."""
    years = max(table.years.values(), default=DEFAULT_YEARS) if table else DEFAULT_YEARS
    return timedelta(days=DAYS_PER_YEAR * years)


def _rejected(upload_id: str, upload: Upload, declared: DeclaredFile, reason: str, *, found: str) -> Rejected:
    told = {"upload": upload_id, "reason": reason, "declared_sha256": declared.sha256, "found_sha256": found}
    return _rejection(upload, told)


def _rejection(upload: Upload, told: Mapping[str, str]) -> Rejected:
    """Return the rejection of a session's files, or of a derivative's."""
    if upload.derivative is None:
        return AvRejectedV1.model_validate({**told, "session": upload.session})
    return AvDerivativeRejectedV1.model_validate({**told, "derivative": upload.derivative})


def _stored(declared: DeclaredFile, received: ReceivedFile, contents: Contents, same_as: Sequence[str]) -> StoredFile:
    measured_ms, found = (contents.probe.duration_ms, contents.probe.notes) if contents.probe else (None, ())
    return StoredFile(
        object=received.object,
        version_id=received.version_id,
        sha256=contents.sha256,
        bytes=contents.size_bytes,
        media_type=declared.media_type,
        started_at=declared.started_at,
        ended_at=declared.ended_at,
        duration_ms=duration_of(declared, measured_ms),
        notes=notes_on(declared, measured_ms=measured_ms, found=found, same_as=same_as),
    )


def _all_stored(
    upload_id: str, upload: Upload, files: list[StoredFile], retained_until: datetime
) -> AvStoredV1 | AvDerivativeStoredV1:
    if upload.derivative is not None:
        return AvDerivativeStoredV1(
            derivative=upload.derivative, upload=upload_id, file=files[0], retained_until=retained_until
        )
    assert upload.received_at is not None  # noqa: S101  it is received, or the job would have ended
    return AvStoredV1(
        session=upload.session,
        upload=upload_id,
        repository=upload.repository,
        custodian=upload.custodian,
        files=files,
        received_at=upload.received_at,
        retained_until=retained_until,
    )
