"""Questions that a part can only answer if it truly works."""

import asyncio
import struct
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from casetrail_embedded.stack.part import Probe
from casetrail_embedded.stack.ports import LOOPBACK

ANSWER_WITHIN_S: Final = 5.0

KAFKA_METADATA: Final = struct.pack(">hhih", 3, 4, 1, -1) + struct.pack(">i?", 0, False)
"""Metadata request, version 4: no client id, no topics, create none. Source: Kafka protocol guide, "Metadata API"."""


def postgres_answers(dsn: str, query: str = "SELECT true") -> Probe:
    """Return a probe that runs a query and expects true; no answer, as from a server that restarts, is a no."""

    async def probe() -> bool:
        try:
            connection = await asyncpg.connect(dsn, timeout=ANSWER_WITHIN_S)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        try:
            return bool(await connection.fetchval(query, timeout=ANSWER_WITHIN_S))
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        finally:
            connection.terminate()

    return probe


def kafka_answers(port: int) -> Probe:
    """Return a probe that asks who is in the cluster: a broker that is still fenced is not listed."""

    async def exchange() -> bool:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        try:
            writer.write(struct.pack(">i", len(KAFKA_METADATA)) + KAFKA_METADATA)
            (size,) = struct.unpack(">i", await reader.readexactly(4))
            answer = await reader.readexactly(size)
            _correlation, _throttle, brokers = struct.unpack_from(">iii", answer)
            return bool(brokers > 0)
        finally:
            writer.close()

    return within_bounds(exchange)


def http_answers(url: str) -> Probe:
    """Return a probe that asks for a page and expects success."""
    where = urlsplit(url)
    request = f"GET {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: close\r\n\r\n".encode()

    async def exchange() -> bool:
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        try:
            writer.write(request)
            return (await reader.readline()).split(maxsplit=2)[1].startswith(b"2")
        finally:
            writer.close()

    return within_bounds(exchange)


def within_bounds(exchange: Probe) -> Probe:
    """Take no answer in time, or a malformed one, as a no."""

    async def probe() -> bool:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await exchange()
        except (OSError, TimeoutError, EOFError, IndexError, struct.error):
            return False

    return probe
