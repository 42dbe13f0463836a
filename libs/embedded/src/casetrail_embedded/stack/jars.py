"""Kafka's jars: downloaded once, each checked against a committed SHA-256 at every start.

`python -m casetrail_embedded.stack.jars` writes the lock file anew.
"""

import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from casetrail_embedded.stack.paths import KAFKA_LOCK, cache_dirs, project_root

if TYPE_CHECKING:  # jgo is slow to import and only needed to download
    from jgo.maven import Artifact, MavenContext

ROOTS: Final = ("org.apache.kafka:kafka_2.13:4.3.0", "org.slf4j:slf4j-simple:1.7.36")
"""The broker, and a logging backend, without which it logs nothing."""

FOLDER: Final = "kafka-jars"
DOWNLOADS: Final = 8
"""Jars fetched at the same time."""

LINE: Final = re.compile(r"([\w.-]+):([\w.-]+):([\w.-]+) ([0-9a-f]{64})  ([\w.-]+\.jar)")
HEADER: Final = (
    "# Jars of the embedded broker: group:artifact:version sha256  filename.\n"
    "# Written by `python -m casetrail_embedded.stack.jars`.\n"
)


class JarError(RuntimeError):
    """The jars are not those of the lock file, or cannot be had."""


@dataclass(frozen=True)
class LockedJar:
    """One jar and what its bytes must hash to."""

    group: str
    artifact: str
    version: str
    sha256: str
    filename: str

    def __str__(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version} {self.sha256}  {self.filename}"


def parse_lock(text: str) -> tuple[LockedJar, ...]:
    """Read a lock file.

    Raises
    ------
    JarError
        A line is malformed, a file name comes twice, or there is nothing: an empty lock would accept anything.
    """
    jars = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = LINE.fullmatch(line)
        if match is None:
            raise JarError(f"line {number} of the jar lock is not `group:artifact:version sha256  filename`: {line!r}")
        jars.append(LockedJar(*match.groups()))
    if not jars or len({jar.filename for jar in jars}) != len(jars):
        raise JarError("the jar lock is empty or names a file twice; write it anew")
    return tuple(jars)


def render_lock(jars: Iterable[LockedJar]) -> str:
    """Write a lock file, sorted."""
    return HEADER + "".join(f"{line}\n" for line in sorted(map(str, jars)))


def differences(jars: Sequence[LockedJar], folder: Path) -> list[str]:
    """Say in what a folder is not exactly the lock: wrong bytes, or files that do not belong. Missing ones are fine."""
    wanted = {jar.filename: jar.sha256 for jar in jars}
    present = sorted(path.name for path in folder.iterdir())
    extra = [f"{name} is not in the lock" for name in present if name not in wanted]
    changed = [
        f"{name} has other bytes than the lock says"
        for name in present
        if name in wanted and sha256(folder / name) != wanted[name]
    ]
    return extra + changed


def sha256(path: Path) -> str:
    """Return the hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def ensure_jars(jars: Sequence[LockedJar], *, caches: Sequence[Path], say: Callable[[str], None]) -> tuple[Path, ...]:
    """Return the paths of all jars, verified; what is missing is downloaded, which needs the network once.

    Raises
    ------
    JarError
        A cached or downloaded jar differs from the lock, a file is there that the lock does not name, or the
        download failed.
    """
    folder = choose_folder(jars, caches)
    if wrong := differences(jars, folder):
        raise JarError(f"{folder} is not what the lock says; remove it to download again:\n" + "\n".join(wrong))
    missing = [jar for jar in jars if not (folder / jar.filename).exists()]
    if missing:
        say(f"downloading {len(missing)} jars of Apache Kafka into {folder} …")
        download(missing, folder)
    return tuple(folder / jar.filename for jar in jars)


def choose_folder(jars: Sequence[LockedJar], caches: Sequence[Path]) -> Path:
    """Return the first cache that is complete, else the first that can be written to."""
    for cache in caches:
        if all(os.access(cache / FOLDER / jar.filename, os.R_OK) for jar in jars):  # another user's may be closed to us
            return cache / FOLDER
    for cache in caches:
        folder = cache / FOLDER
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    raise JarError(f"no place to keep Kafka's jars: none of {', '.join(map(str, caches))} can be written to")


def download(jars: Sequence[LockedJar], folder: Path) -> None:
    """Fetch jars and move them into the folder one by one, each only after its hash was right."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        context = maven(Path(scratch))

        def fetch(jar: LockedJar) -> None:
            component = context.project(jar.group, jar.artifact).at_version(jar.version)
            path = resolved(component.artifact())
            if sha256(path) != jar.sha256:
                raise JarError(f"{jar.filename} was downloaded with other bytes than the lock says; it was discarded")
            path.replace(folder / jar.filename)

        with ThreadPoolExecutor(DOWNLOADS) as pool:
            for _ in pool.map(fetch, jars):  # raises the first failure
                pass


def resolved(artifact: "Artifact") -> Path:
    """Return the local copy of an artifact, downloading it if need be."""
    try:
        return Path(artifact.resolve())
    except (OSError, RuntimeError) as failed:  # requests' errors are OSErrors
        raise JarError(f"{artifact.filename} could not be downloaded: {failed}") from failed


def maven(repository: Path) -> "MavenContext":
    """Return a resolver that keeps what it downloads in `repository`; mirrors of the user's own jgo.conf go first."""
    from jgo.config import GlobalSettings
    from jgo.maven import MavenContext, PythonResolver

    trusted = os.environ.get("SSL_CERT_FILE") or os.environ.get("PIP_CERT")
    if trusted:  # jgo's HTTP client knows neither
        os.environ.setdefault("REQUESTS_CA_BUNDLE", trusted)
    central = MavenContext().remote_repos
    return MavenContext(
        resolver=PythonResolver(),
        repo_cache=repository,
        local_repos=[],
        remote_repos={**GlobalSettings.load().repositories, **central},
        timeout=60,
    )


def resolve_lock() -> tuple[LockedJar, ...]:
    """Walk the dependencies of the broker and hash every jar it needs."""
    from jgo.parse import Coordinate

    with tempfile.TemporaryDirectory() as scratch:
        context = maven(Path(scratch))
        roots = [context.create_dependency(replace(Coordinate.parse(root), scope="compile")) for root in ROOTS]
        direct, transitive = context.resolver.resolve(roots)
        artifacts = [node.artifact for node in (*direct, *transitive) if node.scope in ("compile", "runtime")]
        with ThreadPoolExecutor(DOWNLOADS) as pool:
            hashes = list(pool.map(lambda artifact: sha256(resolved(artifact)), artifacts))
    return tuple(
        LockedJar(artifact.groupId, artifact.artifactId, artifact.version, digest, artifact.filename)
        for artifact, digest in zip(artifacts, hashes, strict=True)
    )


def main() -> None:
    """Write the lock file anew from the coordinates above."""
    lock = project_root() / KAFKA_LOCK
    lock.write_text(render_lock(resolve_lock()))
    sys.stdout.write(f"wrote {lock}; jars are kept in {cache_dirs()[0] / FOLDER}\n")


if __name__ == "__main__":
    main()
