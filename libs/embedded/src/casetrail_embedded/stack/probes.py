"""Questions that a part can only answer if it truly works."""

import asyncio
import struct
from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg
import httpx

from casetrail_embedded.stack.ports import LOOPBACK

ANSWER_WITHIN_S: Final = 5.0

KAFKA_METADATA: Final = struct.pack(">hhih", 3, 4, 1, -1) + struct.pack(">i?", 0, False)
"""Metadata request, version 4: no client id, no topics, create none. Source: Kafka protocol guide, "Metadata API"."""


def postgres_answers(dsn: str) -> Callable[[], Awaitable[bool]]:
    """Return a probe that runs a query as the superuser, for whom connections are kept in reserve."""

    async def probe() -> bool:
        try:
            connection = await asyncpg.connect(dsn, timeout=ANSWER_WITHIN_S)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        try:
            return bool(await connection.fetchval("SELECT true", timeout=ANSWER_WITHIN_S))
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        finally:
            connection.terminate()

    return probe


def kafka_answers(port: int) -> Callable[[], Awaitable[bool]]:
    """Return a probe that asks who is in the cluster: a broker that is still fenced is not listed."""

    async def exchange() -> int:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        try:
            writer.write(struct.pack(">i", len(KAFKA_METADATA)) + KAFKA_METADATA)
            (size,) = struct.unpack(">i", await reader.readexactly(4))
            answer = await reader.readexactly(size)
            _correlation, _throttle, brokers = struct.unpack_from(">iii", answer)
            return int(brokers)
        finally:
            writer.close()

    async def probe() -> bool:
        try:
            return await asyncio.wait_for(exchange(), ANSWER_WITHIN_S) > 0
        except (OSError, TimeoutError, EOFError):
            return False

    return probe


def http_answers(url: str) -> Callable[[], Awaitable[bool]]:
    """Return a probe that asks for a page and expects success."""

    async def probe() -> bool:
        try:
            async with httpx.AsyncClient(timeout=ANSWER_WITHIN_S, trust_env=False) as client:
                return (await client.get(url)).is_success
        except httpx.HTTPError:
            return False

    return probe
