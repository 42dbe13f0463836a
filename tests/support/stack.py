"""The real parts for tests: one stack per test session, and databases of one's own in it."""

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from casetrail_common.ids import Service
from casetrail_common.migrating import migrate
from casetrail_common.settings import Settings
from casetrail_embedded.stack.addresses import StackAddresses
from casetrail_embedded.stack.part import guarded, last_words
from casetrail_embedded.stack.paths import DataDir
from casetrail_embedded.stack.runfile import RunFile

STOP_S = 120.0
"""Seconds until a stack that does not stop is given up; its parts are killed if they take more than 20 each."""

START_S = 300.0
"""Seconds until a stack that does not get ready is given up; quiet machines take five."""

PARTS = ("postgres", "kafka", "seaweed")


@dataclass(frozen=True)
class Launcher:
    """A launcher in a process of its own."""

    process: subprocess.Popen[bytes]
    data_dir: Path

    @property
    def addresses(self) -> StackAddresses:
        """Where the parts are."""
        addresses = RunFile.read(DataDir(self.data_dir.resolve()).run_file).addresses
        assert addresses is not None
        return addresses

    def output(self) -> str:
        """Return the end of what it said."""
        return last_words(self.data_dir / "launcher.out", lines=60)

    def stop(self) -> int:
        """Stop everything and return the exit code."""
        self.process.terminate()
        try:
            return self.process.wait(STOP_S)
        except subprocess.TimeoutExpired as late:
            parts = RunFile.read(DataDir(self.data_dir.resolve()).run_file).parts
            states = ", ".join(f"{name} {part.state}" for name, part in parts.items())
            raise TimeoutError(f"the stack does not stop ({states}):\n{self.output()}") from late


def launch(
    data_dir: Path,
    options: Sequence[str] = ("--infra-only", "--spare-ports"),
    *,
    program: Sequence[str] = ("-m", "casetrail_embedded.cli", "up"),
    env: Mapping[str, str] | None = None,
) -> Launcher:
    """Start a stack, as a user would unless another program is named, and wait until it is ready."""
    data_dir.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, *program, "--data", str(data_dir), *options]
    with (data_dir / "launcher.out").open("wb") as output:
        # Should the tests be killed, the launcher stops, and with it everything.
        guarded_command = guarded(tuple(command), death_signal=signal.SIGTERM)
        process = subprocess.Popen(guarded_command, stdout=output, stderr=output, env={**os.environ, **(env or {})})
        launcher = Launcher(process, data_dir)
    until_ready(launcher)
    return launcher


def until_ready(launcher: Launcher, parts: Sequence[str] = PARTS) -> None:
    """Wait until every part is ready, or say why not."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        run = RunFile.read(DataDir(launcher.data_dir).run_file)
        states = [run.parts[name].state for name in parts if name in run.parts]
        own = run.launcher is not None and run.launcher.pid == launcher.process.pid
        if own and states == ["ready"] * len(parts) and "✓" in launcher.output():
            return
        if launcher.process.poll() is not None:
            raise RuntimeError(f"the launcher ended:\n{launcher.output()}")
        time.sleep(0.05)
    raise TimeoutError(f"the stack is not ready:\n{launcher.output()}")


def until_healed(data_dir: Path, name: str, killed: int) -> int:
    """Wait until a part runs again under another pid, and return that."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        part = RunFile.read(DataDir(data_dir).run_file).parts.get(name)
        if part is not None and part.pid != killed and part.state == "ready" and part.lives():
            return part.pid
        time.sleep(0.05)
    raise TimeoutError(f"{name} was not started again")


@contextlib.contextmanager
def running_stack() -> Iterator[StackAddresses]:
    """Run the parts, without the application, in a directory that is removed afterwards."""
    data_dir = Path(tempfile.mkdtemp(prefix="casetrail-test-"))
    try:
        launcher = launch(data_dir)
        try:
            yield launcher.addresses
        finally:
            launcher.stop()
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)


@dataclass(frozen=True)
class ScratchDatabase:
    """A database of a test's own, with the tables and roles of one service and nothing in it."""

    name: str
    app_dsn: str
    owner_dsn: str
    superuser_dsn: str


@contextlib.asynccontextmanager
async def scratch_database(stack: StackAddresses, service: Service) -> AsyncIterator[ScratchDatabase]:
    """Make a database like a service's, migrated as in production, and drop it afterwards."""
    name = f"{service}_{secrets.token_hex(6)}"
    connection = await asyncpg.connect(stack.superuser_dsn)
    try:
        await _create(connection, service, name, like=await _migrated(connection, stack, service))
        yield ScratchDatabase(
            name,
            _renamed(stack.dsn(service), name),
            _renamed(stack.dsn(service, owner=True), name),
            _renamed(stack.superuser_dsn, name),
        )
    finally:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await connection.close()


async def _migrated(connection: asyncpg.Connection, stack: StackAddresses, service: Service) -> str:
    """Return the database that all of a service's are copied from; it is migrated when the first is asked for."""
    name = f"{service}_migrated"
    if not await connection.fetchval("SELECT exists (SELECT FROM pg_database WHERE datname = $1)", name):
        await _create(connection, service, name, like="template1")
        owner_dsn = _renamed(stack.dsn(service, owner=True), name)
        settings = Settings().model_copy(update={f"postgres_{service}_owner_dsn": owner_dsn})
        await asyncio.to_thread(migrate, service, settings)
        # Nobody may be in a database while it is copied, not even the server's own vacuum.
        await connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    return name


async def _create(connection: asyncpg.Connection, service: Service, name: str, *, like: str) -> None:
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {like} OWNER {service}_owner")
    await connection.execute(f"GRANT CONNECT ON DATABASE {name} TO {service}_app")


def _renamed(dsn: str, database: str) -> str:
    return f"{dsn.rpartition('/')[0]}/{database}"
