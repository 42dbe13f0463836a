"""Which processes make up the application; the one place to change when that changes."""

import sys
from collections.abc import Sequence
from typing import Final

from casetrail_common.ids import SERVICES, Service
from casetrail_embedded.stack.addresses import AppProcess, StackAddresses
from casetrail_embedded.stack.ports import LOOPBACK, USUAL
from casetrail_embedded.stack.supervisor import AppPlan

SPLIT_PORTS: Final[dict[str, int]] = {**USUAL, **{f"{name}_api": 17350 + n for n, name in enumerate(SERVICES)}}
"""With `--split` each service's API has a port of its own behind the gateway."""


def plan(*, split: bool, env: dict[str, str]) -> AppPlan:
    """Return the plan for one process, or for an API and a worker per service and the gateway."""

    def together(addresses: StackAddresses) -> Sequence[AppProcess]:
        return (gateway(addresses, (), env),)

    def apart(addresses: StackAddresses) -> Sequence[AppProcess]:
        upstreams = {f"CASETRAIL_{name.upper()}_URL": api_url(addresses, name) for name in SERVICES}
        services = [process for name in SERVICES for process in service_processes(addresses, name, env)]
        return (*services, gateway(addresses, ("--gateway-only",), {**env, **upstreams}))

    return apart if split else together


def gateway(addresses: StackAddresses, options: tuple[str, ...], env: dict[str, str]) -> AppProcess:
    """Return the process that listens on the public port."""
    return AppProcess(
        name="app" if not options else "gateway",
        argv=(sys.executable, "-m", "casetrail_embedded.serve", *options),
        ready=f"{addresses.public_url}/readyz",
        env=env,
    )


def service_processes(addresses: StackAddresses, service: Service, env: dict[str, str]) -> list[AppProcess]:
    """Return the API and the worker of one service."""
    url = api_url(addresses, service)
    port = {"CASETRAIL_API_PORT": str(addresses.ports[f"{service}_api"])}
    return [
        AppProcess(
            name=f"{service}-api",
            argv=(sys.executable, "-m", f"casetrail_{service}.main"),
            ready=f"{url}/readyz",
            env={**env, **port},
        ),
        AppProcess(
            name=f"{service}-worker", argv=(sys.executable, "-m", f"casetrail_{service}.worker"), ready=started, env=env
        ),
    ]


def api_url(addresses: StackAddresses, service: Service) -> str:
    """Return where a service's API listens with `--split`."""
    return f"http://{LOOPBACK}:{addresses.ports[f'{service}_api']}"


async def started() -> bool:
    """Take a worker as ready once it runs; it has no port to ask."""
    return True
