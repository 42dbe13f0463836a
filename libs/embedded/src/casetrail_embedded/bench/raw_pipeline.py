"""The limit of the pipeline: as many bytes through the same database and the same broker, with nothing in between."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from casetrail_common.bus.kafka import Broker, Outgoing, Publisher, open_tail
from casetrail_common.runtime import POOL_SIZE
from casetrail_embedded.bench.timings import Round

TOPIC: Final = "casetrail.bench.v1"
DATABASE: Final = "casetrail_bench"
NUMBER_BYTES: Final = 8
ALL_READ_WITHIN_S: Final = 30.0


@dataclass
class RawPipeline:
    """Inserts a row, publishes the same bytes idempotently, and reads them back."""

    pool: asyncpg.Pool
    publisher: Publisher
    payload: bytes
    awaited: dict[int, float] = field(default_factory=dict)
    durations_s: list[float] = field(default_factory=list)
    last_read: float = 0.0
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when everything written has been read back."""
    _next: int = 0

    async def run(self, keys: list[str], *, at_once: int, seconds: float) -> Round:
        """Work side by side, with as many keys as there would be agencies, and wait until everything is read back."""
        begun = time.perf_counter()
        first = self._next
        self.durations_s.clear()
        await asyncio.gather(*(self._write(keys[i % len(keys)], until=begun + seconds) for i in range(at_once)))
        async with asyncio.timeout(ALL_READ_WITHIN_S):
            await self.idle.wait()
        return Round(self._next - first, self.last_read - begun, tuple(self.durations_s))

    async def _write(self, key: str, *, until: float) -> None:
        while (now := time.perf_counter()) < until:
            number, self._next = self._next, self._next + 1
            self.awaited[number] = now
            self.idle.clear()
            value = number.to_bytes(NUMBER_BYTES) + self.payload
            await self.pool.execute("insert into raw (id, body) values ($1, $2)", number, value)
            await self.publisher.publish([Outgoing(TOPIC, key, value)])

    async def read(self, bootstrap: str, open_: asyncio.Event) -> None:
        """Read back what is published, for ever."""
        async with open_tail(bootstrap, [TOPIC]) as tail:
            open_.set()
            while True:
                for _headers, value in await tail.read():
                    began = self.awaited.pop(int.from_bytes(value[:NUMBER_BYTES]))
                    self.last_read = time.perf_counter()
                    self.durations_s.append(self.last_read - began)
                if not self.awaited:
                    self.idle.set()


@asynccontextmanager
async def raw_pipeline(superuser_dsn: str, bootstrap: str, *, payload_bytes: int) -> AsyncIterator[RawPipeline]:
    """Make a table and a topic beside those of the services, and read the topic for as long as this is open."""
    await _make_database(superuser_dsn)
    broker, publisher = Broker(bootstrap), Publisher(bootstrap)
    dsn = f"{superuser_dsn.rpartition('/')[0]}/{DATABASE}"
    async with asyncpg.create_pool(dsn, min_size=1, max_size=POOL_SIZE) as pool:
        await pool.execute("create table raw (id bigint primary key, body bytea not null)")
        await broker.ensure((TOPIC,))
        raw = RawPipeline(pool, publisher, secrets.token_bytes(payload_bytes - NUMBER_BYTES))
        is_open = asyncio.Event()
        reading = asyncio.create_task(raw.read(bootstrap, is_open))
        try:
            await is_open.wait()
            yield raw
        finally:
            reading.cancel()
            await asyncio.wait({reading})
            await publisher.close()
            await broker.close()


async def _make_database(superuser_dsn: str) -> None:
    conn = await asyncpg.connect(superuser_dsn)
    try:
        await conn.execute(f"create database {DATABASE}")
    finally:
        await conn.close()
