"""Everything a service has taken in of one agency, in an order in which it may have come.

Its own facts come in the order of their positions, and another's in the order of theirs. How the logs were interleaved
is written in the facts: `seen` of an own fact says how far each other log had been followed when it was appended, and
`seen` of a followed one what had to come before it. Where that leaves the order open, nothing may depend on it.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

import asyncpg

from casetrail_common.ids import Service
from casetrail_common.ledger.fact import Fact, decode_fact

AT_ONCE: Final = 500
"""Facts read at a time: a log need not fit into memory."""

_LOG: Final = "select body, prev_hash, hash from ledger where agency = $1 and n <= $2 order by n"


class LogTooShortError(Exception):
    """A log ends before what was followed of it, or a cause is missing: `verify-ledger` tells more."""


async def replay(conns: Mapping[Service, asyncpg.Connection], me: Service, agency: str) -> AsyncIterator[Fact]:
    """Yield the own facts, and before each what had been followed when it was appended; then whatever else was.

    Parameters
    ----------
    conns
        All four databases, each in a transaction.

    Raises
    ------
    LogTooShortError
        If a log does not hold what was followed of it.
    """
    rows = await conns[me].fetch("select service, n from followed where agency = $1", agency)
    followed: dict[str, int] = {row["service"]: row["n"] for row in rows}
    own = _Log(me, conns[me], agency, last=await _head(conns[me], agency))
    others = _Others(
        {name: _Log(name, conn, agency, last=followed.get(name, 0)) for name, conn in conns.items() if name != me}
    )
    while (fact := await own.peek()) is not None:
        async for earlier in others.up_to(fact.seen):
            yield earlier
        yield own.take(fact)
    async for late in others.up_to(followed):
        yield late


async def _head(conn: asyncpg.Connection, agency: str) -> int:
    return await conn.fetchval("select n from agency_head where agency = $1", agency) or 0


class _Log:
    """One log, read forward."""

    def __init__(self, service: Service, conn: asyncpg.Connection, agency: str, *, last: int) -> None:
        self.service = service
        self.taken = 0
        self._rows = aiter(conn.cursor(_LOG, agency, last, prefetch=AT_ONCE))
        self._next: Fact | None = None

    async def peek(self) -> Fact | None:
        """Return the next fact without taking it."""
        if self._next is None and (row := await anext(self._rows, None)) is not None:
            self._next = decode_fact(row["body"], prev_hash=row["prev_hash"], hash_=row["hash"])
        return self._next

    def take(self, fact: Fact) -> Fact:
        """Take the next fact."""
        self.taken, self._next = fact.n, None
        return fact


@dataclass
class _Others:
    """The logs of the other services, merged so that causes come before effects."""

    logs: Mapping[Service, _Log]

    async def up_to(self, bounds: Mapping[str, int]) -> AsyncIterator[Fact]:
        """Yield what has not been taken yet, up to these positions."""
        behind = list(self.logs.values())
        while behind := [log for log in behind if log.taken < bounds.get(log.service, 0)]:
            moved = False
            for log in behind:
                while log.taken < bounds[log.service] and (fact := await self._ready(log)) is not None:
                    moved = True
                    yield log.take(fact)
            if not moved:
                raise LogTooShortError(f"the log of {behind[0].service} lacks position {behind[0].taken + 1}")

    async def _ready(self, log: _Log) -> Fact | None:
        fact = await log.peek()
        if fact is None:
            return None
        causes = [other for other in self.logs.values() if other is not log]
        return fact if all(other.taken >= fact.seen.get(other.service, 0) for other in causes) else None
