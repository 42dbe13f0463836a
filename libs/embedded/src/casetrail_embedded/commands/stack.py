"""`casetrail up`, `down`, `status` and `clean`."""

import argparse
import asyncio
import logging
import os
import shutil
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil
from rich.console import Console

from casetrail_embedded.applications import SPLIT_PORTS, plan
from casetrail_embedded.stack import postgres
from casetrail_embedded.stack.paths import MARKER, DataDir, default_data_dir
from casetrail_embedded.stack.ports import USUAL
from casetrail_embedded.stack.runfile import AlreadyRunningError, RunFile, Running, describe, is_locked, stop_orphans
from casetrail_embedded.stack.supervisor import Stack, no_apps

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  argparse names it nowhere else

NOT_RUNNING: Final = 3
"""Exit code of `status`. Source: LSB, "program is not running"."""

STOP_WITHIN_S: Final = 90

console = Console(highlight=False, markup=False, soft_wrap=True)


def register(subparsers: "Subparsers") -> None:
    """Add the commands to the parser."""
    up = subparsers.add_parser("up", help="start everything and serve until stopped")
    up.add_argument("--split", action="store_true", help="API and worker of each service in processes of their own")
    up.add_argument(
        "--port", type=port_number, help="public port that must be used (default: 8080, or another if taken)"
    )
    up.add_argument("--infra-only", action="store_true", help="PostgreSQL, Kafka and SeaweedFS without the application")
    up.add_argument("--spare-ports", action="store_true", help="take random free ports instead of the usual ones")
    up.set_defaults(run=run_up)
    down = subparsers.add_parser("down", help="stop a running stack")
    down.set_defaults(run=run_down)
    status = subparsers.add_parser("status", help="say what runs, where, and how much memory it takes")
    status.set_defaults(run=run_status)
    clean = subparsers.add_parser("clean", help="stop a running stack and remove all its data")
    clean.set_defaults(run=run_clean)
    for parser in (up, down, status, clean):
        parser.add_argument("--data", type=Path, default=default_data_dir(), metavar="DIR", help="data directory")


def port_number(word: str) -> int:
    """Read a port."""
    port = int(word)
    if port not in range(1, 65_536):
        raise argparse.ArgumentTypeError(f"{word} is not between 1 and 65535")
    return port


def run_up(arguments: argparse.Namespace) -> int:
    """Serve in the foreground."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", force=True)
    usual = SPLIT_PORTS if arguments.split else USUAL
    stack = Stack(
        arguments.data,
        apps=no_apps if arguments.infra_only else plan(split=arguments.split),
        ports={"public": arguments.port} if arguments.port else {},
        usual_ports=dict.fromkeys(usual, 0) if arguments.spare_ports else usual,
        say=say,
    )
    return asyncio.run(serve(stack))


def say(message: str) -> None:
    """Show progress."""
    console.print(f"· {message}")


async def serve(stack: Stack) -> int:
    """Run the stack until SIGINT or SIGTERM, also while it is still starting."""
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    stopping = asyncio.create_task(asked.wait())
    starting = asyncio.create_task(stack.start())
    await asyncio.wait({stopping, starting}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        await asyncio.wait({starting})
        return 1
    await starting
    console.print(f"✓ {stack.addresses.public_url}  (data in {stack.directory.root}; stop with Ctrl-C or `make down`)")
    try:
        await stopping
    finally:
        await stack.stop()
    return 0


def run_down(arguments: argparse.Namespace) -> int:
    """Stop the launcher and with it everything, or what a dead launcher left behind."""
    directory = DataDir(arguments.data.resolve())
    console.print(halt(directory))
    return 0


def halt(directory: DataDir) -> str:
    """Stop whatever runs in a data directory and say what that was.

    Raises
    ------
    AlreadyRunningError
        It does not stop.
    """
    run = RunFile.read(directory.run_file)
    if not is_locked(directory):
        left = stop_orphans(run)
        return f"stopped what a killed launcher had left running: {', '.join(left)}" if left else "nothing runs"
    if run.launcher is None or not run.launcher.lives():
        raise AlreadyRunningError(describe(RunFile(), directory))
    os.kill(run.launcher.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_WITHIN_S
    while is_locked(directory):
        if time.monotonic() > deadline:
            raise AlreadyRunningError(f"pid {run.launcher.pid} did not stop within {STOP_WITHIN_S} s")
        time.sleep(0.1)
    return f"stopped the stack in {directory.root}"


def run_status(arguments: argparse.Namespace) -> int:
    """Show what runs."""
    directory = DataDir(arguments.data.resolve())
    run = RunFile.read(directory.run_file)
    if not is_locked(directory) or run.launcher is None or run.addresses is None:
        console.print(f"no stack runs in {directory.root}")
        return NOT_RUNNING
    console.print(f"{run.addresses.public_url}  pid {run.launcher.pid} of {run.user}, since {run.since}")
    total = 0
    for name, part in {**run.parts, "launcher": run.launcher}.items():
        memory = memory_of(part, family=name != "launcher")
        total += memory
        state = "" if name == "launcher" else f"{part.state}, {part.restarts} restarts"
        console.print(f"  {name:16} pid {part.pid:<8} {memory >> 20:5} MB  {state}")
    console.print(f"  {'together':16} {total >> 20:18} MB")
    return 0


def memory_of(part: Running, *, family: bool) -> int:
    """Return the bytes of memory a part takes with its children, shared pages counted once."""
    if not part.lives():
        return 0
    process = psutil.Process(part.pid)
    members = [process, *(process.children(recursive=True) if family else ())]
    total = 0
    for member in members:
        try:
            total += member.memory_full_info().pss
        except psutil.Error:
            continue  # it ended, or may not be looked into
    return total


def run_clean(arguments: argparse.Namespace) -> int:
    """Remove a data directory, if it is one."""
    directory = DataDir(arguments.data.resolve())
    if not directory.root.exists():
        return 0
    if not (directory.root / MARKER).exists():
        raise PermissionError(f"{directory.root} has no {MARKER} file, so it is not a data directory; not removed")
    console.print(halt(directory))
    postgres.remove_cluster(postgres.locate(directory.postgres))
    shutil.rmtree(directory.root)
    console.print(f"removed {directory.root}")
    return 0
