"""The stack as a whole: first the parts, then the application, kept running, and stopped in reverse."""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from casetrail_embedded.stack import kafka, postgres, seaweed
from casetrail_embedded.stack.addresses import AppProcess, StackAddresses, addresses_of, app_environment
from casetrail_embedded.stack.jars import ensure_jars, parse_lock
from casetrail_embedded.stack.keeper import USUAL_PATIENCE, Keeper, Patience
from casetrail_embedded.stack.part import Part
from casetrail_embedded.stack.paths import KAFKA_LOCK, DataDir, cache_dirs, project_root
from casetrail_embedded.stack.ports import USUAL, choose
from casetrail_embedded.stack.probes import http_answers
from casetrail_embedded.stack.runfile import RunFile, Running, acquire, stop_orphans
from casetrail_embedded.stack.secrets import load_or_create

APP_START_TIMEOUT_S: Final = 300
"""Processes of the application wait for each other: tables are made by workers, the gateway asks everybody."""

AppPlan = Callable[[StackAddresses], Sequence[AppProcess]]
"""Which application processes to run, given where the parts are."""

log = logging.getLogger(__name__)


def no_apps(_: StackAddresses) -> Sequence[AppProcess]:
    """Run the parts alone, as tests do."""
    return ()


class Stack:
    """One stack in one data directory; an async context manager that serves until it is left.

    Parameters
    ----------
    data_dir
        Everything that survives a restart; made if missing.
    apps
        Application processes, started after the parts.
    ports
        Ports that must be these and no others, by the names of `ports.USUAL`.
    usual_ports
        Ports to prefer, by name; names given here and not in `ports.USUAL` are allotted too.
    patience
        How soon a part that died is started again.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        apps: AppPlan = no_apps,
        ports: Mapping[str, int] | None = None,
        usual_ports: Mapping[str, int] = USUAL,
        patience: Patience = USUAL_PATIENCE,
        say: Callable[[str], None] = log.info,
    ) -> None:
        self.directory = DataDir(data_dir.resolve())
        self._apps = apps
        self._demanded_ports = ports or {}
        self._usual_ports = usual_ports
        self._patience = patience
        self._say = say
        self._parts_kept: list[Keeper] = []
        self._apps_kept: list[Keeper] = []
        self._lock: int | None = None
        self._run = RunFile()
        self._addresses: StackAddresses | None = None

    @property
    def addresses(self) -> StackAddresses:
        """Where the parts are; known once the stack has started."""
        if self._addresses is None:
            raise RuntimeError("the stack has not been started")
        return self._addresses

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start everything, or nothing.

        Raises
        ------
        AlreadyRunningError
            A stack runs in this data directory.
        PartFailedError
            A part did not get ready; those that did are stopped again.
        """
        self.directory.create()
        self._lock = acquire(self.directory)
        try:
            await self._start_all()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop everything in reverse order; may be called twice."""
        for keepers in (self._apps_kept, self._parts_kept):  # who uses goes before who is used
            if keepers:
                self._say(f"stopping {', '.join(keeper.part.name for keeper in keepers)}")
            await asyncio.gather(*(keeper.stop() for keeper in keepers))
            keepers.clear()
        if self._lock is not None:
            self._run = self._run.stopped()
            self._run.write(self.directory.run_file)
            os.close(self._lock)
            self._lock = None

    async def _start_all(self) -> None:
        before = RunFile.read(self.directory.run_file)
        if left := await asyncio.to_thread(stop_orphans, before):
            self._say(f"stopped what a killed launcher had left running: {', '.join(left)}")
        secrets = load_or_create(self.directory.secrets)
        ports = choose(
            {**USUAL, **self._usual_ports},
            remembered=before.ports,
            usual=self._usual_ports,
            demanded=self._demanded_ports,
        )
        self._addresses = addresses_of(ports, secrets, self.directory.root)
        self._run = RunFile.of_this_process(ports, self._addresses)
        self._run.write(self.directory.run_file)
        await together(
            self._start_postgres(ports, secrets), self._start_kafka(ports), self._start_seaweed(ports, secrets)
        )
        apps = [app_part(app, self._addresses) for app in self._apps(self._addresses)]
        await together(*(self._keep(app, self._apps_kept) for app in apps))

    async def _start_postgres(self, ports: Mapping[str, int], secrets: Mapping[str, str]) -> None:
        cluster = postgres.locate(self.directory.postgres)
        password = secrets["postgres_superuser"]
        await asyncio.to_thread(postgres.create_cluster, cluster, password)
        await self._keep(postgres.postgres_part(cluster, port=ports["postgres"], password=password), self._parts_kept)
        await postgres.create_databases(postgres.superuser_dsn(ports["postgres"], password), secrets)

    async def _start_kafka(self, ports: Mapping[str, int]) -> None:
        locked = parse_lock((project_root() / KAFKA_LOCK).read_text())
        jars = await asyncio.to_thread(ensure_jars, locked, caches=cache_dirs(), say=self._say)
        home, port = self.directory.kafka, ports["kafka"]
        configuration = kafka.write_configuration(home, port=port, controller_port=ports["kafka_controller"])
        await self._keep(kafka.kafka_part(jars, home, configuration, port=port), self._parts_kept)

    async def _start_seaweed(self, ports: Mapping[str, int], secrets: Mapping[str, str]) -> None:
        home = self.directory.seaweed
        seaweed.write_configuration(home, ports=ports, secrets=secrets)
        await self._keep(seaweed.seaweed_part(home, port=ports["s3"]), self._parts_kept)
        await asyncio.to_thread(seaweed.sync_every_object, ports["seaweed_filer"], secrets)

    async def _keep(self, part: Part, keepers: list[Keeper]) -> None:
        began = time.monotonic()
        log_file = self.directory.log / f"{part.name}.log"
        keeper = Keeper(part, log_file=log_file, report=self._record, patience=self._patience)
        keepers.append(keeper)
        await keeper.start()
        self._say(f"{part.name} is ready after {time.monotonic() - began:.1f} s")

    def _record(self, name: str, running: Running) -> None:
        self._run = self._run.with_part(name, running)
        self._run.write(self.directory.run_file)


async def together(*starts: Coroutine[None, None, None]) -> None:
    """Wait for starts that do not need each other; the first that fails cancels the others and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for start in starts:
                group.create_task(start)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None


def app_part(app: AppProcess, addresses: StackAddresses) -> Part:
    """Return an application process as a part; it is told where everything is."""
    return Part(
        name=app.name,
        argv=app.argv,
        cwd=addresses.data_dir,
        env={**app_environment(addresses, app.service), **app.env},
        is_ready=http_answers(app.ready) if isinstance(app.ready, str) else app.ready,
        start_timeout_s=APP_START_TIMEOUT_S,
    )
