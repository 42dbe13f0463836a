"""What is written about a running stack, and what is believed of it."""

import os
from pathlib import Path

import pytest

from casetrail_embedded.stack.part import born_at
from casetrail_embedded.stack.paths import DataDir
from casetrail_embedded.stack.runfile import (
    AlreadyRunningError,
    RunFile,
    Running,
    acquire,
    is_locked,
    orphans,
    part_pid,
)


def myself() -> Running:
    """Return the entry of this process."""
    return Running(pid=os.getpid(), born=born_at(os.getpid()) or 0.0)


def test_a_process_with_the_same_pid_that_was_born_at_another_time_is_another_process() -> None:
    assert myself().lives()
    assert not Running(pid=os.getpid(), born=1.0).lives()


def test_only_processes_that_live_are_orphans() -> None:
    run = RunFile(parts={"kafka": myself(), "postgres": Running(pid=os.getpid(), born=1.0)})
    assert [name for name, _ in orphans(run)] == ["kafka"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"launcher": {}}'])
def test_a_damaged_run_file_says_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "stack.json"
    path.write_text(text)
    assert RunFile.read(path) == RunFile()


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    run = RunFile(launcher=myself(), user="clerk", since="now", ports={"s3": 1}).with_part("kafka", myself())
    run.write(tmp_path / "stack.json")
    assert RunFile.read(tmp_path / "stack.json") == run


def test_the_ports_outlive_the_stack() -> None:
    run = RunFile(launcher=myself(), ports={"s3": 1}).with_part("kafka", myself())
    assert run.stopped() == RunFile(ports={"s3": 1})


def test_a_data_directory_has_one_launcher(tmp_path: Path) -> None:
    directory = DataDir(tmp_path)
    directory.create()
    assert not is_locked(directory)
    held = acquire(directory)
    assert is_locked(directory)
    with pytest.raises(AlreadyRunningError):
        acquire(directory)
    os.close(held)
    assert not is_locked(directory)


def test_the_pid_of_a_part_that_does_not_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProcessLookupError, match="kafka"):
        part_pid("kafka", tmp_path)
