"""One supervised process, without any of the real parts."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from casetrail_embedded.stack.keeper import Keeper, Patience
from casetrail_embedded.stack.part import Part, PartFailedError
from casetrail_embedded.stack.probes import within_bounds
from casetrail_embedded.stack.runfile import Running

QUICK = Patience(first_pause_s=0.01, probe_every_s=0.05, missed_probes=2)

SLEEP = "import time; time.sleep(1000)"


@dataclass
class Watched:
    """What a keeper reported, and a way to wait for more."""

    reports: list[Running] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, _: str, running: Running) -> None:
        self.reports.append(running)
        self.came.set()

    async def ready_after(self, restarts: int) -> Running:
        """Wait until the part is ready for the n-th time after the first."""
        async with asyncio.timeout(300):
            while True:
                for report in self.reports:
                    if report.state == "ready" and report.restarts >= restarts:
                        return report
                self.came.clear()
                await self.came.wait()


def part(tmp_path: Path, code: str, *, answers: bool = True, **more: object) -> Part:
    """Return a part that runs some Python."""

    async def probe() -> bool:
        return answers

    return Part(name="part", argv=(sys.executable, "-c", code), cwd=tmp_path, is_ready=probe, **more)  # type: ignore[arg-type]


@asynccontextmanager
async def kept(part: Part, tmp_path: Path) -> AsyncIterator[Watched]:
    """Keep a part running for as long as the context lasts."""
    watched = Watched()
    keeper = Keeper(part, log_file=tmp_path / "part.log", report=watched, patience=QUICK)
    await keeper.start()
    try:
        yield watched
    finally:
        await keeper.stop()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
async def test_a_process_that_dies_is_started_again(tmp_path: Path, number: signal.Signals) -> None:
    async with kept(part(tmp_path, SLEEP), tmp_path) as watched:
        first = await watched.ready_after(0)
        psutil.Process(first.pid).send_signal(number)
        second = await watched.ready_after(1)
        assert second.pid != first.pid
        assert second.lives()
    assert not second.lives()


async def test_a_process_that_ends_of_itself_is_started_again(tmp_path: Path) -> None:
    async with kept(part(tmp_path, "pass"), tmp_path) as watched:
        await watched.ready_after(2)


async def test_a_process_that_hangs_is_killed_and_started_again(tmp_path: Path) -> None:
    hung: set[int] = set()

    async def is_alive() -> bool:
        return watched.reports[-1].pid not in hung

    async with kept(part(tmp_path, SLEEP, is_alive=is_alive), tmp_path) as watched:
        first = await watched.ready_after(0)
        hung.add(first.pid)
        await watched.ready_after(1)
        assert not first.lives()


@pytest.mark.parametrize("turns", range(6))
async def test_stopping_is_heard_at_the_moment_a_probe_is_answered(tmp_path: Path, turns: int) -> None:
    asked, answered = asyncio.Event(), asyncio.Event()

    async def exchange() -> bool:
        asked.set()
        await answered.wait()
        return True

    keeper = Keeper(
        part(tmp_path, SLEEP, is_alive=within_bounds(exchange)),
        log_file=tmp_path / "part.log",
        report=Watched(),
        patience=QUICK,
    )
    await keeper.start()
    await asked.wait()
    answered.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    async with asyncio.timeout(300):
        await keeper.stop()


async def test_a_process_that_ignores_the_signal_is_killed_with_its_children(tmp_path: Path) -> None:
    stubborn = (
        "import signal, subprocess, sys, pathlib, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"child = subprocess.Popen([sys.executable, '-c', {SLEEP!r}])\n"
        "pathlib.Path('child').write_text(str(child.pid))\n"
        "time.sleep(1000)"
    )
    told = tmp_path / "child"

    async def is_ready() -> bool:
        return told.exists() and bool(told.read_text())

    stubborn_part = Part(
        name="part", argv=(sys.executable, "-c", stubborn), cwd=tmp_path, is_ready=is_ready, stop_timeout_s=0.2
    )
    async with kept(stubborn_part, tmp_path) as watched:
        child = psutil.Process(int(told.read_text()))
        parent = await watched.ready_after(0)
    assert not parent.lives()
    assert psutil.wait_procs([child], timeout=300)[1] == []


async def test_one_that_dies_before_it_is_ready_is_told_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(PartFailedError, match="no such luck"):
        async with kept(part(tmp_path, "raise SystemExit('no such luck')", answers=False), tmp_path):
            pass


async def test_one_that_never_gets_ready_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(PartFailedError, match="not ready"):
        async with kept(part(tmp_path, SLEEP, answers=False, start_timeout_s=0.2), tmp_path):
            pass


async def test_what_a_process_says_goes_to_its_log_and_a_large_log_is_set_aside(tmp_path: Path) -> None:
    log = tmp_path / "part.log"
    log.write_bytes(b"old\n" * 3_000_000)

    async def is_ready() -> bool:
        return "hello" in log.read_text()

    talk = f"print('hello', flush=True); {SLEEP}"
    async with kept(Part(name="part", argv=(sys.executable, "-c", talk), cwd=tmp_path, is_ready=is_ready), tmp_path):
        pass
    assert log.stat().st_size < 1000
    assert (tmp_path / "part.log.1").exists()
