"""Seeing when facts become visible in archive's projection, from outside: by looking at its table."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import asyncpg

LOOK_EVERY_S: Final = 0.005
"""Seconds between two looks: what is said of latency is later than the truth by up to this. Looking more often would
take from the machine what it measures."""

_TO_BE_JUDGED: Final = "select exists (select from job where kind like 'judge%')"
_FOLLOWED: Final = "select agency, n from followed where service = 'intake' and agency = any ($1)"


@dataclass
class Watch:
    """Waits for facts of intake to be followed by archive."""

    conn: asyncpg.Connection
    agencies: list[str]
    durations_s: list[float] = field(default_factory=list)
    """From the instant given for each fact to the one at which it was seen."""
    last_seen: float = 0.0
    _awaited: defaultdict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    def expect(self, agency: str, position: str, *, since: float) -> None:
        """Wait for a fact, named as answers name it: `intake:42`."""
        self._awaited[agency][int(position.partition(":")[2])] = since
        self._idle.clear()

    async def look(self) -> None:
        """Look again and again."""
        while True:
            rows = await self.conn.fetch(_FOLLOWED, self.agencies)
            now = time.perf_counter()
            for row in rows:
                awaited = self._awaited[row["agency"]]
                for n in [n for n in awaited if n <= row["n"]]:
                    self.durations_s.append(max(0.0, now - awaited.pop(n)))
                    self.last_seen = now
            if not any(self._awaited.values()):
                self._idle.set()
            await asyncio.sleep(LOOK_EVERY_S)

    async def all_seen(self, within_s: float) -> bool:
        """Wait until nothing is awaited any more; after so long forget what did not come, and return False."""
        try:
            async with asyncio.timeout(within_s):
                await self._idle.wait()
        except TimeoutError:
            self._awaited.clear()
            return False
        return True


@asynccontextmanager
async def watching(dsn: str, agencies: Iterable[str]) -> AsyncIterator[Watch]:
    """Look at archive's database for as long as this is open."""
    conn = await asyncpg.connect(dsn)
    watch = Watch(conn, list(agencies))
    looking = asyncio.create_task(watch.look())
    try:
        yield watch
    finally:
        looking.cancel()
        await asyncio.wait({looking})
        await conn.close()


async def until_judged(dsn: str, within_s: float) -> bool:
    """Wait until archive has judged everything, so that one measurement does not burden the next; at most so long."""
    conn = await asyncpg.connect(dsn)
    deadline = time.perf_counter() + within_s
    try:
        while await conn.fetchval(_TO_BE_JUDGED):
            if time.perf_counter() > deadline:
                return False
            await asyncio.sleep(0.05)
    finally:
        await conn.close()
    return True
