"""How a process of a service is put together: the same for all four, API and worker, in one process or apart."""

import asyncio
import gc
import logging
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import asyncpg
import uvicorn
import uvloop
from fastapi import APIRouter, FastAPI

from casetrail_common.auth import TokenVerifier
from casetrail_common.auth.tokens import verifier_from
from casetrail_common.bus.catchup import CatchUp
from casetrail_common.bus.control import NOTHING_PENDING, Ledgers
from casetrail_common.bus.kafka import Broker
from casetrail_common.bus.worker import BusSettings, Loop, Worker, run_worker
from casetrail_common.errors import CasetrailError
from casetrail_common.ids import Service
from casetrail_common.law import law_of
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.jobs import Handler, JobRunner
from casetrail_common.ledger.store import Store
from casetrail_common.ledger.view import AlsoKeep, React
from casetrail_common.logs import setup_logging
from casetrail_common.migrating import migrate
from casetrail_common.settings import Settings
from casetrail_common.telemetry import setup_telemetry
from casetrail_common.web import create_service_app
from casetrail_common.web.desk import Look

POOL_SIZE: Final = 10
"""Connections a process may hold; a command needs one for a few milliseconds."""

IDLE_CONNECTION_S: Final = 60.0
"""Seconds after which an idle connection is given back: a quiet machine holds few."""

FIRST_PAUSE_S: Final = 0.01
LONGEST_PAUSE_S: Final = 0.2
"""Seconds between two looks at what is awaited; they grow, since what has not come at once may take long."""

T = TypeVar("T")


YOUNG_OBJECTS: Final = 10_000
"""New objects after which the collector looks at them. A request makes a few hundred that are in use until it ends."""


@dataclass
class Process:
    """What a running process of a service holds; its pools and clients live as long as it does."""

    settings: Settings
    store: Store
    broker: Broker
    catch_up: CatchUp
    worker: Worker
    verifier: TokenVerifier
    ledgers: Ledgers
    own: Any = None
    """What only this service holds, made by its blueprint, such as an object store."""

    async def wait_followed(self, agency: str, positions: Mapping[Service, int]) -> None:
        """Wait until positions of other services have been followed.

        Raises
        ------
        CasetrailError
            `not_caught_up` if that takes longer than allowed.
        """
        if positions and not await self.catch_up.wait_followed(agency, positions, self.settings.position_wait_s):
            raise CasetrailError("not_caught_up", retry_after_s=1)

    async def settled(self, agency: str, look: Look[T]) -> T:
        """Return what is seen as soon as nothing more is awaited, or as it stands when the time is up.

        Holds no connection between two looks, so that waiting commands cannot starve the follower they wait for. The
        bell is rung by the follower if it runs in this process; otherwise the database is asked now and then.
        """
        end, pause_s = time.monotonic() + self.settings.deferred_wait_s, FIRST_PAUSE_S
        while True:
            async with self.store.reading(agency) as view:
                seen, is_settled = await look(view)
            left_s = end - time.monotonic()
            if is_settled or left_s <= 0:
                return seen
            await self.worker.bell.wait(min(pause_s, left_s))
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


@dataclass(frozen=True)
class Blueprint:
    """What makes one service differ from the others."""

    service: Service
    title: str
    description: str
    routers: Sequence[APIRouter]
    folds: Sequence[Fold[Any]]
    react: React
    keeps_content: bool = False
    also_keep: AlsoKeep | None = None
    pending: str = NOTHING_PENDING
    open_own: Callable[[Process, AsyncExitStack], Any] = field(default=lambda _process, _stack: None)
    """Makes what only this service holds."""
    jobs: Callable[[Process], Mapping[str, Handler]] = field(default=lambda _process: {})
    loops: Callable[[Process], Sequence[Loop]] = field(default=lambda _process: ())


@asynccontextmanager
async def open_process(blueprint: Blueprint, settings: Settings) -> AsyncIterator[Process]:
    """Open what a process of a service needs, and close it in the end."""
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(
            asyncpg.create_pool(
                settings.dsn(blueprint.service),
                min_size=1,
                max_size=POOL_SIZE,
                max_inactive_connection_lifetime=IDLE_CONNECTION_S,
                init=_prepare,
                reset=_leave_as_it_is,
            )
        )
        broker = Broker(settings.kafka_bootstrap)
        stack.push_async_callback(broker.close)
        worker = Worker()
        catch_up = CatchUp(blueprint.service, pool, broker, bell=worker.bell)
        store = Store(
            blueprint.service,
            pool,
            folds=blueprint.folds,
            react=blueprint.react,
            law_of=law_of,
            keeps_content=blueprint.keeps_content,
            also_keep=blueprint.also_keep,
            catch_up=lambda agency: catch_up.wait_to_end(agency, settings.rejection_wait_ms / 1000),
        )
        ledgers = Ledgers(store, pending=blueprint.pending, clock_may_be_set=settings.allow_test_clock)
        process = Process(settings, store, broker, catch_up, worker, verifier_from(settings), ledgers)
        process.own = blueprint.open_own(process, stack)
        yield process


async def _prepare(conn: asyncpg.Connection) -> None:
    """Have statements planned once per connection.

    Ours reach rows by their keys, whatever the values, and the one that writes a commit takes longer to plan than to
    run. Source: measured, the server spends a quarter less on a command.
    """
    await conn.execute("set plan_cache_mode = force_generic_plan")


async def _leave_as_it_is(_conn: asyncpg.Connection) -> None:
    """Give a connection back without a round trip that resets it: nobody leaves anything behind in its session.

    The driver itself still ends a transaction that was left open.
    """


def create_app(blueprint: Blueprint, process: Process) -> FastAPI:
    """Make the application of a service around a process that is open."""

    async def database() -> str | None:
        await process.store.pool.fetchval("select 1")
        return None

    async def worker() -> str | None:
        return ", ".join(f"{part}: {reason}" for part, reason in process.worker.health.reasons.items()) or None

    app = create_service_app(
        blueprint.service,
        title=blueprint.title,
        description=blueprint.description,
        settings=process.settings,
        verifier=process.verifier,
        routers=blueprint.routers,
        checks={"database": database, "worker": worker},
    )
    app.state.process = process
    app.state.store = process.store
    app.state.wait_followed = process.wait_followed
    app.state.settled = process.settled
    return app


async def work(blueprint: Blueprint, process: Process, stop: asyncio.Event) -> None:
    """Run the worker of a service until told to stop."""
    settings = process.settings
    dsn = settings.dsn(blueprint.service)
    jobs = JobRunner(process.store, blueprint.jobs(process), dsn=dsn)
    await run_worker(
        process.store,
        BusSettings(settings.kafka_bootstrap, dsn, settings.heads_interval_s, member=settings.kafka_member or None),
        process.ledgers,
        stop=stop,
        loops=(jobs.run, *blueprint.loops(process)),
        worker=process.worker,
    )


def run_api(blueprint: Blueprint) -> None:
    """Serve the API of one service in a process of its own, where the settings say."""
    settings = _begin(blueprint, "api")

    async def serve() -> None:
        async with open_process(blueprint, settings) as process:
            config = uvicorn.Config(
                create_app(blueprint, process), host=settings.api_host, port=settings.api_port, log_config=None
            )
            spare_the_lasting()
            await uvicorn.Server(config).serve()

    _run(serve())


def run_worker_process(blueprint: Blueprint) -> None:
    """Run the worker of one service in a process of its own; SIGTERM and SIGINT stop it."""
    settings = _begin(blueprint, "worker")
    migrate(blueprint.service, settings)

    async def run() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with open_process(blueprint, settings) as process:
            spare_the_lasting()
            await work(blueprint, process, stop)

    _run(run())


def spare_the_lasting() -> None:
    """Have the collector of cycles pass over what is there now: code, models, routes, which stay as long as we do.

    Looking through them takes a tenth of a second, in which nothing else is done, and comes whenever the heap has grown
    by a quarter.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)


def _run(main: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)


def _begin(blueprint: Blueprint, part: str) -> Settings:
    settings = Settings()
    name = f"casetrail-{blueprint.service}-{part}"
    setup_logging(process_name=name, level=settings.log_level)
    setup_telemetry(settings, service_name=name)
    logging.getLogger(__name__).info("starting")
    return settings
