"""Which failures pass by themselves, and how long to wait before the next attempt."""

import asyncio
import time
from typing import Final

import asyncpg

from casetrail_common.outages import DATABASE_ERRORS

_PASSING: Final = ("08", "25006", "25P03", "40", "53", "55", "57", "58")
"""Beginnings of SQLSTATE that say something of the server's condition and nothing of the statement.

Source: PostgreSQL manual, appendix A: connection exception, read-only transaction (a standby), idle too long, rollback,
resources, object not in prerequisite state (locks), operator intervention, system error.
"""


def is_transient(error: BaseException) -> bool:
    """Whether the same thing may succeed later without anybody changing anything but the environment."""
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "").startswith(_PASSING)
    if isinstance(error, asyncpg.InterfaceError):
        return not isinstance(error, ValueError | TypeError)
    return isinstance(error, DATABASE_ERRORS)


class Pace:
    """Lets rounds begin no closer together than this, so that under load each does more; a lone one begins at once."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._begun = 0.0

    async def keep(self) -> None:
        """Wait until the next round may begin."""
        wait = self._begun + self._seconds - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        self._begun = time.monotonic()


class Backoff:
    """Pauses that double up to a cap, from the start again after a success."""

    def __init__(self, first_s: float = 0.1, cap_s: float = 5.0) -> None:
        self._first_s = first_s
        self._cap_s = cap_s
        self._next_s = first_s

    def next(self) -> float:
        """Return the next pause in seconds."""
        pause = self._next_s
        self._next_s = min(self._cap_s, pause * 2)
        return pause

    def reset(self) -> None:
        """Start over after a success."""
        self._next_s = self._first_s
