"""The job that keeps recordings locked at least as long as the dossier that names them."""

from dataclasses import dataclass
from datetime import datetime

from casetrail_common.facts.media import StoredFile
from casetrail_common.ledger.jobs import DueJob
from casetrail_common.ledger.store import Store
from casetrail_common.objects import ObjectStore
from casetrail_media.projections import FILED, SESSION


@dataclass(frozen=True)
class Lengthener:
    """Lengthens locks. Run twice it changes nothing more, so it may die on any line."""

    store: Store
    objects: ObjectStore

    async def lengthen(self, job: DueJob) -> None:
        """Lock the originals of a dossier's recordings until its period ends; no lock is ever shortened."""
        originals: list[StoredFile] = []
        async with self.store.reading(job.agency) as view:
            filed = await view.get(FILED, job.key)
            for item in filed.sessions if filed else ():
                session = await view.get(SESSION, item)
                originals += session.files if session else ()
        if filed and filed.kept_until:
            for original in originals:
                await self._lengthen(original, filed.kept_until)
        async with self.store.locked(job.agency) as tx:
            if await tx.view().get(FILED, job.key) == filed:  # else it was asked for again meanwhile
                tx.finish_job(job.kind, job.key)

    async def _lengthen(self, file: StoredFile, until: datetime) -> None:
        stated = await self.objects.stat(file.object, file.version_id)
        if stated.locked_until is None or stated.locked_until < until:
            await self.objects.lock_version(file.object, file.version_id, retain_until=until)
