"""The application of the embedded mode: the gateway, and behind it all four services in this process or over HTTP."""

import argparse
import asyncio
import contextlib
import os
import signal
from collections.abc import Generator
from contextlib import AsyncExitStack
from typing import Final
from urllib.parse import urlsplit

import uvicorn
import uvloop
from fastapi import FastAPI
from starlette.types import ASGIApp

from casetrail_archive.process import BLUEPRINT as ARCHIVE
from casetrail_common.ids import SERVICES, Service
from casetrail_common.logs import setup_logging
from casetrail_common.migrating import migrate
from casetrail_common.runtime import Blueprint, create_app, open_process, spare_the_lasting, work
from casetrail_common.settings import Settings
from casetrail_common.telemetry import setup_telemetry
from casetrail_embedded.gateway import create_gateway
from casetrail_embedded.issuer import create_dev_issuer
from casetrail_intake.process import BLUEPRINT as INTAKE
from casetrail_media.process import BLUEPRINT as MEDIA
from casetrail_review.process import BLUEPRINT as REVIEW

BLUEPRINTS: Final[tuple[Blueprint, ...]] = (INTAKE, MEDIA, REVIEW, ARCHIVE)


async def serve_together(settings: Settings) -> None:
    """Serve everything from this process until told to stop; a part that fails ends it, and it is started again."""
    stop = stop_on_signals()
    async with AsyncExitStack() as stack:
        opened = [(each, await stack.enter_async_context(open_process(each, settings))) for each in BLUEPRINTS]
        apps: dict[Service, FastAPI | str] = {each.service: create_app(each, process) for each, process in opened}
        gateway = create_gateway(apps, issuer=issuer_of(settings))
        spare_the_lasting()
        async with asyncio.TaskGroup() as group:
            for each, process in opened:
                group.create_task(work(each, process, stop))
            await serve_gateway(gateway, settings, stop)


async def serve_apart(settings: Settings) -> None:
    """Serve the gateway only; the services listen where CASETRAIL_<SERVICE>_URL says."""
    stop = stop_on_signals()
    upstreams: dict[Service, FastAPI | str] = {name: os.environ[f"CASETRAIL_{name.upper()}_URL"] for name in SERVICES}
    await serve_gateway(create_gateway(upstreams, issuer=issuer_of(settings)), settings, stop)


async def serve_gateway(gateway: ASGIApp, settings: Settings, stop: asyncio.Event) -> None:
    """Listen on the public port until told to stop, or stop everything else when listening ends."""
    where = urlsplit(settings.public_url)
    config = uvicorn.Config(gateway, host=where.hostname or "127.0.0.1", port=where.port or 80, log_config=None)
    server = _Server(config)

    async def end() -> None:
        await stop.wait()
        server.should_exit = True

    ending = asyncio.create_task(end())
    try:
        await server.serve()
    finally:
        stop.set()
        await ending


class _Server(uvicorn.Server):
    """Leaves signals to us, who stop the workers as well."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def issuer_of(settings: Settings) -> FastAPI | None:
    """Return the development issuer if it is allowed here."""
    return create_dev_issuer(settings) if settings.dev_issuer else None


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="casetrail_embedded.serve")
    parser.add_argument("--gateway-only", action="store_true")
    apart = parser.parse_args().gateway_only
    settings = Settings()
    setup_logging(process_name="casetrail-gateway" if apart else "casetrail", level=settings.log_level)
    setup_telemetry(settings, service_name="casetrail")
    if apart:
        run = serve_apart(settings)
    else:
        for blueprint in BLUEPRINTS:
            migrate(blueprint.service, settings)
        run = serve_together(settings)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run)


if __name__ == "__main__":
    main()
