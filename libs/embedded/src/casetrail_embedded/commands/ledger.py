"""`casetrail verify-ledger`: recompute every chain of a running stack and compare it with archive's copies."""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from casetrail_embedded.stack.addresses import app_environment
from casetrail_embedded.stack.paths import DataDir, default_data_dir
from casetrail_embedded.stack.runfile import RunFile, is_locked

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  argparse names it nowhere else


def register(subparsers: "Subparsers") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("verify-ledger", help="recompute all chains and compare them with archive's copies")
    parser.add_argument("--data", type=Path, default=default_data_dir(), metavar="DIR", help="data directory")
    parser.set_defaults(run=run_verify)


def run_verify(arguments: argparse.Namespace) -> int:
    """Run the verifier with the addresses of the running stack."""
    directory = DataDir(arguments.data.resolve())
    addresses = RunFile.read(directory.run_file).addresses if is_locked(directory) else None
    if addresses is None:
        sys.stderr.write(f"casetrail: nothing runs on {directory.root}; start it with `make up`\n")
        return 2
    command = [sys.executable, "-m", "casetrail_archive.verify_ledger"]
    return subprocess.run(command, env={**os.environ, **app_environment(addresses)}, check=False).returncode  # noqa: S603
