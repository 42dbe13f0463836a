"""`casetrail verify-ledger`, `rebuild`, `retry-parked`: what a running stack holds, and what it was made from."""

import argparse
import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casetrail_embedded.stack.addresses import StackAddresses, app_environment, app_settings
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
    retry = subparsers.add_parser("retry-parked", help="handle parked facts again, once what stopped them is put right")
    retry.set_defaults(run=run_retry)
    for parser in (verify, rebuild, retry):
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


def run_retry(arguments: argparse.Namespace) -> int:
    """Handle what is parked in the running stack again."""
    addresses = running(arguments.data)
    if addresses is None:
        return 2
    return asyncio.run(retry_all(addresses))


async def retry_all(addresses: StackAddresses) -> int:
    """Handle every parked stream of every service again and say what came of it; 1 if any is still parked."""
    from casetrail_common.bus.parking import retry_parked  # the services take seconds to import
    from casetrail_common.runtime import open_process
    from casetrail_embedded.serve import BLUEPRINTS

    left = 0
    for blueprint in BLUEPRINTS:
        async with open_process(blueprint, app_settings(addresses)) as process:
            store = process.store
            for row in await store.pool.fetch("select distinct agency, service, stream from parked order by 1, 2, 3"):
                retried = await retry_parked(store, row["agency"], row["stream"], owner=row["service"])
                left += retried.left
                reason = f": {retried.reason}" if retried.reason else ""
                sys.stdout.write(
                    f"{blueprint.service}: {row['service']} {row['stream']}: {retried.handled} handled, "
                    f"{retried.left} left{reason}\n"
                )
    sys.stdout.write(f"{left} facts are parked\n" if left else "nothing is parked\n")
    return 1 if left else 0


def running(data: Path) -> StackAddresses | None:
    """Return the addresses of the stack that runs on a data directory, or say that none does."""
    directory = DataDir(data.resolve())
    addresses = RunFile.read(directory.run_file).addresses if is_locked(directory) else None
    if addresses is None:
        sys.stderr.write(f"casetrail: nothing runs on {directory.root}; start it with `make up`\n")
    return addresses
