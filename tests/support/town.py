"""Four ledgers and a bus, without the services: for tests of what lies between them."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import asyncpg

from casetrail_common.bus.control import Ledgers
from casetrail_common.bus.kafka import Broker
from casetrail_common.bus.worker import BusSettings, Worker, run_worker
from casetrail_common.facts import ContentRef
from casetrail_common.facts.common import IncidentRecordedV1
from casetrail_common.facts.intake import PersonRegisteredV1
from casetrail_common.ids import SERVICES, Service, stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.content import ContentItem
from casetrail_common.ledger.fact import Actor, Fact
from casetrail_common.ledger.schema import GUARDS, LOCK_AGENCY, TABLES, grants
from casetrail_common.ledger.store import Store
from casetrail_common.ledger.view import Clause, Consequences, View

APP = "town_app"
ECHO = "echo"
"""A fact with this code makes media and review append one of their own that says `echoed`."""

APPLIED = """
create table applied (id bigint generated always as identity, agency text, service text, n bigint, stream text);
grant select, insert on applied to town_app;
"""

APPLY = """
insert into applied (agency, service, n, stream) select $1, f.service, f.n, f.stream
from unnest({0}::text[], {1}::bigint[], {2}::text[]) with ordinality as f (service, n, stream, i) order by f.i
"""


def incident(agency: str, item: str, *, code: str = "worm_protected") -> NewFact:
    """Return some fact in a stream of its own item."""
    return NewFact(stream_name("case", agency, item), IncidentRecordedV1(item=item, code=code, command="test"))


def person(agency: str, name: ContentItem) -> NewFact:
    """Return a fact about somebody whose name is content."""
    who = name.commitment.hex()[:8]
    payload = PersonRegisteredV1(person=who, name=ContentRef(sha256=name.commitment.hex()), kind="outside", roles=[])
    return NewFact(stream_name("person", agency, who), payload)


class Stubborn(Exception):  # noqa: N818 - what a handler that cannot cope raises
    """A fact that this service cannot handle yet."""


@dataclass
class Node:
    """One service: a ledger, and a worker when it is started."""

    service: Service
    dsn: str
    bootstrap: str
    pool: asyncpg.Pool
    stumbles_over: set[str] = field(default_factory=set)
    """Items whose facts cannot be handled."""
    breaks_over: set[str] = field(default_factory=set)
    """Items whose facts make the transaction itself fail."""
    member: str = "first"
    max_parked: int = 100
    heads_interval_s: float = 3600.0
    worker: Worker = field(default_factory=Worker)
    running: "asyncio.Task[None] | None" = None
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.store = Store(
            self.service,
            self.pool,
            react=self.react,
            also_keep=note_applied,
            keeps_content=self.service == "archive",
        )
        self.ledgers = Ledgers(self.store, clock_may_be_set=True)

    async def react(self, fact: Fact, view: View) -> Consequences:
        """Echo, or stumble."""
        payload = fact.payload
        if not isinstance(payload, IncidentRecordedV1) or fact.service == self.service:
            return Consequences()
        if payload.item in self.stumbles_over:
            raise Stubborn
        if payload.item in self.breaks_over:
            raise asyncpg.UniqueViolationError("as if a row were there already")
        if payload.code == ECHO and self.service in ("media", "review"):
            return Consequences(facts=(incident(view.agency, payload.item, code="echoed"),))
        return Consequences()

    async def append(self, agency: str, items: Iterable[str], *, code: str = "worm_protected") -> None:
        """Append a fact for each item."""
        async with self.store.locked(agency) as tx:
            await tx.append([incident(agency, item, code=code) for item in items], actor=Actor("tester"))

    async def append_people(self, agency: str, content: Sequence[ContentItem]) -> None:
        """Append a fact for each piece of content that refers to it."""
        async with self.store.locked(agency) as tx:
            await tx.append([person(agency, item) for item in content], actor=Actor("tester"), content=content)

    async def followed(self, agency: str) -> dict[str, int]:
        """Return how far the others are followed."""
        rows = await self.pool.fetch("select service, n from followed where agency = $1", agency)
        return {row["service"]: row["n"] for row in rows}

    async def applied(self, agency: str) -> list[tuple[str, int]]:
        """Return what was applied, in order, repeats included."""
        rows = await self.pool.fetch("select service, n from applied where agency = $1 order by id", agency)
        return [(row["service"], row["n"]) for row in rows]

    async def follows(self, agency: str, service: str, n: int, *, at_most_s: float = 300.0) -> None:
        """Wait until a position is followed."""
        async with asyncio.timeout(at_most_s):
            while (await self.followed(agency)).get(service, 0) < n:
                await self.worker.bell.wait(0.1)

    async def comes_to(self, query: str, value: object, *, at_most_s: float = 300.0) -> None:
        """Wait until a query over the service's database yields a value."""
        async with asyncio.timeout(at_most_s):
            while await self.pool.fetchval(query) != value:
                await self.worker.bell.wait(0.1)

    async def becomes(self, *, ready: bool, at_most_s: float = 300.0) -> None:
        """Wait until the worker says that it is ready, or that it is not."""
        async with asyncio.timeout(at_most_s):
            while self.worker.health.ready != ready:
                await self.worker.bell.wait(0.05)

    def start(self) -> None:
        """Start the worker in this process."""
        self.stop = asyncio.Event()
        settings = BusSettings(
            self.bootstrap,
            self.dsn,
            heads_interval_s=self.heads_interval_s,
            max_parked=self.max_parked,
            member=self.member,
        )
        self.running = asyncio.create_task(
            run_worker(self.store, settings, self.ledgers, stop=self.stop, worker=self.worker)
        )

    async def halt(self) -> None:
        """Stop the worker as on SIGTERM."""
        if self.running is not None:
            self.stop.set()
            await self.running
            self.running = None


def note_applied(facts: list[Fact]) -> Clause:
    """Keep a trace of each application, in order, so that one too many shows."""
    return APPLY, [[getattr(fact, name) for fact in facts] for name in ("service", "n", "stream")]


@dataclass
class Town:
    """The four of them."""

    nodes: dict[Service, Node]
    broker: Broker

    def __getitem__(self, service: Service) -> Node:
        return self.nodes[service]

    def twin(self, service: Service) -> Node:
        """Return a second worker over the same database; the test halts it."""
        node = self.nodes[service]
        return Node(node.service, node.dsn, node.bootstrap, node.pool, member="second")

    def start(self, *services: Service) -> None:
        """Start workers; all of them unless some are named."""
        for service in services or SERVICES:
            self.nodes[service].start()


def new_agency() -> str:
    """Return an agency no other test uses."""
    return f"t-{secrets.token_hex(4)}"


def now() -> datetime:
    """Return the real time."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_town(superuser_dsn: str, bootstrap: str) -> AsyncIterator[Town]:
    """Make four fresh databases on a server, and nodes over them; workers are started by the test."""
    name = f"town_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(superuser_dsn)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(admin.close)
        with suppress(asyncpg.DuplicateObjectError):
            await admin.execute(f"create role {APP} login password '{APP}'")
        nodes: dict[Service, Node] = {}
        for service in SERVICES:
            database = f"{name}_{service}"
            await admin.execute(f"create database {database}")
            dsn = await _fill(superuser_dsn, database)
            pool = await asyncpg.create_pool(dsn, min_size=1, max_size=6)
            stack.callback(pool.terminate)
            nodes[service] = Node(service, dsn, bootstrap, pool)
            stack.push_async_callback(nodes[service].halt)
        broker = Broker(bootstrap)
        stack.push_async_callback(broker.close)
        yield Town(nodes, broker)


async def _fill(superuser_dsn: str, database: str) -> str:
    """Create the ledger's tables and return the address for the application's role."""
    host = superuser_dsn.rpartition("@")[2].partition("/")[0]
    owner = await asyncpg.connect(superuser_dsn.rpartition("/")[0] + f"/{database}")
    try:
        for script in (TABLES, GUARDS, LOCK_AGENCY, grants(APP), APPLIED):
            await owner.execute(script)
    finally:
        await owner.close()
    return f"postgresql://{APP}:{APP}@{host}/{database}"
