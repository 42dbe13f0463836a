"""The jobs that judge, and the one place where a judgement becomes facts and rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import asyncpg

from casetrail_archive.domain.tied import Tied
from casetrail_archive.judging.casefiles import CaseFiles
from casetrail_archive.judging.deadlines import ACTOR, Point, tell, unit_of
from casetrail_archive.judging.findings import add_rows, changes, held_back, latest, list_deadlines, set_timers
from casetrail_archive.judging.laws import Laws
from casetrail_archive.judging.past import closed_until
from casetrail_archive.judging.scopes import AGENCY, Scope, found_in
from casetrail_archive.projections import CASE, LAW_FACTS, LOOSE, SHARED_FACTS
from casetrail_common.facts.keeping import RetentionUpgradedV1
from casetrail_common.failpoints import failpoint
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.jobs import DueJob
from casetrail_common.ledger.locked import LockedAgency
from casetrail_common.ledger.store import Store
from casetrail_common.ledger.view import Job
from casetrail_common.rules import CaseFile, Finding, LawBook, needs_cases

AT_ONCE: Final = 10
"""Cases judged in one transaction: enough to share its cost, few enough not to keep the agency's commands waiting."""

_MARKED: Final = """
select key from job where agency = $1 and kind = 'judge' and (key = $2 or attempts = 0 and not $3)
order by key <> $2, created_at limit $4
"""
_OPEN: Final = """
select case kind when 'case' then id else kind || ':' || id end as scope from snapshot s
where agency = $1 and (
  kind = 'case' and (state ->> 'filed' = 'false'
    or exists (select from timer t where t.agency = $1 and t.scope = s.id))
  or kind in ('session', 'record', 'request') and state -> 'cases' = '[]')
"""
_IS_MARKED: Final = """
select exists (select from job where agency = $1 and (kind = 'judge' and key = $2 or kind = 'judge_all'))
"""
CLASS: Final = "retention_class"
"""What a rule sets that keeps a case for longer."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What every scope of an agency is judged by at one moment."""

    book: LawBook
    closed_until: datetime | None
    shared: CaseFile
    """What all scopes of the agency share: people, devices, lists."""


@dataclass
class Judge:
    """Judges cases of one service's store."""

    store: Store
    files: CaseFiles = field(default_factory=CaseFiles)
    laws: Laws = field(default_factory=Laws)
    _wide: dict[str, tuple[LawBook, bool]] = field(default_factory=dict)

    async def judge_marked(self, job: DueJob) -> None:
        """Judge the case of a job, together with others of the agency that wait; one that failed before goes alone.

        Under the lock it is seen which are still to be judged: the job may have been taken along by another.
        """
        async with self.store.pool.acquire() as conn:  # under the lock only what is new is read
            await self.files.now(conn, job.agency, job.key)
        needs = {(fold.kind, job.agency): fold for fold in (LAW_FACTS, SHARED_FACTS)}
        async with self.store.locked(job.agency, needs=needs, repeatable=True) as locked:
            rows = await locked.conn.fetch(_MARKED, job.agency, job.key, job.attempts > 0, AT_ONCE)
            if not rows:
                return
            standing = await self.standing(locked)
            for row in rows:
                await self.judge_now(locked, row["key"], standing)
                locked.finish_job("judge", row["key"])
            failpoint("archive.before_judged")
        failpoint("archive.after_judged")

    async def up_to_date(self, agency: str, key: str) -> None:
        """Judge a scope now if a followed fact has marked it: for commands that look at what rules have set."""
        async with self.store.pool.acquire() as conn:
            marked = await conn.fetchval(_IS_MARKED, agency, key)
        if marked:
            async with self.store.locked(agency) as locked:
                await self.judge_now(locked, key, await self.standing(locked))

    async def mark_open(self, job: DueJob) -> None:
        """Mark everything that a change in the agency's law, people or devices may concern."""
        async with self.store.locked(job.agency) as locked:
            for row in await locked.conn.fetch(_OPEN, job.agency):
                locked.add_job(Job("judge", row["scope"]))
            locked.add_job(Job("judge", Scope(AGENCY, job.agency).key))
            locked.finish_job("judge_all", job.key)

    async def standing(self, locked: LockedAgency) -> Standing:
        """Return what all scopes of an agency are judged by at this moment."""
        conn, agency, view = locked.conn, locked.agency, locked.view()
        law, shared = await view.get(LAW_FACTS, agency), await view.get(SHARED_FACTS, agency)
        book = await self.laws.of(conn, agency, law.positions if law else ())
        until = await closed_until(conn, agency)
        return Standing(book, until, await self.files.shared_of(conn, agency, shared.positions if shared else ()))

    async def judge_now(self, locked: LockedAgency, key: str, standing: Standing) -> Sequence[Finding]:
        """Judge a scope on everything that is known; what is found otherwise than last time becomes facts and rows.

        Parameters
        ----------
        key
            Id of a case, else `<kind>:<id>`.
        """
        scope = Scope.of(key)
        is_narrow = scope.kind == AGENCY and not self._looks_wide(locked.agency, standing.book)
        file = None if is_narrow else await self.files.now(locked.conn, locked.agency, key)
        if file is None and scope.kind != AGENCY:
            return ()
        judged: Sequence[Finding] = ()
        if not await self._is_taken_up(locked, scope):
            again = self.files.judgement(locked.agency, key).again
            judged = found_in(scope, standing.book, file or CaseFile(), standing.shared, as_of=locked.now, judge=again)
        found = held_back(judged, closed_until=standing.closed_until)
        changed = changes(await latest(locked.conn, locked.agency, key), found)
        if changed:
            # What is overdue as soon as it is known never had a timer.
            missed = [Point.end_of(one, one.due) for one in changed if one.status == "overdue" and one.due]
            await tell(locked, scope, missed, standing.shared)
            stream = scope.stream(locked.agency)
            facts = [NewFact(stream, finding.as_fact(scope.case), occurred_at=locked.now) for finding in changed]
            await locked.append([*facts, *await _upgrades(locked, scope, found)], actor=ACTOR)
            await add_rows(locked.conn, locked.agency, key, changed, as_of=locked.now)
            await list_deadlines(locked.conn, locked.agency, key, changed, unit=await unit_of(locked, scope))
            await set_timers(locked.conn, locked.agency, key, found, now=locked.now)
        return found

    def _looks_wide(self, agency: str, book: LawBook) -> bool:
        """Whether the law of an agency judges it, or its devices, by what single cases hold; many a law does not."""
        known, looks = self._wide.get(agency, (None, False))
        if known is not book:
            looks = needs_cases(book)
            self._wide[agency] = (book, looks)
        return looks

    async def _is_taken_up(self, locked: LockedAgency, scope: Scope) -> bool:
        """Whether a case has taken up what used to stand alone: then it is judged there."""
        tied = await _tied(locked, scope)
        return tied is not None and bool(tied.cases)

    async def judge_then(self, locked: LockedAgency, key: str, instant: datetime) -> Sequence[Finding]:
        """Return how a scope stood at a past instant about which everything is known; nothing is recorded."""
        tied = await _tied(locked, Scope.of(key))
        if tied is not None and tied.since is not None and tied.since <= instant:
            return ()
        return await self.judged_at(locked.conn, locked.agency, key, instant)

    async def judged_at(self, conn: asyncpg.Connection, agency: str, key: str, instant: datetime) -> Sequence[Finding]:
        """Return the findings of a scope as it had been recorded by an instant."""
        book = await self.laws.at(conn, agency, instant)
        scope = Scope.of(key)
        is_narrow = scope.kind == AGENCY and not self._looks_wide(agency, book)
        file = CaseFile() if is_narrow else await self.files.at(conn, agency, key, instant)
        shared = await self.files.shared(conn, agency, as_of=instant)
        return found_in(scope, book, file, shared, as_of=instant)


async def _tied(locked: LockedAgency, scope: Scope) -> Tied | None:
    if scope.kind not in LOOSE:
        return None
    return await locked.view().get(LOOSE[scope.kind], scope.item)


async def _upgrades(locked: LockedAgency, scope: Scope, found: Iterable[Finding]) -> list[NewFact]:
    """Return what rules set for the first time: from now on the case is kept as they say."""
    if scope.case is None or (case := await locked.view().get(CASE, scope.case)) is None:
        return []
    return [
        NewFact(
            scope.stream(locked.agency),
            RetentionUpgradedV1(
                case=scope.item, dossier=case.dossier, rule=finding.rule, retention_class=finding.sets[CLASS]
            ),
            occurred_at=finding.since,
        )
        for finding in found
        if CLASS in finding.sets and finding.rule not in case.upgrades
    ]
