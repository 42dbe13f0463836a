"""Which processes make up the application; the one place to change when that changes."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from casetrail_common.ids import SERVICES, Service
from casetrail_embedded.stack.addresses import AppProcess, StackAddresses
from casetrail_embedded.stack.part import Probe
from casetrail_embedded.stack.ports import LOOPBACK, USUAL
from casetrail_embedded.stack.probes import postgres_answers
from casetrail_embedded.stack.supervisor import AppPlan

SPLIT_PORTS: Final[dict[str, int]] = {**USUAL, **{f"{name}_api": 17350 + n for n, name in enumerate(SERVICES)}}
"""With `--split` each service's API has a port of its own behind the gateway."""


def plan(*, split: bool) -> AppPlan:
    """Return the plan for one process, or for an API and a worker per service and the gateway."""
    return apart if split else together


def together(addresses: StackAddresses) -> Sequence[AppProcess]:
    """Run everything in one process."""
    return (
        AppProcess(
            name="app",
            argv=module("casetrail_embedded.serve"),
            ready=f"{addresses.public_url}/readyz",
            env=issuer_environment(addresses),
        ),
    )


def apart(addresses: StackAddresses) -> Sequence[AppProcess]:
    """Run a worker, who brings the database up to date, and an API per service, and the gateway in front of them."""
    urls = {name: f"http://{LOOPBACK}:{addresses.ports[f'{name}_api']}" for name in SERVICES}
    issuer = issuer_environment(addresses)
    workers = (
        AppProcess(
            name=f"{name}-worker",
            argv=module(f"casetrail_{name}.worker"),
            ready=is_migrated(addresses, name),
            env=issuer,
            service=name,
        )
        for name in SERVICES
    )
    apis = (
        AppProcess(
            name=f"{name}-api",
            argv=module(f"casetrail_{name}.main"),
            ready=f"{urls[name]}/healthz",
            env={**issuer, "CASETRAIL_API_PORT": str(addresses.ports[f"{name}_api"])},
            service=name,
        )
        for name in SERVICES
    )
    gateway = AppProcess(
        name="gateway",
        argv=module("casetrail_embedded.serve", "--gateway-only"),
        ready=f"{addresses.public_url}/readyz",
        env={**issuer, **{f"CASETRAIL_{name.upper()}_URL": url for name, url in urls.items()}},
    )
    return (*workers, *apis, gateway)


def module(name: str, *options: str) -> tuple[str, ...]:
    """Return the command line that runs a module with this interpreter."""
    return (sys.executable, "-m", name, *options)


def issuer_environment(addresses: StackAddresses, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return who issues tokens: our own development issuer, unless a real one is configured.

    The test clock goes with it. Where everybody may be anybody, moving the clock forges nothing more; behind a real
    issuer it stays off unless somebody turns it on.
    """
    if environment.get("CASETRAIL_OIDC_JWKS_URL"):
        return {"CASETRAIL_ALLOW_TEST_CLOCK": environment.get("CASETRAIL_ALLOW_TEST_CLOCK", "false")}
    return {
        "CASETRAIL_DEV_ISSUER": "true",
        "CASETRAIL_OIDC_JWKS_URL": f"{addresses.public_url}/dev/jwks.json",
        "CASETRAIL_ALLOW_TEST_CLOCK": "true",
    }


def is_migrated(addresses: StackAddresses, service: Service) -> Probe:
    """Return the question whether a worker, which has no port to ask, has made its tables."""
    return postgres_answers(addresses.dsn(service, owner=True), "SELECT to_regclass('ledger') IS NOT NULL")
