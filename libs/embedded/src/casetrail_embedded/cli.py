"""The command line: `casetrail up`, `down`, `status`, …"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Final

from casetrail_embedded.stack.part import PartFailedError
from casetrail_embedded.stack.ports import NoPortError
from casetrail_embedded.stack.runfile import AlreadyRunningError

SUBCOMMANDS: Final = (
    "casetrail_embedded.commands.stack",
    "casetrail_embedded.commands.demo",
    "casetrail_embedded.commands.ledger",
    "casetrail_embedded.commands.bench",
    "casetrail_embedded.commands.scenarios",
)
"""Modules that each offer `register(subparsers)`.

It adds parsers and sets on each a default `run`, a function of the parsed arguments that returns the exit code.
"""

EXPECTED: Final = (AlreadyRunningError, NoPortError, PartFailedError)
"""Failures whose message says all there is to say, so that no traceback is shown; so does a file that is refused."""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all subcommands."""
    parser = argparse.ArgumentParser(prog="casetrail", description="Casetrail 案迹 on one machine.")
    subparsers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for module in SUBCOMMANDS:
        importlib.import_module(module).register(subparsers)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the subcommand that was asked for and return its exit code."""
    parsed = build_parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except EXPECTED as failure:
        told: Exception = failure
    except OSError as failure:
        if failure.errno is not None and failure.filename is None:  # not about a file: a bug, or a part that is gone
            raise
        told = failure
    sys.stderr.write(f"casetrail: {told}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
