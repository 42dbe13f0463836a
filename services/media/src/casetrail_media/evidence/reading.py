"""Reading an original once: hashed on the way to a place where the probe can seek in it."""

import asyncio
import hashlib
import json
import logging
import os
import sys
import tempfile
from dataclasses import dataclass
from typing import IO, Final

from casetrail_common.facts.media import ReceivedFile
from casetrail_common.objects import ObjectStore
from casetrail_media.evidence.probing import UNREADABLE, Probe

log = logging.getLogger(__name__)

PROBE_TIMEOUT_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Contents:
    """What reading a version to its end has shown."""

    sha256: str
    size_bytes: int
    probe: Probe | None
    """None if the bytes are not those expected: then nothing is asked of them."""


async def read_version(objects: ObjectStore, version: ReceivedFile, *, expected_sha256: str) -> Contents:
    """Read a version to its end; memory stays flat, the temporary directory takes a copy.

    The copy has no name, so that it is gone with the process, however that ends.

    Raises
    ------
    ObjectNotFoundError
        If the store no longer has it.
    """
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryFile(prefix="casetrail-") as copy:
        async for chunk in objects.stream(version.object, version.version_id):
            await asyncio.to_thread(_take, chunk, digest, copy)
            size += len(chunk)
        copy.flush()
        sha256 = digest.hexdigest()
        return Contents(sha256, size, await probed(copy.fileno()) if sha256 == expected_sha256 else None)


def _take(chunk: bytes, digest: "hashlib._Hash", copy: IO[bytes]) -> None:
    digest.update(chunk)
    copy.write(chunk)


async def probed(file: int) -> Probe:
    """Probe an open file in a child process, which knows no secrets and can neither stop nor crash this one."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "casetrail_media.evidence.probing", str(file)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        pass_fds=(file,),
        env={name: value for name in ("PATH", "PYTHONPATH") if (value := os.environ.get(name))},
    )
    try:
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            output, _ = await child.communicate()
        found = json.loads(output)
        return Probe(found["duration_ms"], tuple(found["notes"]))
    except (TimeoutError, ValueError):
        log.warning("a recording could not be probed", extra={"exit_code": child.returncode})
        return UNREADABLE
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
