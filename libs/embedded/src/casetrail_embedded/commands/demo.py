"""`casetrail demo`: one case from registration to a dossier that verifies."""

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from casetrail_embedded.applications import plan
from casetrail_embedded.commands.stack import say
from casetrail_embedded.demo.run import demonstrate
from casetrail_embedded.stack.paths import DataDir, default_data_dir
from casetrail_embedded.stack.ports import USUAL
from casetrail_embedded.stack.runfile import RunFile, is_locked
from casetrail_embedded.stack.supervisor import Stack

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  argparse names it nowhere else


def register(subparsers: "Subparsers") -> None:
    """Add the command to the parser."""
    demo = subparsers.add_parser("demo", help="walk one case from registration to a dossier that verifies")
    demo.add_argument("--data", type=Path, default=default_data_dir(), metavar="DIR", help="data directory")
    demo.set_defaults(run=run_demo)


def run_demo(arguments: argparse.Namespace) -> int:
    """Use the stack that runs on the data directory, or start one for the demonstration."""
    directory = DataDir(arguments.data.resolve())
    if is_locked(directory):
        addresses = RunFile.read(directory.run_file).addresses
        if addresses is not None:
            return asyncio.run(demonstrate(addresses.public_url, directory.root))
    return asyncio.run(_start_and_demonstrate(directory))


async def _start_and_demonstrate(directory: DataDir) -> int:
    stack = Stack(directory.root, apps=plan(split=False), ports={}, usual_ports=USUAL, say=say)
    await stack.start()
    try:
        return await demonstrate(stack.addresses.public_url, directory.root)
    finally:
        await stack.stop()
