"""What a stack withstands: parts killed, its launcher killed, restarts, taken ports, a second start."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from casetrail_embedded.stack.paths import DataDir
from casetrail_embedded.stack.ports import LOOPBACK
from casetrail_embedded.stack.runfile import RunFile, kill_part, part_pid
from support.stack import PARTS, Launcher, launch, until_healed
from support.traces import Traces


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Return a directory that is removed afterwards; short, as paths of sockets must be."""
    path = Path(tempfile.mkdtemp(prefix="casetrail-test-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    """Run a stack for those tests that leave it as they found it."""
    path = Path(tempfile.mkdtemp(prefix="casetrail-test-"))
    launcher = launch(path)
    yield launcher
    launcher.stop()
    shutil.rmtree(path)


def command(data_dir: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the command line on a data directory."""
    line = [sys.executable, "-m", "casetrail_embedded.cli", *words, "--data", str(data_dir)]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=300)


def pids(data_dir: Path) -> dict[str, int]:
    """Return the pid of each part."""
    return {name: part_pid(name, data_dir) for name in PARTS}


async def test_each_part_that_is_killed_comes_back_with_what_it_had_acknowledged(launcher: Launcher) -> None:
    traces = Traces()
    await traces.leave(launcher.addresses)
    killed = {name: kill_part(name, signal.SIGKILL, launcher.data_dir) for name in PARTS}
    for name, pid in killed.items():
        assert until_healed(launcher.data_dir, name, pid) == part_pid(name, launcher.data_dir)
    assert await traces.missing(launcher.addresses) == []
    assert "postgres was ended by SIGKILL" in launcher.output()


async def test_data_is_kept_if_other_ports_must_be_taken(data_dir: Path) -> None:
    first = launch(data_dir)
    before, traces = first.addresses, Traces()
    await traces.leave(before)
    assert first.stop() == 0
    listeners = [socket.create_server((LOOPBACK, port)) for port in before.ports.values()]
    second = launch(data_dir)
    assert not set(second.addresses.ports.values()) & set(before.ports.values())
    assert RunFile.read(DataDir(data_dir).run_file).addresses == second.addresses
    assert await traces.missing(second.addresses) == []
    second.stop()
    for listener in listeners:
        listener.close()


def test_a_second_start_says_who_runs_and_changes_nothing(launcher: Launcher) -> None:
    before = pids(launcher.data_dir)
    second = command(launcher.data_dir, "up", "--infra-only")
    assert second.returncode == 1
    assert f"pid {launcher.process.pid}" in second.stderr
    assert launcher.addresses.public_url in second.stderr
    assert pids(launcher.data_dir) == before


async def test_a_killed_launcher_takes_its_parts_along_and_the_next_start_goes_on(data_dir: Path) -> None:
    killed = launch(data_dir)
    traces = Traces()
    killed_addresses = killed.addresses
    await traces.leave(killed_addresses)
    # A halted process does not hear that its launcher died; the next one must find it.
    halted = kill_part("postgres", signal.SIGSTOP, data_dir)
    children = [psutil.Process(pid) for pid in pids(data_dir).values() if pid != halted]
    killed.process.kill()
    killed.process.wait()
    assert psutil.wait_procs(children, timeout=300)[1] == []
    assert psutil.pid_exists(halted)
    heir = launch(data_dir)
    assert "stopped what a killed launcher had left running: postgres" in heir.output()
    assert heir.addresses == killed_addresses
    assert await traces.missing(heir.addresses) == []
    heir.stop()


def test_down_stops_everything_and_clean_removes_it(data_dir: Path) -> None:
    launcher = launch(data_dir)
    parts = [psutil.Process(pid) for pid in pids(data_dir).values()]
    stopped = command(data_dir, "down")
    assert "stopped the stack" in stopped.stdout
    assert launcher.process.wait(300) == 0
    assert not any(part.is_running() for part in parts)
    assert RunFile.read(DataDir(data_dir).run_file).parts == {}
    assert "nothing runs" in command(data_dir, "down").stdout
    assert command(data_dir, "status").returncode == 3
    assert command(data_dir, "clean").returncode == 0
    assert not data_dir.exists()


def test_a_signal_while_starting_stops_what_has_started(data_dir: Path) -> None:
    line = [sys.executable, "-m", "casetrail_embedded.cli", "up", "--infra-only", "--spare-ports"]
    starting = subprocess.Popen([*line, "--data", str(data_dir)], stdout=subprocess.PIPE, text=True)
    assert starting.stdout is not None
    starting.stdout.readline()  # the first part is ready, others are not
    starting.send_signal(signal.SIGINT)
    starting.communicate(timeout=300)
    assert starting.returncode == 1
    assert not [child for child in psutil.process_iter(["cmdline"]) if str(data_dir) in str(child.info["cmdline"])]


def test_only_loopback_is_listened_on(launcher: Launcher) -> None:
    for name, pid in pids(launcher.data_dir).items():
        process = psutil.Process(pid)
        connections = process.net_connections("inet")
        listening = {each.laddr.ip for each in connections if each.status == psutil.CONN_LISTEN}
        assert listening <= {LOOPBACK, "::ffff:127.0.0.1"}, name
        assert listening


def test_secrets_are_in_no_command_line_and_in_no_file_others_may_read(launcher: Launcher) -> None:
    directory = DataDir(launcher.data_dir)
    secrets = directory.secrets.read_text().split('"')[3::4]
    assert len(secrets) > 10
    lines = [" ".join(psutil.Process(pid).cmdline()) for pid in pids(launcher.data_dir).values()]
    assert not [secret for secret in secrets if any(secret in line for line in lines)]
    assert readable_with_secrets(directory.root, secrets) == []


def readable_with_secrets(root: Path, secrets: list[str]) -> list[Path]:
    """Return the files that others may read and that hold a secret."""
    found = []
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if mode_of(Path(folder, name)) & 0o001]
        for path in (Path(folder, name) for name in files):
            if path.is_file() and mode_of(path) & 0o004:
                with suppress(FileNotFoundError):
                    text = path.read_bytes()
                    found += [path for secret in secrets if secret.encode() in text]
    return found


def mode_of(path: Path) -> int:
    """Return who may do what with a file; nobody anything with one that a running part has removed meanwhile."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return 0


def test_clean_leaves_a_directory_alone_that_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "somebody's.txt").touch()
    assert command(tmp_path, "clean").returncode == 1
    assert (tmp_path / "somebody's.txt").exists()
