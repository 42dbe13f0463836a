"""Change every detail of the shipped packs in turn, and see that a test notices: `make mutate-packs`.

A change is noticed if something that the tests write down about the rule is no longer true: a finding that a scenario
lists (or, its world being closed, one that it does not list), a verdict in a table of `tests/law`, a refusal. It is not
enough that the rule says something else than before. What nothing notices must be explained in
`tests/law/mutants.yaml`.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

ROOT: Final = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]

from pack_mutants import mutants_at, places, unchanged  # noqa: E402  tools are scripts beside the packages
from pack_trials import Trials  # noqa: E402

from casetrail_common.rules import SHIPPED, pack_document  # noqa: E402

EXPLAINED: Final = ROOT / "tests" / "law" / "mutants.yaml"
WORKERS: Final = 2

Outcome = tuple[str, str | None]
"""A mutant, and what noticed it."""

_trials: Trials


def outcomes(document: Mapping[str, Any], trials: Trials, place: str) -> list[Outcome]:
    """Return what becomes of each mutant at one place of a pack."""
    return [(mutant.id, trials.noticing(mutant)) for mutant in mutants_at(document, place)]


def _work(task: tuple[str, str, str]) -> list[Outcome]:
    pack, version, place = task
    return outcomes(pack_document(pack, version), _trials, place)


def explanations(path: Path = EXPLAINED) -> dict[str, str]:
    """Return why mutants that nothing notices say the same as the pack, by mutant."""
    found: dict[str, str] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")) or {}
    return found


def report(found: Sequence[Outcome], explained: Mapping[str, str]) -> list[str]:
    """Return what is wrong: survivors without explanation, and explanations of what is noticed or not there."""
    survivors = sorted(id_ for id_, noticed in found if noticed is None)
    known = {id_: why for id_ in survivors if (why := explanation(id_, explained))}
    lines = [f"survives: {id_}" for id_ in survivors if id_ not in known]
    return [*lines, *(f"explained, but nothing like it survives: {why}" for why in explained.keys() - known.values())]


def explanation(id_: str, explained: Mapping[str, str]) -> str | None:
    """Return the key of what explains a survivor: its own id, or the beginning of it before a `*`."""
    return next((key for key in explained if id_ == key or (key[-1] == "*" and id_.startswith(key[:-1]))), None)


def summary(found: Sequence[Outcome], explained: Mapping[str, str]) -> str:
    """Return the last line."""
    survive = sum(noticed is None for _, noticed in found)
    known = sum(explanation(id_, explained) is not None for id_, noticed in found if noticed is None)
    return f"{len(found)} mutants, {len(found) - survive} noticed, {survive} survive ({known} explained)"


def run(only: Iterable[str]) -> list[Outcome]:
    """Return what becomes of every mutant, or of those at some places."""
    global _trials
    whole = [unchanged(pack_document(pack, version)) for pack, version in SHIPPED]
    every = Trials.of_tests()
    _trials = every.holding(whole)
    for lost in sorted({one.scenario for one in every.recorded} - {one.scenario for one in _trials.recorded}):
        sys.stderr.write(f"{lost} fails as it is and notices nothing\n")
    wanted = tuple(only)
    tasks = [
        (pack, version, place)
        for pack, version in SHIPPED
        for place in places(pack_document(pack, version))
        if not wanted or any(f"{pack} {place}".startswith(one) or place.startswith(one) for one in wanted)
    ]
    for pack in whole:
        if line := _trials.noticing(pack):
            raise SystemExit(f"{pack.id} as it is does not pass: {line}")
    found: list[Outcome] = []
    begun = time.monotonic()
    with get_context("fork").Pool(min(WORKERS, os.cpu_count() or 1)) as pool:
        for done, part in enumerate(pool.imap_unordered(_work, tasks), start=1):
            found += part
            if done % 20 == 0 or done == len(tasks):
                seconds = time.monotonic() - begun
                sys.stderr.write(f"{done} of {len(tasks)} places, {len(found)} mutants, {seconds:.0f} s\n")
    return found


def main(arguments: Sequence[str]) -> int:
    """Mutate; the exit code is 0 only if each survivor is explained and nothing else is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", default=[], help="places that begin so, e.g. henan-2019/21.1")
    parser.add_argument("--by", action="store_true", help="say what noticed how many")
    given = parser.parse_args(arguments)
    found, explained = run(given.only), explanations()
    if given.only:
        explained = {id_: why for id_, why in explained.items() if any(id_.startswith(one) for one in given.only)}
    lines = report(found, explained)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    if given.by:
        for sort, count in Counter((noticed or "nothing").split(" ")[0] for _, noticed in found).most_common():
            sys.stdout.write(f"{count} by {sort}\n")
    sys.stdout.write(f"{summary(found, explained)}\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
