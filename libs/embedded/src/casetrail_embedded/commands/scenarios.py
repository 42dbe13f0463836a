"""`casetrail scenarios`: scenario files run through the HTTP APIs of a stack."""

import argparse
import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console

from casetrail_embedded.bench.own_stack import own_stack
from casetrail_embedded.scenarios.reading import files_in
from casetrail_embedded.scenarios.run import Outcome, run_file
from casetrail_embedded.scenarios.samples import make_samples
from casetrail_embedded.stack.paths import project_root

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  argparse names it nowhere else

SHIPPED: Final = Path("tests/scenarios/data")

console = Console(highlight=False, markup=False, soft_wrap=True)


def register(subparsers: "Subparsers") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("scenarios", help="run scenario files and compare what they expect")
    default = project_root() / SHIPPED
    parser.add_argument("folder", type=Path, nargs="?", default=default, help=f"folder or file (default: {SHIPPED})")
    parser.add_argument("--url", help="gateway of a running stack whose clock may be set (default: a stack of its own)")
    parser.set_defaults(run=run_scenarios)


def run_scenarios(arguments: argparse.Namespace) -> int:
    """Run every file of a folder; the exit code is 0 only if all pass."""
    files = files_in(arguments.folder)
    if not files:
        raise FileNotFoundError(f"no scenario files (*.yaml) in {arguments.folder}")
    outcomes = asyncio.run(_run(files, arguments.url))
    failed = sum(not one.passed for one in outcomes)
    console.print(f"{len(outcomes) - failed} passed, {failed} failed")
    return 1 if failed else 0


async def _run(files: list[Path], url: str | None) -> list[Outcome]:
    async with AsyncExitStack() as closing:
        if url is None:
            console.print("· starting a stack")
            url = (await closing.enter_async_context(own_stack())).addresses.public_url
        folder = closing.enter_context(tempfile.TemporaryDirectory(prefix="casetrail-samples-"))
        samples = await asyncio.to_thread(make_samples, Path(folder))
        outcomes = []
        for file in files:
            outcomes.append(await run_file(file, url, samples))
            tell(outcomes[-1])
        return outcomes


def tell(outcome: Outcome) -> None:
    """Show what became of a file."""
    sign, word = ("✓", "") if outcome.passed else ("✗", "malformed " if outcome.is_malformed else "")
    console.print(f"{sign} {outcome.file} {word}({outcome.seconds:.1f} s)")
    for line in outcome.differences:
        console.print(f"    {line}")
