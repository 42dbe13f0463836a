"""Waiting until this service has followed the others far enough, without holding a database connection meanwhile."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import asyncpg

from casetrail_common.bus import progress
from casetrail_common.bus.kafka import Broker, BrokerUnavailableError, partition_of
from casetrail_common.bus.progress import Bell
from casetrail_common.bus.topics import others, topic_of
from casetrail_common.bus.transient import Backoff
from casetrail_common.ids import Service

log = logging.getLogger(__name__)

FIRST_POLL_S: Final = 0.005
LONGEST_POLL_S: Final = 0.05


class CatchUp:
    """Tells when positions, or the present end of an agency's partition, have been followed.

    Parameters
    ----------
    bell
        Rung by the follower if it runs in the same process; otherwise the database is polled.
    """

    def __init__(self, me: Service, pool: asyncpg.Pool, broker: Broker, *, bell: Bell | None = None) -> None:
        self._me = me
        self._pool = pool
        self._broker = broker
        self._bell = bell or Bell()

    async def wait_followed(self, agency: str, positions: Mapping[Service, int], timeout_s: float) -> bool:
        """Wait until the given positions of other services are followed; False if that takes too long.

        A position of this service itself needs no waiting: whoever was answered it reads it from the same database.
        """
        wanted = {service: n for service, n in positions.items() if service != self._me}

        async def reached() -> bool:
            rows = await self._pool.fetch("select service, n from followed where agency = $1", agency)
            followed = {row["service"]: row["n"] for row in rows}
            return all(followed.get(service, 0) >= n for service, n in wanted.items())

        return await self._until(reached, timeout_s) if wanted else True

    async def wait_to_end(self, agency: str, timeout_s: float) -> bool:
        """Wait until everything published about an agency up to now is followed; False if that cannot be known in time.

        False also while something of the agency waits for what it lacks: the end was read but not reached.
        """
        deadline = time.monotonic() + timeout_s
        partition = partition_of(agency)
        places = [(topic_of(other), partition) for other in others(self._me)]
        ends: dict[str, dict[int, int]] = {}
        backoff = Backoff(0.02, 0.2)
        while not ends:
            try:
                async with asyncio.timeout_at(asyncio.get_running_loop().time() + deadline - time.monotonic()):
                    ends = await self._broker.ends(places)
            except TimeoutError:
                return False
            except BrokerUnavailableError as error:
                log.info("the end of a partition is not known", extra={"error": str(error)})
                await asyncio.sleep(backoff.next())

        async def reached() -> bool:
            async with self._pool.acquire() as conn:
                done = await progress.load(conn, ends)
                if not all(done.get((name, partition), 0) >= end for name, by in ends.items() for end in by.values()):
                    return False
                return not await conn.fetchval("select exists (select from waiting where agency = $1)", agency)

        return await self._until(reached, deadline - time.monotonic())

    async def _until(self, reached: Callable[[], Awaitable[bool]], timeout_s: float) -> bool:
        deadline = time.monotonic() + timeout_s
        pause = FIRST_POLL_S
        while not await reached():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            await self._bell.wait(min(pause, left))
            pause = min(pause * 1.5, LONGEST_POLL_S)
        return True
