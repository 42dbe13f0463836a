"""Reading what is published from now on, as a member of no group."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from casetrail_common.bus.kafka.errors import in_time, told_as_unavailable
from casetrail_common.bus.topics import MAX_MESSAGE_BYTES, PARTITIONS

_OPEN_TIMEOUT_S: Final = 10.0

Tagged = tuple[dict[str, bytes], bytes]
"""Headers and value."""


class Tail:
    """Messages published since it was opened."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def read(self) -> list[Tagged]:
        """Return the next messages, waiting for them a moment.

        Raises
        ------
        BrokerUnavailableError
            If the broker does not answer.
        """
        with told_as_unavailable():
            found = await self._consumer.getmany(timeout_ms=1000)
        return [(dict(record.headers), record.value or b"") for records in found.values() for record in records]


@asynccontextmanager
async def open_tail(bootstrap: str, topics: Iterable[str]) -> AsyncIterator[Tail]:
    """Open a tail on all partitions of the topics; what is published after this has returned will be read.

    Raises
    ------
    BrokerUnavailableError
        If the broker does not answer or a topic is missing.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="latest",
        max_partition_fetch_bytes=MAX_MESSAGE_BYTES,
        request_timeout_ms=5_000,
        metadata_max_age_ms=60_000,
    )
    try:
        await _start_at_end(consumer, topics)
        yield Tail(consumer)
    finally:
        await in_time(consumer.stop())


async def _start_at_end(consumer: AIOKafkaConsumer, topics: Iterable[str]) -> None:
    places = [TopicPartition(topic, partition) for topic in topics for partition in range(PARTITIONS)]
    with told_as_unavailable():
        async with asyncio.timeout(_OPEN_TIMEOUT_S):
            await consumer.start()
            consumer.assign(places)
            for place, end in (await consumer.end_offsets(places)).items():
                consumer.seek(place, end)
