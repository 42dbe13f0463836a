"""What runs now: a file others can read, and a lock that dies with its holder.

The lock is the truth about whether a launcher lives; the file only says which processes belong to it.
"""

import fcntl
import getpass
import json
import os
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, Self

import psutil

from casetrail_embedded.stack.addresses import StackAddresses
from casetrail_embedded.stack.part import born_at, end_group
from casetrail_embedded.stack.paths import DataDir, default_data_dir
from casetrail_embedded.stack.secrets import write_private

ORPHANS_STOP_WITHIN_S: Final = 20

State = Literal["starting", "ready", "failed", "stopped"]


class AlreadyRunningError(RuntimeError):
    """Another launcher holds this data directory."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """One process, told apart from a later one with the same pid by when it was born."""

    pid: int
    born: float
    state: State = "starting"
    restarts: int = 0
    stop_signal: int = signal.SIGTERM

    def lives(self) -> bool:
        """Say whether this very process still runs."""
        return born_at(self.pid) == self.born


@dataclass(frozen=True, kw_only=True)
class RunFile:
    """Contents of `run/stack.json`."""

    launcher: Running | None = None
    user: str = ""
    since: str = ""
    ports: Mapping[str, int] = field(default_factory=dict)
    addresses: StackAddresses | None = None
    parts: Mapping[str, Running] = field(default_factory=dict)

    @classmethod
    def of_this_process(cls, ports: Mapping[str, int], addresses: StackAddresses) -> Self:
        """Return what is written when a launcher begins."""
        pid = os.getpid()
        return cls(
            launcher=Running(pid=pid, born=born_at(pid) or 0.0),
            user=getpass.getuser(),
            since=datetime.now(UTC).isoformat(timespec="seconds"),
            ports=ports,
            addresses=addresses,
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file; none, or one that was damaged, says that nothing is known."""
        try:
            stored: dict[str, Any] = json.loads(path.read_text())
            return cls(
                launcher=Running(**stored["launcher"]) if stored["launcher"] else None,
                user=stored["user"],
                since=stored["since"],
                ports=stored["ports"],
                addresses=StackAddresses.from_json(stored["addresses"]) if stored["addresses"] else None,
                parts={name: Running(**part) for name, part in stored["parts"].items()},
            )
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return cls()

    def write(self, path: Path) -> None:
        """Replace the file, readable by its owner alone."""
        stored = {
            "launcher": asdict(self.launcher) if self.launcher else None,
            "user": self.user,
            "since": self.since,
            "ports": dict(self.ports),
            "addresses": self.addresses.to_json() if self.addresses else None,
            "parts": {name: asdict(part) for name, part in self.parts.items()},
        }
        write_private(path, json.dumps(stored, indent=1))

    def with_part(self, name: str, part: Running) -> Self:
        """Return the file with one part's entry replaced."""
        return replace(self, parts={**self.parts, name: part})

    def stopped(self) -> Self:
        """Return what remains of it when everything has stopped: the ports, to be taken again next time."""
        return replace(self, launcher=None, since="", parts={})


def acquire(directory: DataDir) -> int:
    """Lock a data directory for this launcher and return the descriptor that holds the lock.

    Raises
    ------
    AlreadyRunningError
        Another launcher lives; the message says who, since when and where it serves.
    """
    descriptor = os.open(directory.lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise AlreadyRunningError(describe(RunFile.read(directory.run_file), directory)) from None
    return descriptor


def is_locked(directory: DataDir) -> bool:
    """Say whether a launcher lives."""
    if not directory.lock_file.exists():
        return False
    descriptor = os.open(directory.lock_file, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def describe(run: RunFile, directory: DataDir) -> str:
    """Say in one sentence who runs a stack."""
    if run.launcher is None or run.addresses is None:
        return f"a stack in {directory.root} is just being started or stopped"
    return (
        f"a stack already runs in {directory.root}: pid {run.launcher.pid} of {run.user}, since {run.since}, "
        f"at {run.addresses.public_url}; stop it with `make down`"
    )


def orphans(run: RunFile) -> Iterator[tuple[str, Running]]:
    """Return the processes of a launcher that died, those started last first."""
    return ((name, part) for name, part in reversed(list(run.parts.items())) if part.lives())


def stop_orphans(run: RunFile) -> list[str]:
    """Stop what a killed launcher left running and return the names; the lock must be held.

    The kernel has told them already; here we wait until they are gone, and insist.
    """
    left = list(orphans(run))
    for _, part in left:
        send(part, part.stop_signal)
    deadline = time.monotonic() + ORPHANS_STOP_WITHIN_S
    for _, part in left:
        while part.lives() and time.monotonic() < deadline:
            time.sleep(0.05)
        if part.lives():
            send(part, signal.SIGKILL)
            psutil.wait_procs([psutil.Process(part.pid)], timeout=5)
        end_group(part.pid)
    return [name for name, _ in left]


def send(part: Running, number: int) -> None:
    """Send a signal to this very process."""
    if part.lives():
        os.kill(part.pid, number)


def part_pid(name: str, data_dir: Path | None = None) -> int:
    """Return the pid of a running part.

    Raises
    ------
    ProcessLookupError
        No such part runs at this moment.
    """
    return running_part(name, data_dir).pid


def running_part(name: str, data_dir: Path | None = None) -> Running:
    """Return the entry of a part that lives."""
    run = RunFile.read(DataDir((data_dir or default_data_dir()).resolve()).run_file)
    part = run.parts.get(name)
    if part is None or not part.lives():
        raise ProcessLookupError(f"part {name} does not run; known: {', '.join(run.parts) or 'none'}")
    return part


def kill_part(name: str, number: int = signal.SIGKILL, data_dir: Path | None = None) -> int:
    """Send a signal to a part and return the pid it had; the supervisor will start it again if it dies."""
    part = running_part(name, data_dir)
    send(part, number)
    return part.pid
