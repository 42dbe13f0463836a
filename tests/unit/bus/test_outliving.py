"""A part of a worker ends only when it is told to, whatever the client library does."""

import asyncio

import pytest
from aiokafka.errors import KafkaConnectionError

from casetrail_common.bus.kafka import BrokerUnavailableError
from casetrail_common.bus.kafka.errors import in_time, told_as_unavailable
from casetrail_common.bus.worker import keep_running


async def cancelled_by_the_library() -> None:
    """Wait for something that the library then cancels."""
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.cancel)
    await future


async def test_a_cancellation_that_nobody_asked_for_is_an_outage() -> None:
    with pytest.raises(BrokerUnavailableError), told_as_unavailable():
        await cancelled_by_the_library()


async def test_what_the_library_raises_is_an_outage() -> None:
    for error in (KafkaConnectionError(), ConnectionResetError(), TimeoutError()):
        with pytest.raises(BrokerUnavailableError), told_as_unavailable():
            raise error


async def test_a_cancellation_that_was_asked_for_remains_one() -> None:
    async def wait() -> None:
        with told_as_unavailable():
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_part_that_was_ended_by_the_library_is_started_again() -> None:
    again = asyncio.Event()
    runs = 0

    async def part() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            await cancelled_by_the_library()
        again.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(keep_running(part, pause_s=0.0))
    await again.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert runs == 2


async def test_something_that_does_not_close_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casetrail_common.bus.kafka.errors.CLOSE_TIMEOUT_S", 0.01)

    async def stubborn() -> None:
        with pytest.raises(asyncio.CancelledError):
            await asyncio.Event().wait()

    assert not await in_time(stubborn())
    monkeypatch.undo()
    assert await in_time(asyncio.sleep(0))
