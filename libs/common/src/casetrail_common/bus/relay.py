"""The relay: publishes what the outbox lists, in order, and strikes it off.

One runs per database, holding an advisory lock; any other waits as a standby. If it dies at any line, what it was about
to strike off is published once more, and followers drop what they have.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from casetrail_common.bus.envelope import CE_ID, CE_TYPE, NOTE_TYPE, TRACEPARENT, LedgerRow, content_references, encode
from casetrail_common.bus.health import Health
from casetrail_common.bus.kafka import BrokerUnavailableError, Outgoing, Publisher
from casetrail_common.bus.topics import topic_of
from casetrail_common.bus.transient import Backoff, Pace, is_transient
from casetrail_common.failpoints import failpoint
from casetrail_common.ledger.content import ContentItem
from casetrail_common.ledger.store import Store
from casetrail_common.ledger.waking import OUTBOX
from casetrail_common.metrics import FACTS_PUBLISHED, OUTBOX_WAITING

log = logging.getLogger(__name__)

BATCH: Final = 500
"""Most messages sent before their acknowledgements are awaited."""
POLL_S: Final = 1.0
"""How long a row waits at the most if the notification that announced it was lost, in seconds."""
PACE_S: Final = 0.005
"""Seconds from the beginning of one round to the next at least: a round costs the same for one message as for fifty."""
STANDBY_S: Final = 0.5
"""How often a standby tries to take over, in seconds. Trying instead of waiting in the server: a waiting statement
would hold a snapshot, and the outbox, which lives on deletes, could not be vacuumed."""
LOCK: Final = "casetrail relay"
_TRY_LOCK: Final = "select pg_try_advisory_lock(hashtextextended($1, 0))"

_WAITING: Final = """
select o.id, o.agency, o.n, o.note, l.body, l.prev_hash, l.hash, l.recorded_at, l.traceparent
from outbox o left join ledger l on l.agency = o.agency and l.n = o.n order by o.id limit $1
"""


class Relay:
    """Carries one database's outbox to the service's topic."""

    def __init__(self, store: Store, dsn: str, publisher: Publisher, *, health: Health | None = None) -> None:
        self._service = store.service
        self._waker = store.waker
        self._dsn = dsn
        self._publisher = publisher
        self._health = health or Health()
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Run until cancelled, through any outage of the database or the broker."""
        backoff = Backoff()
        while True:
            try:
                async with _connected(self._dsn) as conn:
                    self._health.well("relay")
                    await self._take_over(conn)
                    backoff.reset()
                    with self._waker.attended(OUTBOX, self._wake.set):
                        await self._carry(conn)
            except Exception as error:
                if not is_transient(error):
                    log.exception("relaying failed", extra={"service": self._service})
                self._health.amiss("relay", f"database unavailable: {type(error).__name__}")
                await asyncio.sleep(backoff.next())

    async def _take_over(self, conn: asyncpg.Connection) -> None:
        while not await conn.fetchval(_TRY_LOCK, LOCK):  # noqa: ASYNC110 - the lock is in the server: nothing wakes us
            await asyncio.sleep(STANDBY_S)
        await conn.add_listener(OUTBOX, lambda *_: self._wake.set())
        conn.add_termination_listener(lambda *_: self._wake.set())

    async def _carry(self, conn: asyncpg.Connection) -> None:
        backoff, pace = Backoff(), Pace(PACE_S)
        while True:
            self._wake.clear()
            await pace.keep()
            rows = await conn.fetch(_WAITING, BATCH)
            if not rows:
                OUTBOX_WAITING.labels(self._service).set(0)
                await self._pause()
                continue
            if len(rows) == BATCH:
                OUTBOX_WAITING.labels(self._service).set(await conn.fetchval("select count(*) from outbox"))
            try:
                await self._publish(conn, rows)
            except BrokerUnavailableError as error:
                self._health.amiss("relay", "broker unavailable")
                log.warning("relay cannot publish", extra={"service": self._service, "error": str(error)})
                await asyncio.sleep(backoff.next())
            else:
                self._health.well("relay")
                backoff.reset()

    async def _publish(self, conn: asyncpg.Connection, rows: Sequence[asyncpg.Record]) -> None:
        content = await _content_of(conn, rows)
        messages = [self._message(row, content) for row in rows if not _is_void(row)]
        failpoint("relay.before_publish")
        await self._publisher.publish(messages)
        failpoint("relay.after_publish")
        await conn.execute("delete from outbox where id = any($1)", [row["id"] for row in rows])
        failpoint("relay.after_delete")
        FACTS_PUBLISHED.labels(self._service).inc(sum(row["n"] is not None for row in rows))

    def _message(self, row: asyncpg.Record, content: dict[bytes, ContentItem]) -> Outgoing:
        agency, topic = row["agency"], topic_of(self._service)
        if row["note"] is not None:
            headers = {CE_TYPE: NOTE_TYPE, CE_ID: json.loads(row["note"])["id"]}
            return Outgoing(topic, agency, row["note"], headers)
        fact = LedgerRow(
            self._service, agency, row["n"], row["body"], row["prev_hash"], row["hash"], row["recorded_at"]
        )
        items = [content[reference] for reference in content_references(fact.body) if reference in content]
        headers, value = encode(fact, items)
        if row["traceparent"]:
            headers[TRACEPARENT] = row["traceparent"]
        return Outgoing(topic, agency, value, headers)

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_S):
                await self._wake.wait()


def _is_void(row: asyncpg.Record) -> bool:
    """Whether the ledger row to be published is gone, which only tampering can do: comparing ledgers finds it."""
    void = row["note"] is None and row["body"] is None
    if void:
        log.error("a fact to be published is not in the ledger", extra={"agency": row["agency"], "n": row["n"]})
    return void


async def _content_of(conn: asyncpg.Connection, rows: Sequence[asyncpg.Record]) -> dict[bytes, ContentItem]:
    """Return what the bodies refer to and what has not been erased."""
    references = [one for row in rows if row["body"] is not None for one in content_references(row["body"])]
    if not references:
        return {}
    found = await conn.fetch(
        "select commitment, salt, bytes from content where commitment = any($1) and bytes is not null", references
    )
    return {row["commitment"]: ContentItem(row["commitment"], row["salt"], row["bytes"]) for row in found}


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """Hold a connection of our own, straight to the server: the lock and the notifications belong to it.

    All it writes is that something was published. Should the database forget that, it is published once more, so nobody
    waits for the disk.
    """
    settings = {"tcp_keepalives_idle": "10", "application_name": "relay", "synchronous_commit": "off"}
    conn = await asyncpg.connect(dsn, timeout=10, command_timeout=30, server_settings=settings)
    try:
        yield conn
    finally:
        conn.terminate()
