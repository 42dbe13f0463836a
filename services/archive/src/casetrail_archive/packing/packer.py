"""The jobs that make dossiers: a draft at closure, a sealed volume after filing, and what must not stay of drafts."""

import asyncio
import contextlib
import hashlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg

from casetrail_archive.case_facts import read_facts, streams_of
from casetrail_archive.domain.case import Case
from casetrail_archive.domain.dossier import Dossier, Filing, stream_key
from casetrail_archive.dossier import DossierInput, Volume, assemble
from casetrail_archive.dossier.bag import file_sha256
from casetrail_archive.packing.gathering import Gatherer, Order
from casetrail_archive.packing.package import CONTENT_TYPE, write_package
from casetrail_archive.projections import CASE, DOSSIER
from casetrail_common.facts.archive import DossierDraftedV1, DossierSealedV1
from casetrail_common.facts.intake import CaseClosedV1
from casetrail_common.failpoints import failpoint
from casetrail_common.ids import stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Actor
from casetrail_common.ledger.jobs import DueJob, Handler
from casetrail_common.ledger.locked import load_snapshot
from casetrail_common.ledger.store import Store
from casetrail_common.ledger.view import Job
from casetrail_common.objects import ObjectLockedError, ObjectStore
from casetrail_common.retention import years_after

ACTOR: Final = Actor("system:archive")


class OvertakenError(Exception):
    """What a package rests on has changed while it was made; it is made again."""


@dataclass(frozen=True)
class Package:
    """A volume as one file on disk."""

    path: Path
    volume: Volume
    sha256: str
    bytes: int


@dataclass
class Packer:
    """Makes dossiers and puts them into the object store."""

    store: Store
    gatherer: Gatherer
    dossiers: ObjectStore

    @property
    def jobs(self) -> Mapping[str, Handler]:
        """What it does, by kind of job."""
        return {"draft": self.draft, "seal": self.seal, "discard": self.discard, "lengthen": self.lengthen}

    async def draft(self, job: DueJob) -> None:
        """Make a draft of the dossier of a closed case; it is not locked and proves nothing yet."""
        dossier_id = job.payload["dossier"]
        async with self.store.pool.acquire() as conn:
            case = (await load_snapshot(conn, job.agency, CASE, job.key))[1]
            made = None if case is None or case.filed else await self._gather_draft(conn, job, case)
        if case is None or made is None:
            await self._finish(job)
            return
        await self.dossiers.ensure_bucket()
        key = f"{draft_prefix(job.agency, dossier_id)}.zip"
        async with packed(made) as package:
            version_id = await self.dossiers.put_file(key, package.path, content_type=CONTENT_TYPE)
        payload = DossierDraftedV1(
            dossier=dossier_id,
            case=job.key,
            object=key,
            version_id=version_id,
            sha256=package.sha256,
            bytes=package.bytes,
        )
        stands = await self._record_draft(job, payload, erasures=case.erasures)
        await self._remove(draft_prefix(job.agency, dossier_id), but=version_id if stands else None)

    async def seal(self, job: DueJob) -> None:
        """Seal volume 1 of a filed dossier: store it under a lock that nobody can lift, then say so."""
        dossier = await self._dossier(job.agency, job.key)
        source = await self.source_of(job.agency, job.key)
        if dossier is None or dossier.filing is None or source is None:
            await self._finish(job)
            return
        failpoint("archive.before_seal")
        await self.dossiers.ensure_bucket()
        # The real clock, not the agency's: locks of the object store know no other.
        retained_until = years_after(datetime.now(UTC), dossier.filing.retention_years or 0)
        async with packed(source) as package:
            key = f"{job.agency}/{job.key}/volume-1-{package.volume.root[:16]}.zip"
            version_id = await self._stored_once(key, package)
        await self.dossiers.lock_version(key, version_id, retain_until=retained_until)
        failpoint("archive.after_store")
        payload = DossierSealedV1(
            dossier=job.key,
            case=dossier.case,
            volume=1,
            root=package.volume.root,
            object=key,
            version_id=version_id,
            bytes=package.bytes,
            retained_until=retained_until,
        )
        async with self.store.locked(job.agency) as locked:
            known = await locked.view().get(DOSSIER, job.key)
            if known is not None and known.state != "sealed":
                if known.filing != dossier.filing:  # it is to be kept otherwise now, and locked accordingly
                    raise OvertakenError(job.key)
                await locked.append([NewFact(stream_name("case", job.agency, dossier.case), payload)], actor=ACTOR)
                locked.add_job(Job("discard", dossier.case))
            locked.finish_job(job.kind, job.key)
        failpoint("archive.after_seal")

    async def source_of(self, agency: str, dossier_id: str) -> DossierInput | None:
        """Return what volume 1 of a dossier is made of; None unless it is filed and waits to be sealed."""
        dossier = await self._dossier(agency, dossier_id)
        if dossier is None or dossier.filing is None or dossier.state == "sealed" or not dossier.filing.is_complete:
            return None
        async with self.store.pool.acquire() as conn:
            return await self.gatherer.gather(conn, _volume_order(agency, dossier_id, dossier, dossier.filing))

    async def lengthen(self, job: DueJob) -> None:
        """Lock a sealed volume for as long as it is now kept; no lock is ever shortened."""
        dossier = await self._dossier(job.agency, job.key)
        if dossier is not None and dossier.volume is not None and dossier.locked_until is not None:
            volume = dossier.volume
            with contextlib.suppress(ObjectLockedError):
                await self.dossiers.lock_version(volume.object, volume.version_id, retain_until=dossier.locked_until)
        async with self.store.locked(job.agency) as locked:
            if await locked.view().get(DOSSIER, job.key) == dossier:  # else it was asked for again meanwhile
                locked.finish_job(job.kind, job.key)

    async def discard(self, job: DueJob) -> None:
        """Remove the drafts of a case: what they hold was erased, or stands sealed. An unfiled case gets a new one."""
        async with self.store.pool.acquire() as conn:
            case = (await load_snapshot(conn, job.agency, CASE, job.key))[1]
        dossier_id = case.dossier if case else None
        dossier = await self._dossier(job.agency, dossier_id) if dossier_id else None
        if dossier_id is not None and dossier is not None:
            if dossier.volume is None:
                await self._remove(draft_prefix(job.agency, dossier_id))
            else:  # whatever earlier attempts to seal have left goes, too
                await self._remove(f"{job.agency}/{dossier_id}/", but=dossier.volume.version_id)
        async with self.store.locked(job.agency) as locked:
            if dossier is not None and dossier.filing is None:
                locked.add_job(Job("draft", job.key, {"dossier": dossier_id}))
            locked.finish_job(job.kind, job.key)

    async def _gather_draft(self, conn: asyncpg.Connection, job: DueJob, case: Case) -> DossierInput:
        streams = streams_of(job.agency, job.key, case)
        facts = await read_facts(conn, streams[:1])
        closed = [fact.recorded_at for fact in facts if isinstance(fact.payload, CaseClosedV1)]
        return await self.gatherer.gather(
            conn,
            Order(
                agency=job.agency,
                case=job.key,
                dossier=job.payload["dossier"],
                made_at=closed[-1],
                draft=True,
                streams=streams,
            ),
        )

    async def _record_draft(self, job: DueJob, payload: DossierDraftedV1, *, erasures: int) -> bool:
        """Append that a draft stands; False if the dossier was filed meanwhile and needs none.

        Raises
        ------
        OvertakenError
            If content was erased since the draft was gathered.
        """
        async with self.store.locked(job.agency) as locked:
            case = await locked.view().get(CASE, job.key)
            stands = case is not None and not case.filed
            if case is not None and case.erasures != erasures:
                raise OvertakenError(job.key)
            if stands:
                await locked.append([NewFact(stream_name("case", job.agency, job.key), payload)], actor=ACTOR)
            locked.finish_job(job.kind, job.key)
        return stands

    async def _stored_once(self, key: str, package: Package) -> str:
        """Return the version that holds the package, putting it there unless an earlier attempt already has."""
        for found in await self.dossiers.list_versions(key):
            if found.key == key and not found.is_delete_marker and found.size_bytes == package.bytes:
                digest = hashlib.sha256()
                async for chunk in self.dossiers.stream(key, found.version_id):
                    digest.update(chunk)
                if digest.hexdigest() == package.sha256:
                    return found.version_id
        return await self.dossiers.put_file(key, package.path, content_type=CONTENT_TYPE)

    async def _remove(self, prefix: str, *, but: str | None = None) -> None:
        """Remove what lies under a prefix, except one version and what is locked."""
        for found in await self.dossiers.list_versions(prefix):
            if found.version_id != but:
                with contextlib.suppress(ObjectLockedError):
                    await self.dossiers.delete_version(found.key, found.version_id)

    async def _dossier(self, agency: str, dossier_id: str) -> Dossier | None:
        async with self.store.pool.acquire() as conn:
            return (await load_snapshot(conn, agency, DOSSIER, dossier_id))[1]

    async def _finish(self, job: DueJob) -> None:
        async with self.store.locked(job.agency) as locked:
            locked.finish_job(job.kind, job.key)


def draft_prefix(agency: str, dossier_id: str) -> str:
    """Return how the keys of a dossier's drafts begin."""
    return f"{agency}/{dossier_id}/draft"


def _volume_order(agency: str, dossier_id: str, dossier: Dossier, filing: Filing) -> Order:
    return Order(
        agency=agency,
        case=dossier.case,
        dossier=dossier_id,
        made_at=filing.filed_at,
        draft=False,
        streams=filing.streams,
        sessions=frozenset(filing.sessions),
        ends={stream: filing.sealed_streams[stream_key(*stream)] for stream in filing.streams},
        horizon=filing.ends(),
    )


@contextlib.asynccontextmanager
async def packed(source: DossierInput) -> AsyncIterator[Package]:
    """Write the volume and its package into a directory that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="casetrail-dossier-") as directory:
        folder, path = Path(directory) / "volume", Path(directory) / "volume.zip"
        volume = await assemble(source, folder)
        await asyncio.to_thread(write_package, folder, path)
        digest = await asyncio.to_thread(file_sha256, path)
        yield Package(path, volume, digest, path.stat().st_size)
