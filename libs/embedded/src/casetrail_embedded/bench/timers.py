"""What a tick costs, with ever so many timers that are not due."""

import asyncio
import statistics
import time
from typing import Final

import asyncpg

from casetrail_embedded.bench.timings import MS

OPEN: Final = 100_000
"""Timers of as many open cases, none of them due for a year."""
DUE: Final = 10
ROUNDS: Final = 5
FIRED_WITHIN_S: Final = 20.0

_OPEN: Final = """
insert into timer (agency, scope, rule, subject, percent, due_at, fire_at)
select $1, 'case-' || n, 'henan-2019/21.1', 'case-' || n, 100, at, at + interval '1 second'
from (select n, now() + interval '1 year' + n * interval '1 minute' as at from generate_series(1, $2) n) open
"""
_DUE: Final = """
insert into timer (agency, scope, rule, subject, percent, due_at, fire_at)
select $1, s.id, 'henan-2019/21.1', s.id, 50, now() + interval '1 day', now() - interval '1 second'
from snapshot s where s.agency = $1 and s.kind = 'case' limit $2
"""
_LEFT: Final = "select count(*) from timer where agency = $1 and fire_at <= now()"


async def open_timers(conn: asyncpg.Connection, agency: str) -> None:
    """Let an agency have as many timers as open cases, none due."""
    await conn.execute(_OPEN, agency, OPEN)
    await conn.execute("analyze timer")


async def tick_ms(conn: asyncpg.Connection, agency: str) -> float:
    """Return how long it takes until ten due timers have fired, from the moment that the worker is told."""
    each = []
    for _ in range(ROUNDS):
        async with conn.transaction():
            await conn.execute(_DUE, agency, DUE)
            await conn.execute("select pg_notify('clock', $1)", agency)
        begun = time.perf_counter()
        async with asyncio.timeout(FIRED_WITHIN_S):
            while await conn.fetchval(_LEFT, agency):  # noqa: ASYNC110  another process fires them
                await asyncio.sleep(0.001)
        each.append(time.perf_counter() - begun)
    return statistics.median(each) * MS
