"""Waiting for what other processes do: the one place where tests poll."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

PAUSE_S = 0.05


async def until(look: Callable[[], Awaitable[T | None]], *, at_most_s: float = 300.0, what: str = "it") -> T:
    """Look again until there is something to see, and return that.

    Raises
    ------
    TimeoutError
        Says what was last seen.
    """
    deadline = time.monotonic() + at_most_s
    while not (seen := await look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {at_most_s} s; last seen: {seen!r}")
        await asyncio.sleep(PAUSE_S)
    return seen
