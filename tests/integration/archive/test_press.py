"""The child that prints volumes stays a little, leaves by itself, and is replaced when it fails."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from casetrail_archive.dossier import AssemblyFailedError, Press, assemble
from support.penalty_case import PenaltyCase

SOURCE = PenaltyCase().source()


@pytest.fixture
async def press() -> AsyncIterator[Press]:
    made = Press(idle_s=60)
    yield made
    await made.close()


def child_of(press: Press) -> asyncio.subprocess.Process:
    child = press.child
    assert child is not None
    return child


async def test_the_next_volume_is_printed_by_the_same_child_and_has_the_same_root(press: Press, tmp_path: Path) -> None:
    first = await assemble(SOURCE, tmp_path / "one", press)
    child = child_of(press)
    second = await assemble(SOURCE, tmp_path / "two", press)
    assert child_of(press) is child
    assert first == second


async def test_two_orders_at_once_are_printed_one_after_the_other(press: Press, tmp_path: Path) -> None:
    one, two = await asyncio.gather(*(assemble(SOURCE, tmp_path / name, press) for name in ("one", "two")))
    assert one == two


async def test_a_child_that_died_while_it_waited_is_replaced(press: Press, tmp_path: Path) -> None:
    await assemble(SOURCE, tmp_path / "one", press)
    killed = child_of(press)
    os.kill(killed.pid, signal.SIGKILL)
    await killed.wait()
    await assemble(SOURCE, tmp_path / "two", press)
    assert child_of(press) is not killed


async def test_a_child_that_dies_while_it_prints_makes_no_volume_and_harms_no_other(press: Press) -> None:
    with pytest.raises(AssemblyFailedError):
        await press.print(b"no order")
    assert press.child is None


async def test_an_idle_child_leaves_by_itself(tmp_path: Path) -> None:
    press = Press(idle_s=0.1)
    await assemble(SOURCE, tmp_path / "one", press)
    assert await child_of(press).wait() == 0
    assert press.child is None
