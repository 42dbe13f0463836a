"""`casetrail verify-ledger` and `casetrail rebuild`: what a running stack holds, held against what it was made from."""

import argparse
import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casetrail_embedded.stack.addresses import StackAddresses, app_environment
from casetrail_embedded.stack.paths import DataDir, default_data_dir
from casetrail_embedded.stack.runfile import RunFile, is_locked

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  argparse names it nowhere else


def register(subparsers: "Subparsers") -> None:
    """Add the commands to the parser."""
    verify = subparsers.add_parser("verify-ledger", help="recompute all chains and compare them with archive's copies")
    verify.set_defaults(run=run_verify)
    rebuild = subparsers.add_parser("rebuild", help="make all snapshots again from the ledgers and replace wrong ones")
    rebuild.add_argument("--check", action="store_true", help="only compare; exit code 1 if anything differs")
    rebuild.set_defaults(run=run_rebuild)
    for parser in (verify, rebuild):
        parser.add_argument("--data", type=Path, default=default_data_dir(), metavar="DIR", help="data directory")


def run_verify(arguments: argparse.Namespace) -> int:
    """Run the verifier with the addresses of the running stack."""
    addresses = running(arguments.data)
    if addresses is None:
        return 2
    command = [sys.executable, "-m", "casetrail_archive.verify_ledger"]
    return subprocess.run(command, env={**os.environ, **app_environment(addresses)}, check=False).returncode  # noqa: S603


def run_rebuild(arguments: argparse.Namespace) -> int:
    """Fold all ledgers of the running stack anew."""
    addresses = running(arguments.data)
    if addresses is None:
        return 2
    return asyncio.run(rebuild_all(addresses, repair=not arguments.check))


async def rebuild_all(addresses: StackAddresses, *, repair: bool) -> int:
    """Rebuild the folds of every service and say what differed; 1 if anything still does."""
    from casetrail_common.ledger.rebuilding import rebuild  # the services take seconds to import
    from casetrail_embedded.serve import BLUEPRINTS

    different = 0
    for blueprint in BLUEPRINTS:
        found = await rebuild(blueprint.service, blueprint.folds, addresses.app_dsns, repair=repair)
        different += len(found.differences)
        sys.stdout.write(f"{blueprint.service}: {found.facts} facts folded, {found.states} states made\n")
        sys.stdout.writelines(f"{difference}\n" for difference in found.differences)
    if not different:
        sys.stdout.write("every snapshot is what the ledgers say\n")
    elif repair:
        sys.stdout.write(f"{different} snapshots replaced\n")
    else:
        sys.stdout.write(f"{different} snapshots differ; `casetrail rebuild` replaces them\n")
    return 1 if different and not repair else 0


def running(data: Path) -> StackAddresses | None:
    """Return the addresses of the stack that runs on a data directory, or say that none does."""
    directory = DataDir(data.resolve())
    addresses = RunFile.read(directory.run_file).addresses if is_locked(directory) else None
    if addresses is None:
        sys.stderr.write(f"casetrail: nothing runs on {directory.root}; start it with `make up`\n")
    return addresses
