"""Publishing: everything acknowledged by all replicas, in order, or an error and another attempt by the caller."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from casetrail_common.bus.kafka.broker import partition_of
from casetrail_common.bus.kafka.errors import BrokerUnavailableError
from casetrail_common.bus.topics import MAX_MESSAGE_BYTES

log = logging.getLogger(__name__)

DELIVERY_TIMEOUT_MS: Final = 15_000
"""Longest time a message is tried before the caller is told. Longer than a broker takes to restart.

Source: measured, Kafka 4.3 on one node: writing resumes 4.2 to 4.6 s after a kill and restart.
"""
_START_TIMEOUT_S: Final = 10.0
_STOP_TIMEOUT_S: Final = 2.0
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
            sent = [
                await producer.send(
                    message.topic,
                    message.value,
                    key=message.key.encode(),
                    partition=partition_of(message.key),
                    headers=[(name, value.encode()) for name, value in message.headers.items()],
                )
                for message in messages
            ]
            await asyncio.gather(*sent)
        except (KafkaError, OSError, AssertionError) as error:
            # aiokafka asserts where it means that a topic is unknown
            await self._discard(producer)
            raise BrokerUnavailableError(type(error).__name__) from error

    async def close(self) -> None:
        """Stop the producer, delivering what it holds if the broker answers soon."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await _stop(producer)

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
            async with asyncio.timeout(_START_TIMEOUT_S):
                await producer.start()
        except (KafkaError, OSError) as error:
            await _stop(producer)
            raise BrokerUnavailableError(type(error).__name__) from error
        except asyncio.CancelledError:
            await _stop(producer)
            raise
        return producer

    async def _discard(self, producer: AIOKafkaProducer) -> None:
        if self._producer is producer:
            self._producer = None
        await _stop(producer)


async def _stop(producer: AIOKafkaProducer) -> None:
    """Stop a producer, also one that did not start, without waiting for a broker that may be gone."""
    with contextlib.suppress(KafkaError, OSError):
        async with asyncio.timeout(_STOP_TIMEOUT_S):
            await producer.stop()
    with contextlib.suppress(KafkaError, OSError):
        await producer.client.close()
