"""`casetrail bench`: what this machine does with Casetrail, beside what it does without it."""

import argparse
import asyncio
import importlib
from typing import TYPE_CHECKING, Final

import uvloop

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  argparse names it nowhere else

MEASUREMENTS: Final = ("memory", "pipeline", "requests", "judging", "timers", "steadily", "uploads")


def register(subparsers: "Subparsers") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("bench", help="measure a stack of its own against raw limits of the same machine")
    parser.add_argument(
        "--only", nargs="+", choices=MEASUREMENTS, default=MEASUREMENTS, help="measure these, in this order"
    )
    parser.set_defaults(run=run_bench)


def run_bench(arguments: argparse.Namespace) -> int:
    """Measure and print; whatever comes out, the exit code is 0."""
    # Only now: it imports all four services, and the launcher, which lives as long as the stack, needs none of them.
    bench = importlib.import_module("casetrail_embedded.bench.run").bench
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(bench(arguments.only))
    return 0
