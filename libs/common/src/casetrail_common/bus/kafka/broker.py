"""Looking at the cluster: who it is, which topics it has, where they end; and making the topics that are missing."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import TopicAlreadyExistsError, for_code
from aiokafka.partitioner import murmur2
from aiokafka.protocol.admin import CreateTopicsRequest
from aiokafka.protocol.offset import OffsetRequest

from casetrail_common.bus.kafka.errors import BrokerUnavailableError, LayoutError, in_time, told_as_unavailable
from casetrail_common.bus.kafka.protocol import TopicsRequest
from casetrail_common.bus.topics import MAX_MESSAGE_BYTES, PARTITIONS, RETENTION_MS

REQUEST_TIMEOUT_MS: Final = 5_000
_LAYOUT_IS_FRESH_S: Final = 1.0
_LATEST: Final = -1
_READ_UNCOMMITTED: Final = 0

Place = tuple[str, int]
"""Topic and partition."""


def partition_of(key: str) -> int:
    """Return the partition of a key, the same as any Kafka client's default partitioner.

    Source: org.apache.kafka.clients.producer.internals.BuiltInPartitioner: positive murmur2 modulo partitions.
    """
    return int((murmur2(key.encode()) & 0x7FFFFFFF) % PARTITIONS)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it exists now."""

    id: str
    """Given by the cluster when the topic was made; another one means that what was read before is gone."""
    leaders: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Layout:
    """The cluster and its topics at one moment."""

    cluster: str
    topics: Mapping[str, Topic]

    @property
    def identity(self) -> tuple[str, frozenset[tuple[str, str]]]:
        """What changes exactly when a broker was wiped or replaced, or a topic was made anew."""
        return self.cluster, frozenset((name, topic.id) for name, topic in self.topics.items())


class Broker:
    """A connection that looks and makes topics, but carries no messages."""

    def __init__(self, bootstrap: str, *, replication: int = 1) -> None:
        self._bootstrap = bootstrap
        self._replication = replication
        self._client: AIOKafkaClient | None = None
        self._opening = asyncio.Lock()
        self._layouts: dict[tuple[str, ...], tuple[float, Layout]] = {}

    async def layout(self, topics: tuple[str, ...]) -> Layout:
        """Return the cluster with those of the topics that exist.

        Raises
        ------
        BrokerUnavailableError
            If no broker answers.
        """
        response = await self._send(TopicsRequest(list(topics)))
        found: dict[str, Topic] = {}
        for topic in response.to_object()["topics"]:
            if topic["error_code"] == 0:
                leaders = {part["partition"]: part["leader"] for part in topic["partitions"]}
                found[topic["topic"]] = Topic(str(topic["topic_id"]), leaders)
        layout = Layout(response.cluster_id, found)
        self._layouts[topics] = (time.monotonic(), layout)
        return layout

    async def ensure(self, topics: tuple[str, ...]) -> Layout:
        """Make the topics that are missing and return all of them once they can be used.

        Raises
        ------
        LayoutError
            If a topic has another number of partitions.
        BrokerUnavailableError
            If no broker answers, or the topics do not become usable.
        """
        layout = await self.layout(topics)
        missing = [name for name in topics if name not in layout.topics]
        if missing:
            await self._create(missing)
        for _ in range(50):
            if _usable(layout, topics):
                return layout
            await asyncio.sleep(0.05)
            layout = await self.layout(topics)
        raise BrokerUnavailableError("topics were made but have no leader yet")

    async def ends(self, places: Iterable[Place]) -> dict[str, dict[int, int]]:
        """Return the offset after the last message of each place, by `progress name` of its topic and partition.

        Raises
        ------
        BrokerUnavailableError
            If a broker does not answer or a topic does not exist.
        """
        wanted = list(places)
        topics = tuple(sorted({topic for topic, _ in wanted}))
        layout = await self._recent_layout(topics)
        by_leader: dict[int, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
        for topic, partition in wanted:
            if topic not in layout.topics or layout.topics[topic].leaders.get(partition, -1) < 0:
                self._layouts.clear()
                raise BrokerUnavailableError(f"{topic} does not exist or has no leader")
            by_leader[layout.topics[topic].leaders[partition]][topic].append((partition, _LATEST))
        answers = await asyncio.gather(*(self._ends_at(leader, asked) for leader, asked in by_leader.items()))
        ends: dict[str, dict[int, int]] = defaultdict(dict)
        for topic, partition, offset in (found for answer in answers for found in answer):
            ends[progress_name(topic, layout.topics[topic].id)][partition] = offset
        return ends

    async def close(self) -> None:
        """Close the connection; the next call opens another."""
        client, self._client = self._client, None
        if client is not None:
            await in_time(client.close())

    async def _recent_layout(self, topics: tuple[str, ...]) -> Layout:
        at, layout = self._layouts.get(topics, (0.0, None))
        if layout is not None and time.monotonic() - at < _LAYOUT_IS_FRESH_S:
            return layout
        return await self.layout(topics)

    async def _ends_at(self, leader: int, asked: Mapping[str, list[tuple[int, int]]]) -> list[tuple[str, int, int]]:
        response = await self._send(OffsetRequest(-1, _READ_UNCOMMITTED, list(asked.items())), node=leader)
        found: list[tuple[str, int, int]] = []
        for topic, partitions in response.topics:
            for partition, error_code, _timestamp, offset, *_epoch in partitions:
                if error_code:
                    self._layouts.clear()
                    raise BrokerUnavailableError(for_code(error_code).__name__)
                found.append((topic, partition, offset))
        return found

    async def _create(self, names: list[str]) -> None:
        configs = [("retention.ms", str(RETENTION_MS)), ("max.message.bytes", str(MAX_MESSAGE_BYTES))]
        no_placement: list[tuple[int, list[int]]] = []
        wanted = [(name, PARTITIONS, self._replication, no_placement, configs) for name in names]
        response = await self._send(CreateTopicsRequest(wanted, REQUEST_TIMEOUT_MS, False))
        for name, code, *message in response.topic_errors:
            if code not in (0, TopicAlreadyExistsError.errno):
                raise BrokerUnavailableError(f"{name} could not be made: {message}")

    async def _send(self, request: Any, *, node: int | None = None) -> Any:
        try:
            with told_as_unavailable():
                client = await self._connected()
                return await client.send(client.get_random_node() if node is None else node, request)
        except BrokerUnavailableError:
            await self.close()
            raise

    async def _connected(self) -> AIOKafkaClient:
        async with self._opening:
            if self._client is None:
                client = AIOKafkaClient(
                    bootstrap_servers=self._bootstrap, request_timeout_ms=REQUEST_TIMEOUT_MS, metadata_max_age_ms=60_000
                )
                try:
                    await client.bootstrap()
                except BaseException:
                    await in_time(client.close())
                    raise
                self._client = client
            return self._client


def progress_name(topic: str, topic_id: str) -> str:
    """Return the name under which progress in a topic is kept: offsets mean nothing in a topic that was made anew."""
    return f"{topic}#{topic_id}"


def _usable(layout: Layout, topics: tuple[str, ...]) -> bool:
    for name in topics:
        topic = layout.topics.get(name)
        if topic is None:
            return False
        if len(topic.leaders) != PARTITIONS:
            raise LayoutError(f"{name} has {len(topic.leaders)} partitions, not {PARTITIONS}")
        if min(topic.leaders.values()) < 0:
            return False
    return True
