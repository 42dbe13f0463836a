"""One worker: relay, follower, control and jobs of a service, under one roof until told to stop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final

from casetrail_common.bus.control import Control, Ledgers
from casetrail_common.bus.follower import MAX_PARKED_STREAMS, Follower
from casetrail_common.bus.health import Health
from casetrail_common.bus.kafka import Broker, Publisher
from casetrail_common.bus.progress import Bell
from casetrail_common.bus.questions import Questions
from casetrail_common.bus.relay import Relay
from casetrail_common.ledger.store import Store

log = logging.getLogger(__name__)

CANCEL_AGAIN_S: Final = 8.0
"""Longer than any part takes to close what it holds."""

Loop = Callable[[asyncio.Event], Awaitable[None]]
"""Work that runs until the event is set, such as `JobRunner.run`."""


@dataclass(frozen=True, slots=True)
class BusSettings:
    """What a worker needs to know of its surroundings."""

    bootstrap: str
    """Brokers, `host:port` separated by commas."""
    dsn: str
    """The service's database, reached directly: advisory locks and notifications do not pass a pooler."""
    heads_interval_s: float = 3600.0
    """Seconds between two rounds of asking every service for its heads."""
    max_parked: int = MAX_PARKED_STREAMS
    """Parked streams above which following stops."""
    member: str | None = None
    """Name of this worker among the workers of its service, the same after a restart; None if it has none to keep."""
    replication: int = 1
    """Copies of each topic that the cluster keeps, when topics are made."""


@dataclass
class Worker:
    """What a running worker shares with others in its process."""

    health: Health = field(default_factory=Health)
    bell: Bell = field(default_factory=Bell)


async def run_worker(
    store: Store,
    settings: BusSettings,
    ledgers: Ledgers,
    *,
    stop: asyncio.Event,
    loops: tuple[Loop, ...] = (),
    worker: Worker | None = None,
) -> None:
    """Run a service's worker until told to stop.

    Parameters
    ----------
    ledgers
        Answers the other services; the same object serves the clock in this process.
    loops
        Further work of the service: its jobs, its timers.
    """
    worker = worker or Worker()
    async with AsyncExitStack() as stack:
        broker = Broker(settings.bootstrap, replication=settings.replication)
        stack.push_async_callback(broker.close)
        publisher = Publisher(settings.bootstrap)
        stack.push_async_callback(publisher.close)
        questions = Questions(store.service, store.pool, publisher, heads_interval_s=settings.heads_interval_s)
        relay = Relay(store, settings.dsn, publisher, health=worker.health)
        control = Control(
            store,
            ledgers,
            broker,
            publisher,
            bootstrap=settings.bootstrap,
            health=worker.health,
            bell=worker.bell,
            member=settings.member,
        )
        follower = Follower(
            store,
            broker,
            questions,
            bootstrap=settings.bootstrap,
            bell=worker.bell,
            health=worker.health,
            max_parked=settings.max_parked,
            member=settings.member,
        )
        for part in ("relay", "control", "follower"):
            worker.health.amiss(part, "starting")
        async with asyncio.TaskGroup() as group:
            for loop in loops:
                group.create_task(_as_coroutine(loop, stop))
            endless = [group.create_task(keep_running(part.run)) for part in (relay, control, questions, follower)]
            await stop.wait()
            await _end(endless)


async def keep_running(run: Callable[[], Awaitable[None]], *, pause_s: float = 1.0) -> None:
    """Run what has no end; should it take a cancellation that nobody asked for as its own, start it again.

    Without this a part could end without a word: to a group of tasks, one that was cancelled is no failure.
    """
    while True:
        try:
            await run()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
        log.error("a part of the worker ended by itself and is started again")
        await asyncio.sleep(pause_s)


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    """Cancel tasks until they have ended: the client library may take one cancellation for its own."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_AGAIN_S)


async def _as_coroutine(loop: Loop, stop: asyncio.Event) -> None:
    await loop(stop)
