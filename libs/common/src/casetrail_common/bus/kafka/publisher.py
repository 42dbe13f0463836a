"""Publishing: everything acknowledged by all replicas, in order, or an error and another attempt by the caller."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from aiokafka import AIOKafkaProducer

from casetrail_common.bus.kafka.broker import partition_of
from casetrail_common.bus.kafka.errors import BrokerUnavailableError, in_time, told_as_unavailable
from casetrail_common.bus.topics import MAX_MESSAGE_BYTES

log = logging.getLogger(__name__)

DELIVERY_TIMEOUT_MS: Final = 15_000
"""Longest time a message is tried before the caller is told. Longer than a broker takes to restart.

Source: measured, Kafka 4.3 on one node: writing resumes 4.2 to 4.6 s after a kill and restart.
"""
_START_TIMEOUT_S: Final = 10.0
_BATCH_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be published."""

    topic: str
    key: str
    value: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Publisher:
    """One idempotent producer, replaced by a new one after any failure."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        """Send all messages, then wait until all are acknowledged.

        Raises
        ------
        BrokerUnavailableError
            If any was not acknowledged; any of them may still have been written.
        """
        producer = await self._started()
        try:
            with told_as_unavailable():
                sent = [await self._send(producer, message) for message in messages]
                await asyncio.gather(*sent)
        except BrokerUnavailableError:
            await self._discard(producer)
            raise

    async def close(self) -> None:
        """Stop the producer, delivering what it holds if the broker answers soon."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await _stop(producer)

    async def _send(self, producer: AIOKafkaProducer, message: Outgoing) -> "asyncio.Future[object]":
        try:
            return await producer.send(  # type: ignore[no-any-return]
                message.topic,
                message.value,
                key=message.key.encode(),
                partition=partition_of(message.key),
                headers=[(name, value.encode()) for name, value in message.headers.items()],
            )
        except AssertionError as error:
            # how aiokafka says that it does not know the topic
            raise BrokerUnavailableError(f"{message.topic} is not known") from error

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                self._producer = await self._start()
            return self._producer

    async def _start(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            acks="all",
            enable_idempotence=True,
            max_batch_size=_BATCH_BYTES,
            max_request_size=MAX_MESSAGE_BYTES,
            request_timeout_ms=DELIVERY_TIMEOUT_MS,
            metadata_max_age_ms=60_000,
        )
        try:
            with told_as_unavailable():
                async with asyncio.timeout(_START_TIMEOUT_S):
                    await producer.start()
        except BaseException:
            await _stop(producer)
            raise
        return producer

    async def _discard(self, producer: AIOKafkaProducer) -> None:
        if self._producer is producer:
            self._producer = None
        await _stop(producer)


async def _stop(producer: AIOKafkaProducer) -> None:
    """Stop a producer, also one that did not start, without waiting for a broker that may be gone."""
    if await in_time(producer.stop()):
        return
    # it still tries to deliver what it holds, and would go on doing so for ever
    sender = producer._sender.sender_task  # noqa: SLF001 - there is no public way
    if sender is not None:
        sender.cancel()
    await in_time(producer.client.close())
    producer._message_accumulator.fail_all(BrokerUnavailableError("given up"))  # noqa: SLF001
