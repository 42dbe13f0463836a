"""How far each partition has been handled, and a bell that rings in this process whenever following has moved."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from typing import Final

import asyncpg

from casetrail_common.bus.kafka import Place
from casetrail_common.ledger.writes import PROGRESS

_SAVE: Final = PROGRESS.format("$1", "$2", "$3")


async def save(conn: asyncpg.Connection, ends: Mapping[Place, int]) -> None:
    """Say that everything before these offsets has been handled. Topics are named with their id (`progress_name`)."""
    if ends:
        await conn.execute(
            _SAVE, [topic for topic, _ in ends], [partition for _, partition in ends], list(ends.values())
        )


async def load(conn: asyncpg.Connection, topics: Iterable[str]) -> dict[Place, int]:
    """Return where to go on in the partitions of topics, named with their id."""
    rows = await conn.fetch("select * from progress where topic = any($1)", list(topics))
    return {(row["topic"], row["partition"]): row["next_offset"] for row in rows}


async def forget(conn: asyncpg.Connection, places: Iterable[Place]) -> None:
    """Begin again in these places: their log was cut."""
    await conn.executemany("delete from progress where topic = $1 and partition = $2", list(places))


async def forget_other_topics(conn: asyncpg.Connection, current: Iterable[str]) -> None:
    """Drop progress in topics that exist no more."""
    await conn.execute("delete from progress where not topic = any($1)", list(current))


class Bell:
    """Wakes those in this process who wait for following to move; others poll."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._waiting = 0
        self._wanted = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits."""
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()

    async def wait(self, at_most_s: float) -> None:
        """Wait until it rings, or for so long."""
        self._waiting += 1
        self._wanted.set()
        try:
            await _either(self._rung, at_most_s)
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._wanted.clear()

    async def wanted(self, at_most_s: float) -> None:
        """Wait until somebody waits for it to ring, or for so long."""
        await _either(self._wanted, at_most_s)


async def _either(event: asyncio.Event, at_most_s: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(at_most_s):
            await event.wait()
