"""Work that facts cause: repeated until its result is committed, on any worker, never twice at a time."""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from casetrail_common.bus.transient import Pace
from casetrail_common.ledger.store import Store
from casetrail_common.ledger.waking import JOB
from casetrail_common.outages import DATABASE_ERRORS

log = logging.getLogger(__name__)

_DUE: Final = """
select agency, kind, key, payload::text, attempts from job
where not_before <= now() and kind = any ($1) order by not_before, created_at limit $2
"""
_BACKOFF: Final = """
update job set attempts = attempts + 1,
  not_before = now() + least(60, 0.2 * 2 ^ least(attempts, 12)) * interval '1 second'
where agency = $1 and kind = $2 and key = $3
"""

POLL_S: Final = 1.0
"""How long a job waits at the most when the notification that announced it was lost, in seconds."""

PACE_S: Final = 0.05
"""Seconds from one look for due jobs to the next at least: what is asked for meanwhile is done once."""

REST: Final = 4
"""How many times as long as a job took nothing further is begun: facts go before what follows from them.

On a quiet machine that is over before the next look; on a busy one the same job is asked for more often and done once.
"""
LONGEST_REST_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class DueJob:
    """A job whose time has come."""

    agency: str
    kind: str
    key: str
    payload: dict[str, Any]
    attempts: int


Handler = Callable[[DueJob], Awaitable[None]]
"""Does the work and commits its result together with `LockedAgency.finish_job`."""


class JobRunner:
    """Takes due jobs, holds an advisory lock on each while it runs, and retries with growing pauses.

    The lock belongs to this runner's own connection, so the death of the process frees its jobs at once.
    """

    def __init__(self, store: Store, handlers: Mapping[str, Handler], *, dsn: str, at_once: int = 2) -> None:
        self._store = store
        self._handlers = handlers
        self._dsn = dsn
        self._at_once = at_once
        self._wake = asyncio.Event()
        self._running: dict[tuple[str, str, str], asyncio.Task[None]] = {}
        self._rests_until = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Run until told to stop; a lost connection is opened again."""
        while not stop.is_set():
            try:
                await self._run_connected(stop)
            except DATABASE_ERRORS as error:
                log.warning("job runner lost its connection", extra={"error": type(error).__name__})
                await asyncio.sleep(POLL_S)

    async def _run_connected(self, stop: asyncio.Event) -> None:
        conn = await asyncpg.connect(self._dsn)
        try:
            await conn.add_listener(JOB, lambda *_: self._wake.set())
            with self._store.waker.attended(JOB, self._wake.set):
                await self._run_due(conn, stop)
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)
            self._running.clear()
            await conn.close()

    async def _run_due(self, conn: asyncpg.Connection, stop: asyncio.Event) -> None:
        pace = Pace(PACE_S)
        while not stop.is_set():
            await asyncio.sleep(max(0.0, self._rests_until - time.monotonic()))
            await pace.keep()
            self._wake.clear()
            await self._release_ended(conn)
            await self._start_due(conn)
            await self._pause(stop)

    async def _start_due(self, conn: asyncpg.Connection) -> None:
        free = self._at_once - len(self._running)
        if free <= 0:
            return
        for row in await conn.fetch(_DUE, list(self._handlers), self._at_once * 4):
            job = DueJob(row["agency"], row["kind"], row["key"], json.loads(row["payload"]), row["attempts"])
            at = (job.agency, job.kind, job.key)
            if at in self._running or len(self._running) >= self._at_once:
                continue
            if await conn.fetchval("select pg_try_advisory_lock(hashtextextended($1, 0))", json.dumps(at)):
                task = asyncio.create_task(self._run_one(job))
                self._running[at] = task
                task.add_done_callback(lambda _task: self._wake.set())

    async def _pause(self, stop: asyncio.Event) -> None:
        """Wait until something may have to be done."""
        stopped = asyncio.create_task(stop.wait())
        woken = asyncio.create_task(self._wake.wait())
        await asyncio.wait({stopped, woken}, timeout=POLL_S, return_when=asyncio.FIRST_COMPLETED)
        for waiter in (stopped, woken):
            waiter.cancel()

    async def _release_ended(self, conn: asyncpg.Connection) -> None:
        for at in [at for at, task in self._running.items() if task.done()]:
            del self._running[at]
            await conn.execute("select pg_advisory_unlock(hashtextextended($1, 0))", json.dumps(at))

    async def _run_one(self, job: DueJob) -> None:
        begun = time.monotonic()
        try:
            await self._handlers[job.kind](job)
        except Exception:
            log.exception("job failed", extra={"kind": job.kind, "agency": job.agency, "attempts": job.attempts})
            with contextlib.suppress(*DATABASE_ERRORS):  # an outage is not counted: it is run again when that is over
                await self._store.pool.execute(_BACKOFF, job.agency, job.kind, job.key)
        ended = time.monotonic()
        self._rests_until = ended + min(LONGEST_REST_S, REST * (ended - begun))
