"""One supervised process: how it is started, asked how it feels, and stopped."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import psutil

RunAs = Literal["same", "user-namespace", "nobody"]
Probe = Callable[[], Awaitable[bool]]

GUARD: Final = Path(__file__).with_name("guard.py")
LOG_CAP_BYTES: Final = 8 * 1024 * 1024
START_MARK: Final = "=== started "
"""Begins a line of our own in a part's log."""


class PartFailedError(RuntimeError):
    """A part died or did not get ready while the stack was starting."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What must run, and how to tell that it does."""

    name: str
    argv: tuple[str, ...]
    cwd: Path
    is_ready: Probe
    """Says whether it serves; asked often while it starts."""
    is_alive: Probe | None = None
    """Says whether it still answers; a process that hangs is killed and started again. None: only its death counts."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Added to our own environment; an empty value takes a variable away."""
    run_as: RunAs = "same"
    before_start: Callable[[], None] = lambda: None
    """Makes what is missing, clears what a killed predecessor left behind. May block, runs in a thread."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout_s: float = 20
    start_timeout_s: float = 180


def guarded(argv: tuple[str, ...], *, run_as: RunAs = "same", death_signal: int | None = None) -> list[str]:
    """Return the command line that becomes `argv` as the wanted user, and dies with us if a signal is named."""
    options = [f"--as={run_as}"]
    if death_signal is not None:
        options += [f"--death-signal={int(death_signal)}", f"--parent={os.getpid()}"]
    return [sys.executable, "-I", "-S", str(GUARD), *options, "--", *argv]


def environment(part: Part) -> dict[str, str]:
    """Return the environment of the part's process."""
    merged = {**os.environ, **part.env}
    return {name: value for name, value in merged.items() if value}


async def launch(part: Part, log: Path) -> asyncio.subprocess.Process:
    """Start the process, its output appended to the log, in a session of its own.

    Called from the thread that runs the event loop and lives as long as the stack: the kernel ties the death signal
    to the thread that forked.
    """
    await asyncio.to_thread(part.before_start)
    cap_log(log)
    with log.open("ab", buffering=0) as output:
        output.write(f"{START_MARK}{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n".encode())
        return await asyncio.create_subprocess_exec(
            *guarded(part.argv, run_as=part.run_as, death_signal=part.stop_signal),
            cwd=part.cwd,
            env=environment(part),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


async def until_ready(part: Part, process: asyncio.subprocess.Process, log: Path) -> None:
    """Wait until the part serves.

    Raises
    ------
    PartFailedError
        It died first, or took longer than it may; the message ends with its last words.
    """
    try:
        async with asyncio.timeout(part.start_timeout_s):
            while not await part.is_ready():
                if process.returncode is not None:
                    raise PartFailedError(f"{part.name} died ({process.returncode}):\n{last_words(log)}")
                await asyncio.sleep(0.05)
    except TimeoutError as late:
        message = f"{part.name} was not ready after {part.start_timeout_s:.0f} s:\n{last_words(log)}"
        raise PartFailedError(message) from late


async def stop(part: Part, process: asyncio.subprocess.Process) -> None:
    """Ask the process to stop, insist after a while, and take its group along."""
    if process.returncode is None:
        process.send_signal(part.stop_signal)
        process.send_signal(signal.SIGCONT)  # one that was halted could not hear
        try:
            async with asyncio.timeout(part.stop_timeout_s):
                await process.wait()
        except TimeoutError:
            late = "%s did not stop within %.0f s and is killed"
            logging.getLogger(__name__).warning(late, part.name, part.stop_timeout_s)
            process.kill()
            await process.wait()
    end_group(process.pid)


def end_group(leader: int) -> None:
    """Kill what a dead process left behind in its session's process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def cap_log(log: Path) -> None:
    """Set a log that has grown large aside, keeping one old copy."""
    if log.exists() and log.stat().st_size > LOG_CAP_BYTES:
        log.replace(log.with_suffix(".log.1"))


def last_words(log: Path, lines: int = 15) -> str:
    """Return the end of what a part said since it was last started."""
    if not log.exists():
        return f"(no log at {log})"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8192))
        said = file.read().decode(errors="replace").rpartition(START_MARK)[2].splitlines()
    return "\n".join((*said[-lines:], f"(from {log})"))


def born_at(pid: int) -> float | None:
    """Return when the living process with this pid was started, to tell it from a later one with the same pid."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None
