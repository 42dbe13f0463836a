"""Asking the owners of logs for what is missing here, and for their heads, so that what is missing is noticed."""

import asyncio
import contextlib
import logging
import time
from typing import Final

import asyncpg

from casetrail_common.bus.gaps import Gaps, Wanted
from casetrail_common.bus.kafka import BrokerUnavailableError, Outgoing, Publisher
from casetrail_common.bus.messages import Request
from casetrail_common.bus.topics import CONTROL_TOPIC, others
from casetrail_common.ids import Service
from casetrail_common.outages import DATABASE_ERRORS

log = logging.getLogger(__name__)

LOOK_S: Final = 0.5
HEADS_AGAIN_S: Final = (0.0, 5.0, 30.0)
"""After a start or on another broker heads are asked for three times, these seconds later: the fault that made asking
necessary may swallow the first request or its answer."""


def outgoing(request: Request) -> Outgoing:
    """Return a request as a message on the control topic."""
    return Outgoing(CONTROL_TOPIC, request.agency or request.owner, request.encode())


class Questions:
    """What a follower asks of the other services."""

    def __init__(self, me: Service, pool: asyncpg.Pool, publisher: Publisher, *, heads_interval_s: float) -> None:
        self.gaps = Gaps()
        self._me = me
        self._pool = pool
        self._publisher = publisher
        self._heads_interval_s = heads_interval_s
        self._heads_due: list[float] = []
        self._wake = asyncio.Event()

    def ask_heads_soon(self) -> None:
        """Ask every other service for the length of all its logs."""
        now = time.monotonic()
        self._heads_due = [now + later for later in HEADS_AGAIN_S]
        self._wake.set()

    def nudge(self) -> None:
        """Look at once whether something is missing."""
        if self.gaps.logs:
            self._wake.set()

    async def run(self) -> None:
        """Ask whatever is due, until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self._ask_what_is_due()
            except (BrokerUnavailableError, *DATABASE_ERRORS) as error:
                # whatever is still missing is asked for again after its pause
                log.info("questions could not be asked", extra={"error": type(error).__name__})

    async def _ask_what_is_due(self) -> None:
        now = time.monotonic()
        heads = self._heads_if_due(now)
        if self.gaps.logs:
            await self._look_up(now)
        requests = [*heads, *(self._range(wanted) for wanted in self.gaps.due(now))]
        if requests:
            await self._publisher.publish([outgoing(request) for request in requests])

    async def _look_up(self, now: float) -> None:
        """Forget what has come meanwhile, perhaps to another worker of this service."""
        agencies = list({agency for agency, _ in self.gaps.logs})
        for row in await self._pool.fetch("select agency, service, n from followed where agency = any($1)", agencies):
            self.gaps.reached(row["agency"], row["service"], row["n"], now)

    def _heads_if_due(self, now: float) -> list[Request]:
        if not self._heads_due or now < self._heads_due[0]:
            return []
        self._heads_due.pop(0)
        if not self._heads_due:
            self._heads_due.append(now + self._heads_interval_s)
        return [Request(kind="heads", asker=self._me, owner=other) for other in others(self._me)]

    def _range(self, wanted: Wanted) -> Request:
        log.info(
            "asking for missing facts",
            extra={"agency": wanted.agency, "owner": wanted.service, "first": wanted.first, "last": wanted.last},
        )
        return Request(
            kind="range",
            asker=self._me,
            owner=wanted.service,
            agency=wanted.agency,
            first=wanted.first,
            last=wanted.last,
        )
