"""The jobs that judge cases, and the one place where a judgement becomes facts and rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from casetrail_archive.judging.casefiles import CaseFiles
from casetrail_archive.judging.findings import add_rows, changes, held_back, latest, set_timers
from casetrail_archive.judging.laws import Laws
from casetrail_archive.judging.past import closed_until
from casetrail_common.failpoints import failpoint
from casetrail_common.ids import stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Actor
from casetrail_common.ledger.jobs import DueJob
from casetrail_common.ledger.locked import LockedAgency
from casetrail_common.ledger.store import Store
from casetrail_common.ledger.view import Job
from casetrail_common.rules import CaseFile, Finding, LawBook, evaluate

ACTOR: Final = Actor("system:archive")

AT_ONCE: Final = 10
"""Cases judged in one transaction: enough to share its cost, few enough not to keep the agency's commands waiting."""

_MARKED: Final = """
select key from job where agency = $1 and kind = 'judge' and (key = $2 or attempts = 0 and not $3)
order by key <> $2, created_at limit $4
"""
_OPEN: Final = """
select id from snapshot where agency = $1 and kind = 'case' and (state ->> 'filed' = 'false'
  or exists (select from timer t where t.agency = $1 and t.scope = snapshot.id))
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What every case of an agency is judged by at one moment."""

    book: LawBook
    closed_until: datetime | None
    shared: CaseFile
    """What all cases of the agency share: people, devices, lists."""


@dataclass
class Judge:
    """Judges cases of one service's store."""

    store: Store
    files: CaseFiles = field(default_factory=CaseFiles)
    laws: Laws = field(default_factory=Laws)

    async def judge_marked(self, job: DueJob) -> None:
        """Judge the case of a job, together with others of the agency that wait; one that failed before goes alone.

        Under the lock it is seen which are still to be judged: the job may have been taken along by another.
        """
        async with self.store.pool.acquire() as conn:  # under the lock only what is new is read
            await self.files.now(conn, job.agency, job.key)
        async with self.store.locked(job.agency) as locked:
            rows = await locked.conn.fetch(_MARKED, job.agency, job.key, job.attempts > 0, AT_ONCE)
            if not rows:
                return
            standing = await self.standing(locked)
            for row in rows:
                await self.judge_now(locked, row["key"], standing)
                locked.finish_job("judge", row["key"])
            failpoint("archive.before_judged")
        failpoint("archive.after_judged")

    async def mark_open(self, job: DueJob) -> None:
        """Mark every case that a change in the agency's law, people or devices may concern."""
        async with self.store.locked(job.agency) as locked:
            for row in await locked.conn.fetch(_OPEN, job.agency):
                locked.add_job(Job("judge", row["id"]))
            locked.finish_job("judge_all", job.key)

    async def standing(self, locked: LockedAgency) -> Standing:
        """Return what all cases of an agency are judged by at this moment."""
        book = await self.laws.at(locked.conn, locked.agency, locked.now)
        until = await closed_until(locked.conn, locked.agency)
        return Standing(book, until, await self.files.shared(locked.conn, locked.agency))

    async def judge_now(self, locked: LockedAgency, case_id: str, standing: Standing) -> Sequence[Finding]:
        """Judge a case on everything that is known; what is found otherwise than last time becomes facts and rows."""
        file = await self.files.now(locked.conn, locked.agency, case_id)
        if file is None:
            return ()
        judged = evaluate(standing.book, file.with_(standing.shared), as_of=locked.now, of=file.things.keys())
        found = held_back(judged, closed_until=standing.closed_until)
        changed = changes(await latest(locked.conn, locked.agency, case_id), found)
        if changed:
            stream = stream_name("case", locked.agency, case_id)
            facts = [NewFact(stream, finding.as_fact(case_id), occurred_at=locked.now) for finding in changed]
            await locked.append(facts, actor=ACTOR)
            await add_rows(locked.conn, locked.agency, case_id, changed, as_of=locked.now)
            await set_timers(locked.conn, locked.agency, case_id, found, now=locked.now)
        return found

    async def judge_then(self, locked: LockedAgency, case_id: str, instant: datetime) -> Sequence[Finding]:
        """Return how a case stood at a past instant about which everything is known; nothing is recorded."""
        book = await self.laws.at(locked.conn, locked.agency, instant)
        file = await self.files.at(locked.conn, locked.agency, case_id, instant)
        whole = file.with_(await self.files.shared(locked.conn, locked.agency, as_of=instant))
        return evaluate(book, whole, as_of=instant, of=file.things.keys())
