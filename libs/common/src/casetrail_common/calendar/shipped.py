"""The calendar that comes with the system; later years are loaded by an administrator."""

from functools import cache
from importlib.resources import files
from typing import Final

from ruamel.yaml import YAML

from casetrail_common.facts.archive import CalendarLoadedV1

SHIPPED: Final = "CN-2024-2026"
"""Version of the newest calendar that is shipped."""


@cache
def calendar_document(version: str = SHIPPED) -> CalendarLoadedV1:
    """Return a shipped calendar as the fact that loads it.

    Raises
    ------
    LookupError
        If no calendar of this version is shipped.
    """
    file = files(__package__) / f"{version}.yaml"
    if not file.is_file():
        raise LookupError(f"no calendar {version} is shipped")
    return CalendarLoadedV1.model_validate(YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")))
