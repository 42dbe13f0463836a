"""Following the other services: read, take in, remember how far; through outages, rebalances and a wiped broker."""

import asyncio
import logging
import time
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from casetrail_common.bus import progress
from casetrail_common.bus.absorb import Absorber
from casetrail_common.bus.envelope import CE_TYPE, NOTE_TYPE, GarbledError, Letter, decode
from casetrail_common.bus.health import Health
from casetrail_common.bus.kafka import (
    Broker,
    BrokerUnavailableError,
    Layout,
    LayoutError,
    LogMovedError,
    Message,
    Place,
    Subscription,
    progress_name,
)
from casetrail_common.bus.messages import Note, decode_note
from casetrail_common.bus.order import Key
from casetrail_common.bus.progress import Bell
from casetrail_common.bus.questions import Questions
from casetrail_common.bus.topics import ALL_TOPICS, others, owner_of, topic_of
from casetrail_common.bus.transient import Backoff, Pace, is_transient
from casetrail_common.failpoints import failpoint
from casetrail_common.ledger.store import Store
from casetrail_common.metrics import FACTS_PARKED, FACTS_WAITING

log = logging.getLogger(__name__)

READ_AT_MOST: Final = 500
READ_WAIT_S: Final = 0.5
AGENCIES_AT_ONCE: Final = 4
"""Agencies whose facts are taken in side by side; each takes a connection of the pool that commands use, too."""
PACE_S: Final = 0.02
"""Seconds from one batch to the next at least. A fetch costs about a millisecond of CPU however little it brings, since
the client names all partitions each time, and so does a transaction."""
BUSY_PER_S: Final = 40
"""Messages in a second above which what nobody waits for may wait, so that a transaction takes in several."""
BUSY_WAIT_S: Final = 0.08
COMMIT_EVERY_S: Final = 2.0
"""Seconds between two commits of offsets. They are a hint, so a batch need not wait for one."""
WATCH_EVERY_S: Final = 5.0
"""Seconds between two looks at whether the broker is still the one we knew."""
MAX_PARKED_STREAMS: Final = 100
"""Streams parked at the same time above which something is wrong with more than a few cases: following stops."""
STOPPED_LOOK_S: Final = 1.0

_SET_ASIDE: Final = """
select (select count(*) from (select distinct agency, service, stream from parked) as s),
       (select count(*) from parked), (select count(*) from waiting)
"""


@dataclass
class _Pile:
    """What a batch of messages holds for one agency."""

    letters: dict[Key, Letter] = field(default_factory=dict)
    heads: list[Note] = field(default_factory=list)
    places: set[Place] = field(default_factory=set)
    """Where all this stood."""


class Follower:
    """Follows the other three services into a service's ledger."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        questions: Questions,
        *,
        bootstrap: str,
        bell: Bell,
        health: Health,
        max_parked: int = MAX_PARKED_STREAMS,
        member: str | None = None,
    ) -> None:
        self._store = store
        self._broker = broker
        self._questions = questions
        self._bootstrap = bootstrap
        self._bell = bell
        self._health = health
        self._max_parked = max_parked
        self._member = member
        self._topics = tuple(topic_of(other) for other in others(store.service))
        self._absorber = Absorber(store, questions.gaps)
        self._layout: Layout | None = None
        self._uncommitted: dict[Place, int] = {}
        self._committed_at = 0.0
        self._read: deque[tuple[float, int]] = deque()
        """When how many messages were read, in the last second."""
        self._saved: dict[Place, int] = {}
        """Progress as the database has committed it, perhaps without having written it to its disk."""

    async def run(self) -> None:
        """Run until cancelled."""
        backoff = Backoff()
        while True:
            try:
                await self._follow_one_broker(backoff)
            except Exception as error:
                if not isinstance(error, BrokerUnavailableError | LayoutError) and not is_transient(error):
                    log.exception("following failed", extra={"service": self._store.service})
                self._health.amiss("follower", f"{type(error).__name__}: {error}")
                await asyncio.sleep(backoff.next())

    async def _follow_one_broker(self, backoff: Backoff) -> None:
        layout = await self._meet_broker()
        await self._resume_kept()
        try:
            async with self._subscription(layout) as subscription:
                self._health.well("follower")
                backoff.reset()
                await self._follow(subscription, layout)
        except LogMovedError as error:
            log.warning("a log was cut, beginning it again", extra={"places": str(error.places)})
            await self._begin_again(error.places)

    async def _meet_broker(self) -> Layout:
        """Find the topics, make those that are missing, and ask for everybody's heads if this is another broker."""
        layout = await self._broker.ensure(ALL_TOPICS)
        if self._layout is None or layout.identity != self._layout.identity:
            if self._layout is not None:
                log.warning("another broker or other topics: asking everybody what there is")
            async with self._store.pool.acquire() as conn:
                await progress.forget_other_topics(conn, [self._name(layout, topic) for topic in self._topics])
            self._questions.ask_heads_soon()
        self._layout = layout
        return layout

    def _name(self, layout: Layout, topic: str) -> str:
        return progress_name(topic, layout.topics[topic].id)

    def _subscription(self, layout: Layout) -> Subscription:
        async def starts(oldest: Mapping[Place, int]) -> Mapping[Place, int]:
            named = {(self._name(layout, topic), partition): at for (topic, partition), at in oldest.items()}
            async with self._store.pool.acquire() as conn:
                begun = await progress.load(conn, {name for name, _ in named})
                # what the bus has forgotten can only come from the ledgers: for reading it counts as done
                await progress.save(conn, {place: at for place, at in named.items() if at > begun.get(place, 0)})
            return {
                (topic, partition): max(at, begun.get((self._name(layout, topic), partition), 0))
                for (topic, partition), at in oldest.items()
            }

        group = f"casetrail.{self._store.service}"
        return Subscription(self._bootstrap, group=group, topics=self._topics, starts=starts, member=self._member)

    async def _resume_kept(self) -> None:
        """Take up what was kept when the process ended, and find the holes before it."""
        rows = await self._store.pool.fetch("select distinct agency from waiting")
        for row in rows:
            await self._absorber.absorb(row["agency"], {}, {})

    async def _begin_again(self, places: Sequence[Place]) -> None:
        if self._layout is not None:
            named = [(self._name(self._layout, topic), partition) for topic, partition in places]
            async with self._store.pool.acquire() as conn:
                await progress.forget(conn, named)
        self._questions.ask_heads_soon()

    async def _follow(self, subscription: Subscription, layout: Layout) -> None:
        """Follow until the broker is no longer the one that was met, or the database no longer what it was."""
        self._uncommitted.clear()
        self._saved.clear()
        watched_at = time.monotonic()
        pace = Pace(PACE_S)
        while True:
            if self._absorber.parked_something:
                await self._wait_while_too_much_is_parked()
            messages = await subscription.read(wait_s=READ_WAIT_S, at_most=READ_AT_MOST)
            if messages:
                await self._take_in(layout, messages)
                await pace.keep()
                await self._rest(len(messages))
            await self._commit_sometimes(subscription)
            if time.monotonic() - watched_at > WATCH_EVERY_S:
                watched_at = time.monotonic()
                await self._streams_set_aside()
                if await self._was_forgotten() or (await self._broker.ensure(ALL_TOPICS)).identity != layout.identity:
                    return

    async def _rest(self, read: int) -> None:
        """Let facts come together while there are many and nobody in this process waits for them.

        The witness does not: what it has not copied, nobody can hold against the ledgers.
        """
        now = time.monotonic()
        self._read.append((now, read))
        while self._read[0][0] < now - 1.0:
            self._read.popleft()
        if self._store.also_keep is None and sum(count for _, count in self._read) > BUSY_PER_S:
            await self._bell.wanted(BUSY_WAIT_S)

    async def _take_in(self, layout: Layout, messages: Sequence[Message]) -> None:
        """Take in a batch; progress in a partition is saved with its only agency, or after all of them."""
        piles = _sorted_by_agency(messages)
        ends = {message.place: message.offset + 1 for message in messages}
        shared = Counter(place for pile in piles.values() for place in pile.places)
        at_once = asyncio.Semaphore(AGENCIES_AT_ONCE)

        async def take(agency: str, pile: _Pile) -> set[Place]:
            own = {place for place in pile.places if shared[place] == 1} if pile.letters else set()
            async with at_once:
                await self._insist(partial(self._absorb, agency, pile, self._named(layout, ends, own)))
            return own

        saved = await asyncio.gather(*(take(agency, pile) for agency, pile in piles.items()))
        if left := ends.keys() - set().union(*saved):
            await self._insist(partial(self._save, self._named(layout, ends, left)))
        self._uncommitted.update(ends)
        self._saved.update(self._named(layout, ends, ends))
        self._bell.ring()
        self._questions.nudge()

    def _named(self, layout: Layout, ends: Mapping[Place, int], places: Iterable[Place]) -> dict[Place, int]:
        """Return the ends of some places under the names that progress is kept under."""
        return {(self._name(layout, topic), partition): ends[topic, partition] for topic, partition in places}

    async def _absorb(self, agency: str, pile: _Pile, ends: Mapping[Place, int]) -> None:
        if pile.letters:
            await self._absorber.absorb(agency, pile.letters, ends)
        if pile.heads:
            for note in pile.heads:
                self._questions.gaps.heard_of(agency, note.owner, note.n)
            await self._absorber.stand(agency)

    async def _save(self, ends: Mapping[Place, int]) -> None:
        async with self._store.pool.acquire() as conn:
            await progress.save(conn, ends)

    async def _insist(self, work: Callable[[], Awaitable[None]]) -> None:
        """Repeat work until it is done; nothing further is read meanwhile, and we remain a member of the group."""
        backoff = Backoff()
        while True:
            try:
                await work()
            except Exception as error:
                if not is_transient(error):
                    log.exception("taking in facts failed", extra={"service": self._store.service})
                self._health.amiss("follower", f"cannot take in facts: {type(error).__name__}")
                await asyncio.sleep(backoff.next())
            else:
                self._health.well("follower")
                return

    async def _wait_while_too_much_is_parked(self) -> None:
        while await self._streams_set_aside() > self._max_parked:
            self._health.amiss("follower", f"more than {self._max_parked} streams are parked")
            await asyncio.sleep(STOPPED_LOOK_S)
        self._absorber.parked_something = False
        self._health.well("follower")

    async def _streams_set_aside(self) -> int:
        """Return how many streams are parked; show that and what waits."""
        streams, facts, waiting = await self._store.pool.fetchrow(_SET_ASIDE)
        FACTS_PARKED.labels(self._store.service).set(facts)
        FACTS_WAITING.labels(self._store.service).set(waiting)
        return int(streams)

    async def _was_forgotten(self) -> bool:
        """Whether the database crashed before the last commits were on its disk: then reading begins before them."""
        async with self._store.pool.acquire() as conn:
            known = await progress.load(conn, {name for name, _ in self._saved})
        forgotten = any(known.get(place, 0) < end for place, end in self._saved.items())
        if forgotten:
            log.warning("the database has lost its last commits, following them again")
        return forgotten

    async def _commit_sometimes(self, subscription: Subscription) -> None:
        now = time.monotonic()
        if self._uncommitted and now - self._committed_at >= COMMIT_EVERY_S:
            failpoint("follower.before_offsets")
            await subscription.commit(self._uncommitted)
            failpoint("follower.after_offsets")
            self._uncommitted.clear()
            self._committed_at = now


def _sorted_by_agency(messages: Sequence[Message]) -> dict[str, _Pile]:
    piles: dict[str, _Pile] = defaultdict(_Pile)
    for message in messages:
        if message.headers.get(CE_TYPE) == NOTE_TYPE.encode():
            if (note := decode_note(message.value)) and note.kind == "heads":
                piles[note.agency].heads.append(note)
                piles[note.agency].places.add(message.place)
        elif letter := _letter_of(message):
            piles[letter.agency].letters[letter.key] = letter
            piles[letter.agency].places.add(message.place)
    return piles


def _letter_of(message: Message) -> Letter | None:
    """Read a fact; None if not even its place can be read: the gap it leaves will be asked for."""
    try:
        letter = decode(message.value, message.headers)
        if letter.service != owner_of(message.topic):
            raise GarbledError("it is on another service's topic")  # noqa: TRY301 - one place tells of both
    except GarbledError as error:
        where = {"topic": message.topic, "partition": message.partition, "offset": message.offset}
        log.exception("a message is no fact of its topic", extra={**where, "problem": str(error)})
        return None
    return letter
