"""The coordinator behind the test clock: moves one agency's time forward in all four services, stopping at every timer.

It never runs in production: there the clock of an agency is the real one.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from casetrail_common.bus.asking import NO_HEADS, Asker, NoAnswerError
from casetrail_common.bus.control import Ledgers
from casetrail_common.bus.messages import Kind, Note, Status
from casetrail_common.bus.topics import others
from casetrail_common.errors import CasetrailError
from casetrail_common.ids import Service

DueTimers = Callable[[str, datetime], Awaitable[datetime | None]]
"""Given an agency and an instant, returns when the next timer up to that instant is due."""

BUDGET_S: Final = 120.0
"""Longest time one setting of the clock may take, in seconds."""
_ANSWER_S: Final = 60.0
_FIRST_PAUSE_S: Final = 0.005
_LONGEST_PAUSE_S: Final = 0.03
"""Between two looks at this service; what is asked of the others is answered when there is something to tell."""


class Clock:
    """Sets the clock of an agency, from the service that has the timers."""

    def __init__(self, me: Service, ledgers: Ledgers, asker: Asker, *, budget_s: float = BUDGET_S) -> None:
        self._me = me
        self._ledgers = ledgers
        self._asker = asker
        self._budget_s = budget_s

    async def advance_to(self, agency: str, target: datetime, due_timers: DueTimers) -> list[Status]:
        """Settle, step through the due timers one by one, settling after each, and stop at the target.

        Raises
        ------
        CasetrailError
            `clock_goes_back` if the agency is beyond the target; `clock_blocked` if a stream is parked;
            `clock_not_settled` if the services do not come to rest in time.
        """
        deadline = time.monotonic() + self._budget_s
        statuses = await self._settle(agency, [await self._ledgers.status(agency)], deadline)
        _require_forward(statuses, target)
        stepped: datetime | None = None
        while (due := await due_timers(agency, target)) is not None and due != stepped:
            stepped = due
            at = max([due, *(status.simulated for status in statuses if status.simulated)])
            statuses = await self._settle(agency, await self._set(agency, at), deadline)
        if all(status.simulated == target for status in statuses):
            return statuses
        return await self._settle(agency, await self._set(agency, target), deadline)

    async def _settle(self, agency: str, statuses: Sequence[Status], deadline: float) -> list[Status]:
        """Look again until nothing moves anywhere: at this service alone while it is what moves, else at all.

        Parameters
        ----------
        statuses
            That of this service first; perhaps no other.
        """
        looked, pause = list(statuses), _FIRST_PAUSE_S
        while (unrest := what_moves(looked)) or len(looked) == 1:
            if time.monotonic() > deadline:
                raise CasetrailError("clock_not_settled", {"waiting": unrest}, retry_after_s=5)
            if unrest.startswith(f"{self._me}:"):
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_S)
                looked[0] = await self._ledgers.status(agency)
            else:
                looked, pause = await self._look(agency, looked), _FIRST_PAUSE_S
            _require_nothing_parked(looked)
        return looked

    async def _look(self, agency: str, known: Sequence[Status]) -> list[Status]:
        """Return how far all are, the others as soon as they have come to where they are known to be going."""
        heads = known[0].followed | _heads(known)
        notes = await self._ask("status", agency, heads=heads)
        return [await self._ledgers.status(agency), *_told(notes)]

    async def _set(self, agency: str, now: datetime) -> list[Status]:
        notes, mine = await asyncio.gather(self._ask("clock", agency, now=now), self._ledgers.set_clock(agency, now))
        statuses = [mine, *_told(notes)]
        _require_nothing_parked(statuses)
        return statuses

    async def _ask(
        self, kind: Kind, agency: str, *, now: datetime | None = None, heads: Mapping[str, int] = NO_HEADS
    ) -> list[Note]:
        try:
            return await self._asker.ask(others(self._me), kind, agency, timeout_s=_ANSWER_S, now=now, heads=heads)
        except NoAnswerError as error:
            raise CasetrailError("clock_not_settled", {"waiting": error.owner}, retry_after_s=5) from error


def _told(notes: Iterable[Note]) -> list[Status]:
    return [note.status for note in notes if note.status]


def what_moves(statuses: Sequence[Status]) -> str:
    """Return what keeps an agency from being at rest, in a few words; empty if nothing does.

    One look at each suffices, though they are taken one after another. Suppose something is appended after the look
    at its service and before the last look, and take the first such append. That service had no job, so the append was
    caused by following a fact it had not followed when looked at. The look at that fact's owner did not count it
    either, or the heads would differ; so it was appended after that look, and earlier: the first was not the first.
    (A command from outside may come at any time, before or after.)
    """
    heads = _heads(statuses)
    return next((lack for status in statuses if (lack := status.lacks(heads))), "")


def _heads(statuses: Iterable[Status]) -> dict[str, int]:
    return {status.service: status.n for status in statuses}


def _require_nothing_parked(statuses: Sequence[Status]) -> None:
    for status in statuses:
        for held in status.parked:
            raise CasetrailError(
                "clock_blocked", {"service": status.service, "stream": f"{held.service} {held.stream}"}, retry_after_s=5
            )


def _require_forward(statuses: Sequence[Status], target: datetime) -> None:
    for status in statuses:
        stands = max((instant for instant in (status.simulated, status.last) if instant), default=target)
        if stands > target:
            raise CasetrailError("clock_goes_back", {"now": stands.isoformat()})
