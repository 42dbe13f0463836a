"""A large recording passes through media without passing through its memory."""

import asyncio
import hashlib
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from support.filming import TIMES, Filming

MIB = 1024 * 1024
SIZE = 200 * MIB
HEADROOM = 48 * MIB
"""What reading may add to a process that is ready: chunks on the way, far below the size of the file."""


def peak_bytes(process: int) -> int:
    """Return the largest resident memory a process has had."""
    (line,) = [one for one in Path(f"/proc/{process}/status").read_text().splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


@asynccontextmanager
async def jobs_elsewhere(desk: Filming) -> AsyncIterator[int]:
    """Run media's jobs in a process of its own, and return its id once it runs."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "support.filming_worker", "jobs"), env={**os.environ, **desk.environment}
    )
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def test_two_hundred_megabytes_are_verified_in_flat_memory(desk: Filming) -> None:
    part = secrets.token_bytes(16 * MIB)
    whole = hashlib.sha256()
    for start in range(0, SIZE, len(part)):
        whole.update(part[: SIZE - start])
    file = {"sha256": whole.hexdigest(), "bytes": SIZE, "media_type": "video/mp4", **TIMES}
    session = await desk.filmed()
    path = f"/v1/media/sessions/{session}/uploads"
    upload = await desk.accepted(desk.feng, path, {**desk.declaration(), "files": [file]})
    async with httpx.AsyncClient(timeout=300) as store:
        for each in upload["files"][0]["missing"]:
            (await store.put(each["url"], content=part[: each["bytes"]])).raise_for_status()
    small = await desk.arrive(await desk.filmed(), b"small")
    async with jobs_elsewhere(desk) as worker:
        assert (await desk.complete(small)).status_code == 201
        before = peak_bytes(worker)
        assert (await desk.complete(upload["upload"])).status_code == 201
        assert peak_bytes(worker) - before < HEADROOM
    stored = (await desk.last(session))["files"][0]
    assert (stored["sha256"], stored["bytes"]) == (whole.hexdigest(), SIZE)
