"""The stack as root without user namespaces, and as an ordinary user."""

import os
import shutil
import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from casetrail_embedded.commands.stack import run_clean
from casetrail_embedded.stack.guard import NOBODY
from casetrail_embedded.stack.jars import choose_folder, parse_lock
from casetrail_embedded.stack.paths import KAFKA_LOCK, cache_dirs, project_root
from casetrail_embedded.stack.postgres import choose_identity, create_cluster, find_binaries, locate, open_to_everybody
from casetrail_embedded.stack.runfile import part_pid
from support.stack import PARTS, launch

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")

SYSTEM_PYTHON = Path("/usr/bin/python3.11")


@pytest.fixture
def home() -> Iterator[Path]:
    """Return a directory in which everybody may have one of their own."""
    path = Path(tempfile.mkdtemp(prefix="casetrail-test-"))
    path.chmod(0o777)
    yield path
    shutil.rmtree(path)


@only_root
async def test_where_user_namespaces_are_forbidden_the_database_runs_as_nobody(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASETRAIL_POSTGRES_AS", "nobody")
    choose_identity.cache_clear()
    closed = home / "closed"
    closed.mkdir(mode=0o700)  # as /root is
    launcher = launch(closed / "var")
    assert psutil.Process(part_pid("postgres", launcher.data_dir)).uids().real == NOBODY
    connection = await asyncpg.connect(launcher.addresses.superuser_dsn)
    await connection.execute("CREATE TABLE kept ()")
    await connection.close()
    launcher.stop()
    launcher = launch(closed / "var")
    connection = await asyncpg.connect(launcher.addresses.superuser_dsn)
    assert await connection.fetchval("SELECT to_regclass('kept') IS NOT NULL")
    await connection.close()
    elsewhere = locate(launcher.data_dir / "postgres").data
    assert elsewhere.exists()
    assert run_clean(Namespace(data=launcher.data_dir)) == 0
    assert launcher.process.wait(300) == 0
    assert not elsewhere.exists()


@only_root
@pytest.mark.skipif(not SYSTEM_PYTHON.exists(), reason="needs an interpreter that everybody may run")
@pytest.mark.skipif(not open_to_everybody(find_binaries()), reason="the environment is closed to others")
def test_an_ordinary_user_needs_nothing_special(home: Path, stack: object) -> None:
    del stack  # it has seen to it that the jars are there
    script = home / "up.py"
    script.write_text(ORDINARY)
    jars = choose_folder(parse_lock((project_root() / KAFKA_LOCK).read_text()), cache_dirs())
    shutil.copytree(jars, home / ".cache/casetrail" / jars.name)
    for path in (script, home / ".cache", *(home / ".cache").rglob("*")):
        path.chmod(0o755)  # ours, and what our umask makes, may be closed to others
    run = subprocess.run(
        [SYSTEM_PYTHON, str(script), str(home / "var"), " ".join(PARTS)],
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        cwd=home,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr
    assert set(run.stdout.split()) == {str(NOBODY)}


ORDINARY = """
import asyncio, sys, pathlib, psutil
from casetrail_embedded.stack.supervisor import Stack
from casetrail_embedded.stack.runfile import part_pid

async def main():
    data = pathlib.Path(sys.argv[1])
    async with Stack(data, usual_ports={}):
        for name in sys.argv[2].split():
            print(psutil.Process(part_pid(name, data)).uids().real)

asyncio.run(main())
"""


def test_a_cluster_whose_making_was_cut_short_is_made_anew(home: Path) -> None:
    cluster = locate(home / "postgres")
    (home / "postgres").mkdir()
    (home / "postgres" / "PG_VERSION").write_text("18\n")
    (home / "postgres-unfinished").touch()
    create_cluster(cluster, "password")
    assert (home / "postgres" / "global").is_dir()
    assert not (home / "postgres-unfinished").exists()
