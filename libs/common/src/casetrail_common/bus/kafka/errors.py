"""How the broker fails, in our own words."""

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Final

from aiokafka.errors import KafkaError

log = logging.getLogger(__name__)

CLOSE_TIMEOUT_S: Final = 3.0
"""Longest time anything is given to close in order."""


class BrokerUnavailableError(Exception):
    """The broker did not do what was asked, for now; the same may succeed later."""


class LayoutError(Exception):
    """A topic exists with another number of partitions than is agreed for ever: somebody else made it."""


@contextmanager
def told_as_unavailable() -> Iterator[None]:
    """Tell whatever the client library raises as `BrokerUnavailableError`.

    That includes cancellations nobody asked for: when a connection dies under it the library cancels futures that
    others wait for, and a task that took this for its own cancellation would end without a word.
    """
    try:
        yield
    except (KafkaError, OSError) as error:
        raise BrokerUnavailableError(type(error).__name__) from error
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise BrokerUnavailableError("the client cancelled its own request") from error


async def in_time(closing: Coroutine[Any, Any, object]) -> bool:
    """Let something close in order, but not longer than `CLOSE_TIMEOUT_S`; False if it did not.

    In a task of its own: the client library swallows cancellations when it closes, so a timeout around it would not end
    it.
    """
    task = asyncio.ensure_future(closing)
    done, _ = await asyncio.wait({task}, timeout=CLOSE_TIMEOUT_S)
    if not done:
        task.cancel()
        return False
    if not task.cancelled() and (error := task.exception()) is not None:
        log.info("something did not close cleanly", extra={"error": type(error).__name__})
        return False
    return True
