"""Answering the other services' requests.

What their followers must hear in its place among the facts goes through the outbox to the service's own topic: facts
again, and how long a log is. What only the asker waits for goes straight to a topic that only askers read; should it be
lost, it is asked for again.
"""

import asyncio
import json
import logging
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from casetrail_common.bus.envelope import CE_ID, CE_TYPE, NOTE_TYPE
from casetrail_common.bus.gaps import PAGE
from casetrail_common.bus.health import Health
from casetrail_common.bus.kafka import (
    Broker,
    BrokerUnavailableError,
    LayoutError,
    LogMovedError,
    Message,
    Outgoing,
    Place,
    Publisher,
    Subscription,
)
from casetrail_common.bus.messages import Held, Note, Request, Status
from casetrail_common.bus.progress import Bell
from casetrail_common.bus.topics import ALL_TOPICS, ANSWERS_TOPIC, CONTROL_TOPIC
from casetrail_common.bus.transient import Backoff, is_transient
from casetrail_common.ledger.store import Store
from casetrail_common.outages import DATABASE_ERRORS

log = logging.getLogger(__name__)

HEADS_PAGE: Final = 500
COMMIT_EVERY_S: Final = 2.0
"""Seconds between two commits of how far requests were read: whoever restarts answers the last few once more, and
nobody waits for that."""
REST_S: Final = 0.4
"""Seconds that a status waits at the most until nothing of the agency moves: one answer instead of several."""
_FIRST_LOOK_S: Final = 0.005
_LONGEST_LOOK_S: Final = 0.03

_PUBLISH_RANGE: Final = """
with again as (
  insert into outbox (agency, n) select agency, n from ledger where agency = $1 and n between $2 and $3 order by n
)
select n, pg_notify('outbox', '') from agency_head where agency = $1
"""
_HEADS: Final = "select agency, n from agency_head where agency > $1 and n > 0 order by agency limit $2"
_NOTES: Final = """
with notes as (insert into outbox (agency, note) select * from unnest($1::text[], $2::bytea[]))
select pg_notify('outbox', '')
"""
_STATUS: Final = """
select coalesce(h.n, 0) as n, h.simulated, nullif(h.last, '1970-01-01T00:00:00Z') as last,
  (select coalesce(jsonb_object_agg(f.service, f.n), '{}')::text from followed f where f.agency = a.agency) as followed,
  (select count(*) from waiting w where w.agency = a.agency) as waiting,
  (select count(*) from job j where j.agency = a.agency) + (PENDING) as jobs,
  (select coalesce(jsonb_agg(p), '[]')::text from
    (select distinct service, stream from parked where agency = a.agency order by 1, 2 limit 5) p) as parked
from (select $1::text as agency) a left join agency_head h on h.agency = a.agency
"""
_SET_CLOCK: Final = """
insert into agency_head (agency, simulated) values ($1, $2)
on conflict (agency) do update set simulated = greatest(agency_head.simulated, excluded.simulated)
"""

NOTHING_PENDING: Final = "0"
"""SQL that counts work of the agency `$1` that is no row in `job`: for most services there is none."""


class Ledgers:
    """What others may ask of a service's ledgers, answered from its database."""

    def __init__(self, store: Store, *, pending: str = NOTHING_PENDING, clock_may_be_set: bool = False) -> None:
        self._store = store
        self._status = _STATUS.replace("PENDING", pending)
        self._clock_may_be_set = clock_may_be_set

    async def status(self, agency: str) -> Status:
        """Return how far the service is with an agency: one moment's look, without its lock."""
        row = await self._store.pool.fetchrow(self._status, agency)
        return Status(
            service=self._store.service,
            n=row["n"],
            followed=json.loads(row["followed"]),
            waiting=row["waiting"],
            parked=[Held.model_validate(held) for held in json.loads(row["parked"])],
            jobs=row["jobs"],
            simulated=row["simulated"],
            last=row["last"],
        )

    async def rest(self, agency: str, heads: Mapping[str, int], bell: Bell) -> Status:
        """Return how far the service is once it has followed some heads and nothing of the agency moves in it."""
        deadline, pause = time.monotonic() + REST_S, _FIRST_LOOK_S
        while True:
            status = await self.status(agency)
            if not status.lacks(heads) or status.parked or time.monotonic() > deadline:
                return status
            await bell.wait(pause)
            pause = min(pause * 2, _LONGEST_LOOK_S)

    async def set_clock(self, agency: str, now: datetime) -> Status:
        """Set the simulated clock of an agency, which never goes back, and return how far the service is.

        Not through a locked transaction: that would record the real time as the end of the log of an agency whose clock
        is being set for the first time.
        """
        if self._clock_may_be_set:
            await self._store.pool.execute(_SET_CLOCK, agency, now)
        else:
            log.warning("the clock was not set: this deployment does not allow it", extra={"agency": agency})
        return await self.status(agency)

    async def publish_range(self, agency: str, first: int, last: int) -> int:
        """Have facts published again; return the last position of the log."""
        last = min(last, first + PAGE - 1)
        return await self._store.pool.fetchval(_PUBLISH_RANGE, agency, first, last) or 0

    async def close_past(self, agency: str) -> tuple[int, datetime]:
        """Return (n, t): every fact recorded before t is among the first n, for ever."""
        async with self._store.locked(agency) as tx:
            tx.hold_now()
            return tx.n, tx.now

    async def publish_notes(self, notes: Iterable[Note]) -> None:
        """Have answers published. They follow every fact that was committed before."""
        listed = list(notes)
        await self._store.pool.execute(_NOTES, [note.agency for note in listed], [note.encode() for note in listed])

    async def publish_heads(self, request: Request) -> None:
        """Have the length of every log published."""
        after = ""
        while rows := await self._store.pool.fetch(_HEADS, after, HEADS_PAGE):
            await self.publish_notes(
                Note(kind="heads", request=request.id, owner=request.owner, agency=row["agency"], n=row["n"])
                for row in rows
            )
            after = rows[-1]["agency"]


class Control:
    """Reads the control topic and answers what is addressed to this service."""

    def __init__(
        self,
        store: Store,
        ledgers: Ledgers,
        broker: Broker,
        publisher: Publisher,
        *,
        bootstrap: str,
        health: Health,
        bell: Bell,
        member: str | None = None,
    ) -> None:
        self._store = store
        self._ledgers = ledgers
        self._broker = broker
        self._publisher = publisher
        self._bootstrap = bootstrap
        self._health = health
        self._bell = bell
        self._member = member
        self._resting: set[asyncio.Task[None]] = set()
        self._uncommitted: dict[Place, int] = {}
        self._committed_at = 0.0

    async def run(self) -> None:
        """Run until cancelled."""
        try:
            await self._keep_answering()
        finally:
            for task in self._resting:
                task.cancel()

    async def _keep_answering(self) -> None:
        backoff = Backoff()
        while True:
            try:
                await self._broker.ensure(ALL_TOPICS)
                async with self._subscription() as subscription:
                    self._health.well("control")
                    self._uncommitted.clear()
                    backoff.reset()
                    while True:
                        await self._answer_all(subscription, await subscription.read(wait_s=1.0, at_most=100))
            except Exception as error:
                expected = isinstance(error, BrokerUnavailableError | LayoutError | LogMovedError)
                if not expected and not is_transient(error):
                    log.exception("answering requests failed", extra={"service": self._store.service})
                self._health.amiss("control", type(error).__name__)
                await asyncio.sleep(backoff.next())

    def _subscription(self) -> Subscription:
        return Subscription(
            self._bootstrap,
            group=f"casetrail.{self._store.service}.control",
            topics=[CONTROL_TOPIC],
            starts=None,
            member=self._member,
        )

    async def _answer_all(self, subscription: Subscription, messages: list[Message]) -> None:
        for message in messages:
            try:
                request = Request.model_validate_json(message.value)
            except ValueError:
                log.warning("a request could not be read", extra={"offset": message.offset})
                continue
            if request.owner == self._store.service:
                await self._answer(request)
        self._uncommitted |= {message.place: message.offset + 1 for message in messages}
        now = time.monotonic()
        if self._uncommitted and now - self._committed_at >= COMMIT_EVERY_S:
            await subscription.commit(self._uncommitted)
            self._uncommitted, self._committed_at = {}, now

    async def _answer(self, request: Request) -> None:
        match request:
            case Request(kind="heads"):
                await self._ledgers.publish_heads(request)
            case Request(kind="range", agency=str(agency), first=int(first), last=int(last)):
                n = await self._ledgers.publish_range(agency, first, last)
                note = Note(request=request.id, owner=self._store.service, agency=agency, kind="heads", n=n)
                await self._ledgers.publish_notes([note])
            case Request(kind="watermark", agency=str(agency)):
                n, t = await self._ledgers.close_past(agency)
                await self._reply(request, agency, kind="watermark", n=n, t=t)
            case Request(kind="clock", agency=str(agency), now=datetime() as now):
                status = await self._ledgers.set_clock(agency, now)
                await self._reply(request, agency, kind="status", n=status.n, status=status)
            case Request(kind="status", agency=str(agency)):
                # Aside, so that nobody else's request waits.
                resting = asyncio.create_task(self._tell_at_rest(request, agency))
                self._resting.add(resting)
                resting.add_done_callback(self._resting.discard)
            case _:
                log.warning("a request lacks what its kind needs", extra={"kind": request.kind, "asker": request.asker})

    async def _tell_at_rest(self, request: Request, agency: str) -> None:
        try:
            status = await self._ledgers.rest(agency, request.heads, self._bell)
            await self._reply(request, agency, kind="status", n=status.n, status=status)
        except (BrokerUnavailableError, *DATABASE_ERRORS) as error:
            log.info("a status was not told and will be asked for again: %s", type(error).__name__)

    async def _reply(self, request: Request, agency: str, **answer: Any) -> None:
        note = Note(request=request.id, owner=self._store.service, agency=agency, **answer)
        headers = {CE_TYPE: NOTE_TYPE, CE_ID: note.id}
        await self._publisher.publish([Outgoing(ANSWERS_TOPIC, agency, note.encode(), headers)])
