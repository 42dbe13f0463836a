"""A lock file that a killed database server left behind."""

import os
from pathlib import Path

from casetrail_embedded.stack.postgres import clear_dead_lock


def test_the_lock_of_a_dead_server_is_removed(tmp_path: Path) -> None:
    lock = tmp_path / "postmaster.pid"
    lock.write_text(f"{2**22 + 1}\n/somewhere\n")
    clear_dead_lock(tmp_path)
    assert not lock.exists()


def test_a_pid_that_now_belongs_to_another_program_does_not_keep_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n/somewhere\n")
    clear_dead_lock(tmp_path)
    assert not lock.exists()
