"""Timers: what time alone changes. Only archive has them; each is the next instant of one pending finding."""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import asyncpg

from casetrail_archive.judging.deadlines import END, Point, tell
from casetrail_archive.judging.findings import set_timers
from casetrail_archive.judging.judge import Judge, Standing
from casetrail_archive.judging.past import Past, Watermark
from casetrail_archive.judging.scopes import Scope
from casetrail_common.bus.transient import Backoff, is_transient
from casetrail_common.failpoints import failpoint
from casetrail_common.ledger.locked import LockedAgency
from casetrail_common.ledger.store import Store
from casetrail_common.metrics import TIMER_LATENESS, TIMERS_FIRED
from casetrail_common.outages import DATABASE_ERRORS
from casetrail_common.rules import Finding

log = logging.getLogger(__name__)

POLL_S: Final = 1.0
"""Seconds between two looks at what the real clock has made due. Each costs what is due, not what is open."""

AT_ONCE: Final = 50
"""Timers fired in one transaction."""

DUE_AGENCIES: Final = """
select h.agency from agency_head h
cross join lateral (
  select from timer t where t.agency = h.agency and t.fire_at <= coalesce(h.simulated, now()) limit 1
) due
"""
"""One probe of an index for each agency; `now()`, since an index cannot be asked for what changes meanwhile."""
DUE: Final = """
select scope, rule, subject, due_at, percent, fire_at from timer where agency = $1 and fire_at <= $2
order by fire_at, scope, rule, subject, percent limit $3
"""
_DONE: Final = """
delete from timer t
using unnest($2::text[], $3::text[], $4::text[], $5::smallint[]) as d (scope, rule, subject, percent)
where t.agency = $1 and t.scope = d.scope and t.rule = d.rule and t.subject = d.subject and t.percent = d.percent
"""
_NEXT: Final = "select min(fire_at) from timer where agency = $1 and fire_at <= $2"
PENDING: Final = """
select count(*) from timer t join agency_head h using (agency) where t.agency = $1 and t.fire_at <= h.simulated
"""
"""How many timers the simulated clock of an agency has passed and that have not fired: the clock waits for them."""


async def next_due(pool: asyncpg.Pool, agency: str, until: datetime) -> datetime | None:
    """Return when the next timer of an agency fires, up to an instant."""
    found: datetime | None = await pool.fetchval(_NEXT, agency, until)
    return found


@dataclass
class Timers:
    """Fires what is due by the clock of each agency."""

    store: Store
    judge: Judge
    past: Past
    dsn: str
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _retry: dict[str, tuple[float, Backoff]] = field(default_factory=dict)
    """Agencies whose past could not be closed, and when to try again."""

    async def run(self, stop: asyncio.Event) -> None:
        """Run until told to stop; a lost connection is opened again."""
        backoff = Backoff()
        while not stop.is_set():
            try:
                await self._run_connected(stop, backoff)
            except DATABASE_ERRORS as error:
                log.warning("timers lost their connection", extra={"error": type(error).__name__})
                await asyncio.sleep(backoff.next())

    async def _run_connected(self, stop: asyncio.Event, backoff: Backoff) -> None:
        conn = await asyncpg.connect(self.dsn)
        try:
            # Only a clock that is set says so; what the real one has made due must be looked for.
            await conn.add_listener("clock", lambda *_: self._wake.set())
            while not stop.is_set():
                self._wake.clear()
                for row in await conn.fetch(DUE_AGENCIES):
                    await self._try(row["agency"])
                backoff.reset()
                await self._pause(stop)
        finally:
            await conn.close()

    async def _pause(self, stop: asyncio.Event) -> None:
        waiters = [asyncio.create_task(stop.wait()), asyncio.create_task(self._wake.wait())]
        await asyncio.wait(waiters, timeout=POLL_S, return_when=asyncio.FIRST_COMPLETED)
        for waiter in waiters:
            waiter.cancel()

    async def _try(self, agency: str) -> None:
        not_before, backoff = self._retry.get(agency, (0.0, Backoff()))
        if time.monotonic() < not_before:
            return
        try:
            fired = await self.fire(agency)
        except Exception as error:
            if is_transient(error):
                raise
            log.exception("firing timers failed", extra={"agency": agency})
            fired = False
        if fired:
            self._retry.pop(agency, None)
        else:
            self._retry[agency] = (time.monotonic() + backoff.next(), backoff)

    async def fire(self, agency: str) -> bool:
        """Fire what is due for an agency; False if it cannot be known yet whether it was missed."""
        watermark = await self.past.ask(agency)
        if watermark is None:
            return False
        more = True
        while more:
            async with self.store.locked(agency) as locked:
                if not await self.past.close(locked, watermark):
                    return False
                fired = await self._fire_some(locked, watermark)
                failpoint("archive.before_fired")
            failpoint("archive.after_fired")
            more = len(fired) == AT_ONCE
            for row in fired:
                TIMERS_FIRED.labels(str(row["percent"])).inc()
                TIMER_LATENESS.observe((locked.now - row["fire_at"]).total_seconds())
        return True

    async def _fire_some(self, locked: LockedAgency, watermark: Watermark) -> list[asyncpg.Record]:
        until = min(watermark.until, locked.now)
        rows: list[asyncpg.Record] = await locked.conn.fetch(DUE, locked.agency, until, AT_ONCE)
        standing = await self.judge.standing(locked)
        for case_id, instant in dict.fromkeys((row["scope"], row["fire_at"]) for row in rows):
            due = [row for row in rows if (row["scope"], row["fire_at"]) == (case_id, instant)]
            await self._tell_reached(locked, case_id, instant, due, standing)
        columns = [[row[name] for row in rows] for name in ("scope", "rule", "subject", "percent")]
        await locked.conn.execute(_DONE, locked.agency, *columns)
        for case_id in dict.fromkeys(row["scope"] for row in rows):
            found = await self.judge.judge_now(locked, case_id, standing)
            # Also if nothing changed: a due date that moved while the timer waited has none of its own yet.
            await set_timers(locked.conn, locked.agency, case_id, found, now=locked.now)
        return rows

    async def _tell_reached(
        self, locked: LockedAgency, case_id: str, instant: datetime, due: Sequence[asyncpg.Record], standing: Standing
    ) -> None:
        """Say of each duty that was undone at the instant which point of its period that is; the others are silent."""
        then = await self.judge.judge_then(locked, case_id, instant)
        found = {(finding.rule, finding.subject): finding for finding in then}
        reached = [
            Point(row["rule"], row["subject"], row["due_at"], row["percent"], _instant_of(row))
            for row in due
            if _is_undone(found.get((row["rule"], row["subject"])), row)
        ]
        await tell(locked, Scope.of(case_id), reached, standing.shared)


def _is_undone(finding: Finding | None, row: asyncpg.Record) -> bool:
    if row["percent"] == END:
        return finding is not None and finding.status == "overdue"
    return finding is not None and finding.status == "pending" and finding.next_due == row["due_at"]


def _instant_of(row: asyncpg.Record) -> datetime:
    """Return when the point was reached: a duty is undone only one second after the last."""
    instant: datetime = row["due_at"] if row["percent"] == END else row["fire_at"]
    return instant
