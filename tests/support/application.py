"""The whole application, gateway and all four services, in a process of its own on the session's stack."""

import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casetrail_common.settings import Settings
from casetrail_embedded.applications import issuer_environment
from casetrail_embedded.issuer import DevIssuer
from casetrail_embedded.stack.addresses import StackAddresses, app_environment
from casetrail_embedded.stack.part import guarded, last_words
from support.collector import Collector, running_collector
from support.noting import NotingClient

START_S = 300.0
"""Seconds until an application that does not get ready is given up; on a quiet machine it takes six."""

STOP_S = 120.0

PATIENCE = {
    "CASETRAIL_POSITION_WAIT_S": "30",
    "CASETRAIL_REJECTION_WAIT_MS": "30000",
    "CASETRAIL_DEFERRED_WAIT_S": "30",
}
"""A service that lags because the machine does shall give the answer it would give on any other."""


@dataclass(frozen=True)
class Application:
    """A running application, and the parts it runs on."""

    stack: StackAddresses
    collector: Collector
    """Takes the spans of requests that ask to be traced; the others are not."""
    log: Path

    @property
    def url(self) -> str:
        """Where the gateway listens."""
        return self.stack.public_url

    @property
    def settings(self) -> Settings:
        """The settings of its processes, for opening a part of it within a test."""
        told: dict[str, Any] = {
            name.removeprefix("CASETRAIL_").lower(): value for name, value in _environment(self.stack).items()
        }
        return Settings(**told)

    @property
    def issuer(self) -> DevIssuer:
        """The development issuer with its own key, to sign what it would not sign itself."""
        return DevIssuer.open(self.settings)

    def client(self, agency: str | None = None) -> NotingClient:
        """Return a client for an agency; without one, for an agency that nobody has used."""
        return NotingClient(self.url, agency or f"t-{secrets.token_hex(4)}")


def _environment(stack: StackAddresses) -> dict[str, str]:
    return {**app_environment(stack), **issuer_environment(stack, {})}


@contextmanager
def running_application(stack: StackAddresses) -> Iterator[Application]:
    """Run the application until the tests are over."""
    log = stack.data_dir / "application.log"
    with running_collector() as collector:
        process = _start(stack, collector, log)
        try:
            _until_ready(stack, process, log)
            yield Application(stack, collector, log)
        finally:
            process.terminate()
            process.wait(STOP_S)


def _start(stack: StackAddresses, collector: Collector, log: Path) -> subprocess.Popen[bytes]:
    told = {
        **_environment(stack),
        "CASETRAIL_TEST_BUILD": "true",
        "CASETRAIL_OTLP_ENDPOINT": collector.url,
        "CASETRAIL_TRACE_SAMPLE_RATIO": "0",
        **PATIENCE,
    }
    command = guarded((sys.executable, "-m", "casetrail_embedded.serve"), death_signal=signal.SIGTERM)
    with log.open("ab") as output:
        return subprocess.Popen(command, env={**os.environ, **told}, stdout=output, stderr=output)


def _until_ready(stack: StackAddresses, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{stack.public_url}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                raise RuntimeError(f"the application ended:\n{last_words(log)}") from None
            time.sleep(0.05)
    raise TimeoutError(f"the application is not ready:\n{last_words(log)}")
