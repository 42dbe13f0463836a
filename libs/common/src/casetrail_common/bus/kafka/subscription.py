"""Reading topics as a member of a group, from positions that the caller keeps."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import NoOffsetForPartitionError, OffsetOutOfRangeError

from casetrail_common.bus.kafka.broker import Place
from casetrail_common.bus.kafka.errors import BrokerUnavailableError, in_time, told_as_unavailable
from casetrail_common.bus.topics import MAX_MESSAGE_BYTES

log = logging.getLogger(__name__)

SESSION_TIMEOUT_MS: Final = 10_000
"""A member not heard of for so long is taken for dead, and another takes over."""
HEARTBEAT_MS: Final = 2_000
MAX_PAUSE_MS: Final = 24 * 3600 * 1000
"""How long the caller may take over what it has read and remain a member, in effect for ever: while a database is down
there is nothing better to do than to wait, and heartbeats go on in the background."""
FETCH_WAIT_MS: Final = 2_000
"""How long the broker may hold an empty fetch. It answers at once when there is something."""
PREFETCH_BACKOFF_S: Final = 3_600.0
"""How long a fetched but unread partition holds back the next fetch: in effect until it is read. With less, the next
fetch leaves out the busy partition, and its next message waits for as long as that fetch is held."""
_STUCK_S: Final = 10.0
"""Seconds without an assignment after which the subscription is taken for lost."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it came."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    headers: Mapping[str, bytes]

    @property
    def place(self) -> Place:
        """Topic and partition."""
        return self.topic, self.partition


Starts = Callable[[Mapping[Place, int]], Awaitable[Mapping[Place, int]]]
"""Given the oldest offset that each assigned place still holds, returns where to begin in it."""


class Subscription:
    """A member of a consumer group; any failure ends it, and the caller opens another.

    Parameters
    ----------
    starts
        Tells where to begin; without it the group begins where it last committed, or with the oldest message.
    member
        A name of its own in the group, kept across restarts: back under it within the session timeout, it gets its
        partitions at once, also after it was killed. Without one it is a stranger each time.
    """

    def __init__(
        self, bootstrap: str, *, group: str, topics: Iterable[str], starts: Starts | None, member: str | None
    ) -> None:
        self._topics = list(topics)
        self._listener = _Assigned(starts)
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            group_id=group,
            group_instance_id=member,
            enable_auto_commit=False,
            auto_offset_reset="none" if starts else "earliest",
            partition_assignment_strategy=(RangePartitionAssignor,),
            session_timeout_ms=SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=HEARTBEAT_MS,
            fetch_max_wait_ms=FETCH_WAIT_MS,
            max_poll_interval_ms=MAX_PAUSE_MS,
            max_partition_fetch_bytes=MAX_MESSAGE_BYTES,
            request_timeout_ms=SESSION_TIMEOUT_MS,
            metadata_max_age_ms=60_000,
        )
        self._listener.consumer = self._consumer

    async def __aenter__(self) -> Self:
        try:
            with told_as_unavailable():
                await self._consumer.start()
                # aiokafka offers no setting for this
                self._consumer._fetcher._prefetch_backoff = PREFETCH_BACKOFF_S  # noqa: SLF001
                self._consumer.subscribe(self._topics, listener=self._listener)
        except BaseException:
            await in_time(self._consumer.stop())
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await in_time(self._consumer.stop())

    async def read(self, *, wait_s: float, at_most: int) -> list[Message]:
        """Return the next messages, in order within each partition; none if nothing came in time.

        Raises
        ------
        BrokerUnavailableError
            If the group or the position could not be had.
        LogMovedError
            If a position lies outside the log: the log was cut or made anew.
        """
        if not await self._listener.positioned(wait_s):
            return []
        with told_as_unavailable():
            found = await self._next(wait_s, at_most)
        return [
            Message(
                tp.topic,
                tp.partition,
                record.offset,
                (record.key or b"").decode(errors="replace"),
                record.value or b"",
                dict(record.headers),
            )
            for tp, records in found.items()
            for record in records
        ]

    async def _next(self, wait_s: float, at_most: int) -> Mapping[TopicPartition, list[ConsumerRecord]]:
        try:
            async with asyncio.timeout(wait_s + _STUCK_S):
                return await self._consumer.getmany(timeout_ms=int(wait_s * 1000), max_records=at_most)  # type: ignore[no-any-return]
        except NoOffsetForPartitionError:
            return {}  # just assigned; it is about to be told where to begin
        except OffsetOutOfRangeError as error:
            raise LogMovedError([(tp.topic, tp.partition) for tp in error.args[0]]) from error

    async def commit(self, offsets: Mapping[Place, int]) -> None:
        """Tell the broker how far the group is: a hint for those who watch its lag, nothing rests on it."""
        assigned = self._consumer.assignment()
        known = {tp: offset for place, offset in offsets.items() if (tp := TopicPartition(*place)) in assigned}
        if not known:
            return
        try:
            with told_as_unavailable():
                await self._consumer.commit(known)
        except BrokerUnavailableError as error:
            log.info("offsets were not committed", extra={"error": str(error)})


class LogMovedError(Exception):
    """Positions lie outside the log of their partition."""

    def __init__(self, places: list[Place]) -> None:
        super().__init__(f"position outside the log of {places}")
        self.places = places


class _Assigned(ConsumerRebalanceListener):  # type: ignore[misc]
    """Puts newly assigned partitions where the caller stands in them."""

    def __init__(self, starts: Starts | None) -> None:
        self.consumer: AIOKafkaConsumer | None = None
        self._starts = starts
        self._done = asyncio.Event()
        self._failure: Exception | None = None

    async def positioned(self, wait_s: float) -> bool:
        """Wait until the partitions are assigned and positioned; False if that takes longer. Raises what went wrong."""
        try:
            async with asyncio.timeout(wait_s):
                await self._done.wait()
        except TimeoutError:
            return False
        if self._failure is not None:
            raise self._failure
        return True

    async def on_partitions_revoked(self, _revoked: set[TopicPartition]) -> None:
        """Hold reading back until the next assignment: whoever gets these reads the position from the same database."""
        self._done.clear()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Seek, or note why that was not possible, so that nothing is read from elsewhere."""
        try:
            with told_as_unavailable():
                await self._seek(assigned)
        except Exception as error:  # told to the reader, who may retry: aiokafka would only log it
            self._failure = error
        finally:
            self._done.set()

    async def _seek(self, assigned: set[TopicPartition]) -> None:
        if self.consumer is None or self._starts is None or not assigned:
            return
        oldest = await self.consumer.beginning_offsets(list(assigned))
        starts = await self._starts({(tp.topic, tp.partition): offset for tp, offset in oldest.items()})
        for tp in assigned:
            self.consumer.seek(tp, starts[tp.topic, tp.partition])
