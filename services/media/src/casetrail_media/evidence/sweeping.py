"""The sweep: finds what was laid over locked originals behind our back, and tells each attempt once."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

from casetrail_common.errors import CasetrailError
from casetrail_common.facts.common import IncidentRecordedV1
from casetrail_common.facts.media import StoredFile
from casetrail_common.ids import stream_name
from casetrail_common.incidents import offended_clauses
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Actor
from casetrail_common.ledger.store import Store
from casetrail_common.objects import ObjectStore, StoreUnavailableError
from casetrail_media.projections import SESSION

log = logging.getLogger(__name__)

SWEEP_EVERY_S: Final = 3600.0
"""Seconds between two sweeps. Nothing hangs on it: reads name the version, so an overlay changes nothing served."""

SYSTEM: Final = Actor("system:media")

_STORED: Final = """
select agency, id, state::text from snapshot
where kind = 'session' and state ->> 'state' = 'stored' and (agency, id) > ($1, $2) order by agency, id limit 200
"""


@dataclass(frozen=True)
class Sweeper:
    """Compares what lies over each stored original with what was recorded."""

    store: Store
    objects: ObjectStore
    every_s: float = SWEEP_EVERY_S

    async def run(self, stop: asyncio.Event) -> None:
        """Sweep now and then until told to stop."""
        while not stop.is_set():
            try:
                await self.sweep()
            except (StoreUnavailableError, CasetrailError) as error:
                log.warning("the sweep was not finished", extra={"error": type(error).__name__})
            try:
                await asyncio.wait_for(stop.wait(), self.every_s)
            except TimeoutError:
                continue

    async def sweep(self) -> int:
        """Look at every stored original once; return how many attempts were found that had not been told."""
        found, after = 0, ("", "")
        while rows := await self.store.pool.fetch(_STORED, *after):
            for row in rows:
                after = (row["agency"], row["id"])
                for file in SESSION.load(row["state"]).files:
                    found += await self._look(row["agency"], row["id"], file)
        return found

    async def _look(self, agency: str, session: str, file: StoredFile) -> int:
        strange = [
            version.version_id
            for version in await self.objects.list_versions(file.object)
            if version.key == file.object and version.version_id != file.version_id
        ]
        told = 0
        for version_id in strange:
            told += await self._tell(agency, session, file.object, version_id)
        return told

    async def _tell(self, agency: str, session: str, key: str, version_id: str) -> int:
        """Record an attempt, unless it was: the note that it was told is in the same commit."""
        async with self.store.locked(agency) as tx:
            new = await tx.conn.fetchval(
                "insert into overlay (agency, key, version_id) values ($1, $2, $3) on conflict do nothing returning 1",
                agency, key, version_id,
            )  # fmt: skip
            if not new:
                return 0
            stream = stream_name("session", agency, session)
            clauses = await offended_clauses(tx.view(), "worm_protected", kind="session")
            cited: list[str | None] = [*clauses] or [None]
            incidents = [
                IncidentRecordedV1(item=session, code="original_overlaid", clause=clause, command="sweep")
                for clause in cited
            ]
            await tx.append([NewFact(stream, incident) for incident in incidents], actor=SYSTEM)
        return 1
