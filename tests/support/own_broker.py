"""A Kafka broker of a test's own, which it may kill and wipe."""

import asyncio
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

from casetrail_common.bus.topics import ALL_TOPICS
from casetrail_embedded.stack.jars import ensure_jars, parse_lock
from casetrail_embedded.stack.kafka import format_storage, kafka_part, write_configuration
from casetrail_embedded.stack.part import Probe, environment, guarded, last_words
from casetrail_embedded.stack.paths import KAFKA_LOCK, cache_dirs, project_root
from casetrail_embedded.stack.ports import LOOPBACK, spare_port

READY_S = 300.0


class OwnBroker:
    """One broker on ports of its own; it keeps them through kills and wipes."""

    def __init__(self, home: Path) -> None:
        lock = parse_lock((project_root() / KAFKA_LOCK).read_text())
        self._jars = ensure_jars(lock, caches=cache_dirs(), say=lambda _text: None)
        self._home = home
        self._port = spare_port()
        self._controller_port = spare_port([self._port])
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """Where it listens."""
        return f"{LOOPBACK}:{self._port}"

    def start(self) -> None:
        """Start it, formatting its storage if it has none, and wait until it serves."""
        configuration = write_configuration(self._home, port=self._port, controller_port=self._controller_port)
        format_storage(self._jars, self._home, configuration)
        part = kafka_part(self._jars, self._home, configuration, port=self._port)
        log = self._home / "broker.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                guarded(part.argv), cwd=part.cwd, env=environment(part), stdout=output, stderr=output
            )
        deadline = time.monotonic() + READY_S
        while not in_own_loop(part.is_ready):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the broker did not start:\n{last_words(log)}")
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def wipe(self) -> None:
        """Take away everything it knew and start it as a new cluster."""
        self.kill()
        shutil.rmtree(self._home / "segments")
        self.start()


def in_own_loop(probe: Probe) -> bool:
    """Ask a probe from a thread, whether or not a loop runs in this one."""

    async def ask() -> bool:
        return await probe()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, ask()).result()


async def drop_topics(bootstrap: str) -> None:
    """Remove our topics, so that a test does not read those of the one before."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        present = [topic for topic in await admin.list_topics() if topic in ALL_TOPICS]
        if present:
            await admin.delete_topics(present)
    finally:
        await admin.close()


@contextmanager
def own_broker() -> Iterator[OwnBroker]:
    """Run a broker in a directory that is removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="casetrail-broker-"))
    broker = OwnBroker(home)
    try:
        broker.start()
        yield broker
    finally:
        broker.kill()
        shutil.rmtree(home, ignore_errors=True)
