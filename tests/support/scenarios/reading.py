"""The scenario files that come with the tests."""

from functools import cache
from pathlib import Path
from typing import Final

from casetrail_embedded.scenarios.reading import Scenario, day, files_in, instant, read

FOLDER: Final = Path(__file__).parents[2] / "scenarios" / "data"
VARIANTS: Final = FOLDER.parent / "variants"
SERVICES_ONLY: Final = FOLDER.parent / "services-only"
"""Those of several cases, which archive judges one by one, and those of calls that have no shape."""

__all__ = ["FOLDER", "SERVICES_ONLY", "VARIANTS", "Scenario", "day", "instant", "scenarios"]

BEYOND_FACTS: Final = frozenset({"V11", "V12"})
"""Scenarios that only the services can run: in which two cases stand side by side, or incidents lie on a dossier."""


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Return all files that come with the tests and can be told as the facts of one case."""
    told = (read(path) for folder in (FOLDER, VARIANTS) for path in files_in(folder))
    return tuple(scenario for scenario in told if scenario.id not in BEYOND_FACTS)
