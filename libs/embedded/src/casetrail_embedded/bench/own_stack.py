"""A stack of the bench's own: in a directory that is removed afterwards, on ports nobody else has, saying little."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from casetrail_common.settings import Settings
from casetrail_embedded.stack import postgres
from casetrail_embedded.stack.addresses import StackAddresses, app_settings
from casetrail_embedded.stack.part import PartFailedError, guarded, last_words
from casetrail_embedded.stack.paths import DataDir
from casetrail_embedded.stack.probes import http_answers
from casetrail_embedded.stack.runfile import RunFile

START_S: Final = 300.0
"""Seconds until a stack that does not get ready is given up; a quiet machine takes ten."""
STOP_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class Memory:
    """What a part of the stack takes, in bytes."""

    pss: int
    """Pages that processes share are divided among them: the sum of this is what the machine really gives."""
    rss: int


@dataclass(frozen=True, slots=True)
class OwnStack:
    """The whole embedded stack, started as a user would start it."""

    directory: DataDir
    addresses: StackAddresses

    @property
    def settings(self) -> Settings:
        """What a further process of this stack would be told."""
        return app_settings(self.addresses)

    def spent_s(self) -> dict[str, float]:
        """Return how many seconds of processor each part has used so far, and the bench itself."""
        run = RunFile.read(self.directory.run_file)
        return {**{name: spent_s(part.pid) for name, part in run.parts.items()}, "bench": time.process_time()}

    def memory(self) -> dict[str, Memory]:
        """Return what each part takes now, with its children."""
        run = RunFile.read(self.directory.run_file)
        taken = {name: memory_of(part.pid, family=True) for name, part in run.parts.items()}
        if run.launcher is not None:
            taken["launcher"] = memory_of(run.launcher.pid, family=False)
        return taken


@asynccontextmanager
async def own_stack(*options: str) -> AsyncIterator[OwnStack]:
    """Start everything and wait until it serves; stop it and remove its data in the end."""
    directory = DataDir(_temporary())
    command = (sys.executable, "-m", "casetrail_embedded.cli", "up", "--data", str(directory.root), "--spare-ports")
    output_file = directory.root / "launcher.log"
    with output_file.open("wb") as output:
        launcher = await asyncio.create_subprocess_exec(
            # Should the bench be killed, the launcher stops, and with it everything.
            *guarded((*command, *options), death_signal=signal.SIGTERM),
            env={**os.environ, "CASETRAIL_LOG_LEVEL": "WARNING"},
            stdout=output,
            stderr=output,
        )
    try:
        yield OwnStack(directory, await _until_it_serves(launcher, directory, output_file))
    finally:
        if launcher.returncode is None:
            launcher.terminate()
            async with asyncio.timeout(STOP_S):
                await launcher.wait()
        shutil.rmtree(postgres.locate(directory.postgres).data, ignore_errors=True)
        shutil.rmtree(directory.root, ignore_errors=True)


def _temporary() -> Path:
    return Path(tempfile.mkdtemp(prefix="casetrail-bench-")).resolve()


async def _until_it_serves(
    launcher: asyncio.subprocess.Process, directory: DataDir, output_file: Path
) -> StackAddresses:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and launcher.returncode is None:
        addresses = RunFile.read(directory.run_file).addresses
        if addresses is not None and await http_answers(f"{addresses.public_url}/readyz")():
            return addresses
        await asyncio.sleep(0.1)
    raise PartFailedError(f"the stack did not start:\n{last_words(output_file)}")


def spent_s(pid: int) -> float:
    """Return how many seconds of processor a process has used, with its children."""
    process = psutil.Process(pid)
    total = 0.0
    for member in (process, *process.children(recursive=True)):
        try:
            spent = member.cpu_times()
        except psutil.Error:
            continue  # it has just ended
        total += spent.user + spent.system
    return total


def memory_of(pid: int, *, family: bool) -> Memory:
    """Return what a process takes, with its children if wanted."""
    process = psutil.Process(pid)
    pss = rss = 0
    for member in (process, *(process.children(recursive=True) if family else ())):
        try:
            found = member.memory_full_info()
        except psutil.Error:
            continue  # it ended, or may not be looked into
        pss, rss = pss + found.pss, rss + found.rss
    return Memory(pss, rss)
