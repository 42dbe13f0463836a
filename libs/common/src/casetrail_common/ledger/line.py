"""The line before an agency's lock: commands that wait together are committed together.

One log has one order, so the commands of an agency stand in line, and a commit takes milliseconds however little it
holds. Whoever comes while one is at work is in the next. Nobody waits for company: on a quiet day each is alone.
"""

import asyncio
import contextvars
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

AT_ONCE: Final = 32
"""Most commands in one commit, so that the lock is not held for long."""

W = TypeVar("W")
R = TypeVar("R")


@dataclass
class _Standing(Generic[W, R]):
    what: W
    outcome: "asyncio.Future[R]"
    context: contextvars.Context = field(default_factory=contextvars.copy_context)
    """The trace of the request: that of the first in a commit is the commit's."""


class Line(Generic[W, R]):
    """Lines, one for each agency.

    Parameters
    ----------
    commit
        Commits several of an agency, in order, and returns what became of each. If it raises, nothing was written.
    """

    def __init__(self, commit: Callable[[str, list[W]], Awaitable[list[R | Exception]]]) -> None:
        self._commit = commit
        self._waiting: dict[str, deque[_Standing[W, R]]] = {}
        self._working: set[asyncio.Task[None]] = set()

    async def stand(self, agency: str, what: W) -> R:
        """Wait for one's turn and return what came of it, or raise that."""
        one: _Standing[W, R] = _Standing(what, asyncio.get_running_loop().create_future())
        if agency in self._waiting:
            self._waiting[agency].append(one)
        else:
            self._waiting[agency] = deque([one])
            self._begin(agency)
        return await one.outcome

    def _begin(self, agency: str) -> None:
        """Let in those who wait; the line is gone when nobody does."""
        waiting = self._waiting[agency]
        if not waiting:
            del self._waiting[agency]
            return
        first = [waiting.popleft() for _ in range(min(AT_ONCE, len(waiting)))]
        task = asyncio.create_task(self._let_in(agency, first), name="commit", context=first[0].context)
        self._working.add(task)
        task.add_done_callback(lambda done: self._end(agency, done))

    def _end(self, agency: str, done: "asyncio.Task[None]") -> None:
        self._working.discard(done)
        if done.cancelled():  # the process is stopping
            for one in self._waiting.pop(agency):
                one.outcome.cancel()
        else:
            self._begin(agency)

    async def _let_in(self, agency: str, several: list[_Standing[W, R]]) -> None:
        try:
            outcomes = await self._commit(agency, [one.what for one in several])
        except asyncio.CancelledError:
            for one in several:
                one.outcome.cancel()
            raise
        except Exception as error:  # told to the one that caused it
            if len(several) == 1:
                _tell(several[0], error)
            else:
                for one in several:
                    await self._let_in(agency, [one])
        else:
            for one, outcome in zip(several, outcomes, strict=True):
                _tell(one, outcome)


def _tell(one: _Standing[W, R], outcome: R | Exception) -> None:
    """Say what became of a command, unless whoever waited for that has gone."""
    if one.outcome.done():
        return
    if isinstance(outcome, Exception):
        one.outcome.set_exception(outcome)
    else:
        one.outcome.set_result(outcome)
