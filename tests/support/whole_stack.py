"""The whole application, to be killed: at failpoints, part by part, or by taking away what a part has kept."""

import asyncio
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

import support.impatient_stack
from casetrail_embedded.stack.addresses import StackAddresses
from casetrail_embedded.stack.paths import DataDir
from casetrail_embedded.stack.runfile import RunFile, Running, kill_part
from support.stack import PARTS, Launcher, launch

ALL_PARTS = (*PARTS, "app")

WITHIN_S = 300.0
"""Seconds after which something that should have happened is given up; quiet machines take five."""


@dataclass
class WholeStack:
    """A running stack with its application, in one process that a test may arm."""

    launcher: Launcher
    failpoints: Path

    @property
    def data_dir(self) -> Path:
        return self.launcher.data_dir

    @property
    def addresses(self) -> StackAddresses:
        return self.launcher.addresses

    def part(self, name: str) -> Running:
        """Return how a part stands."""
        return RunFile.read(DataDir(self.data_dir).run_file).parts[name]

    async def dies_at(self, failpoint: str) -> None:
        """Arm the application and wait until it has killed itself there, which its log must say."""
        killed, said = self.part("app"), self._deaths(failpoint)
        prepared = self.failpoints.with_suffix(".new")
        prepared.write_text(failpoint)
        prepared.replace(self.failpoints)
        try:
            await comes_true(lambda: not self.failpoints.exists() and not killed.lives())
        except TimeoutError:
            raise AssertionError(f"nothing came to failpoint {failpoint}") from None
        assert self._deaths(failpoint) == said + 1

    async def serves(self) -> None:
        """Wait until every part is ready again."""
        await comes_true(lambda: all(self.is_ready(name) for name in ALL_PARTS))

    async def is_served_by(self, name: str) -> None:
        """Wait until a part is ready."""
        await comes_true(lambda: self.is_ready(name))

    def is_ready(self, name: str) -> bool:
        """Whether a part runs and serves."""
        part = self.part(name)
        return part.state == "ready" and part.lives()

    def kill(self, name: str) -> int:
        """Kill a part as the power would."""
        return kill_part(name, signal.SIGKILL, self.data_dir)

    @contextmanager
    def unsupervised(self) -> Iterator[None]:
        """Start nothing again meanwhile."""
        self.launcher.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.launcher.process.send_signal(signal.SIGCONT)

    def wipe_broker(self) -> None:
        """Kill the broker and take away everything it has kept, while it is not supervised."""
        broker = psutil.Process(self.kill("kafka"))
        deadline = time.monotonic() + WITHIN_S
        while broker.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
            time.sleep(0.01)
        shutil.rmtree(DataDir(self.data_dir).kafka / "segments")

    def _deaths(self, failpoint: str) -> int:
        log = self.data_dir / "log" / "app.log"
        return log.read_text(errors="replace").count(f"failpoint {failpoint}: killed\n")


async def comes_true(question: Callable[[], bool]) -> None:
    """Ask again and again: nothing here learns by itself what becomes of other processes.

    Raises
    ------
    TimeoutError
        If it does not come true.
    """
    async with asyncio.timeout(WITHIN_S):
        while True:
            if question():
                return
            await asyncio.sleep(0.02)


@contextmanager
def whole_stack() -> Iterator[WholeStack]:
    """Run everything in a directory that is removed afterwards."""
    data_dir = Path(tempfile.mkdtemp(prefix="casetrail-test-"))
    failpoints = data_dir / "failpoints"
    env = {"CASETRAIL_TEST_BUILD": "true", "CASETRAIL_FAILPOINTS_FILE": str(failpoints)}
    try:
        launcher = launch(data_dir, (), program=(str(support.impatient_stack.__file__),), env=env)
        try:
            yield WholeStack(launcher, failpoints)
        finally:
            launcher.stop()
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)
