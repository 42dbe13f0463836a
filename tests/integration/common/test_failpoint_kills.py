"""Failpoints kill a test build, and only a test build."""

import os
import signal
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from casetrail_common.failpoints import failpoint
for n in range(1, 4):
    failpoint("relay.after_publish")
    failpoint("other")
    print(n, flush=True)
"""

LATE_PROGRAM = """
import sys
from casetrail_common.failpoints import failpoint
for line in sys.stdin:
    failpoint("relay.after_publish")
    print(line.strip(), flush=True)
"""


def run(**environment: str) -> tuple[int, str]:
    names = {f"CASETRAIL_{name}": value for name, value in environment.items()}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **names}, capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout


def test_a_failpoint_kills_at_the_nth_hit() -> None:
    assert run(TEST_BUILD="1", FAILPOINTS="relay.after_publish:3") == (-signal.SIGKILL, "1\n2\n")
    assert run(TEST_BUILD="1", FAILPOINTS="nowhere, relay.after_publish") == (-signal.SIGKILL, "")


def test_outside_a_test_build_nothing_is_armed(tmp_path: Path) -> None:
    file = tmp_path / "failpoints"
    file.write_text("relay.after_publish")
    assert run(FAILPOINTS="relay.after_publish", FAILPOINTS_FILE=str(file)) == (0, "1\n2\n3\n")


def test_a_running_process_is_armed_by_a_file_and_its_successor_lives(tmp_path: Path) -> None:
    file = tmp_path / "failpoints"
    environment = {**os.environ, "CASETRAIL_TEST_BUILD": "1", "CASETRAIL_FAILPOINTS_FILE": str(file)}
    with subprocess.Popen(
        [sys.executable, "-c", LATE_PROGRAM],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("before\n")
        assert process.stdout.readline() == "before\n"
        file.write_text("relay.after_publish:2")
        process.stdin.write("first\n")
        assert process.stdout.readline() == "first\n"
        process.stdin.write("second\n")
        assert process.stdout.readline() == ""
        process.stdin.close()
        assert process.wait() == -signal.SIGKILL
    assert not file.exists()
