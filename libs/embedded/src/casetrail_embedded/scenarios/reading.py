"""Reading scenario files, strictly: what a file does not say clearly is told before anything is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from casetrail_common.calendar import Calendar
from casetrail_common.facts.archive import CalendarLoadedV1, Holiday
from casetrail_embedded.scenarios.layout import faults_of

YEARS_BEFORE: Final = 5
YEARS_TOGETHER: Final = 50
"""Of how many years a calendar is told: due dates may lie far beyond the last step."""

AGENCY: Final = "agency"
"""What findings call the agency of a file, whatever id the file gives it."""


class MalformedScenarioError(Exception):
    """A file cannot be run; says where and why."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


@dataclass(frozen=True)
class Scenario:
    """One file."""

    text: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Its name."""
        return str(self.text["id"])

    @property
    def calendar_document(self) -> CalendarLoadedV1:
        """Every day of the calendar that is no ordinary one."""
        given = self.text["calendar"]
        first = instant(self.text["setup"]["at"]).year - YEARS_BEFORE
        return CalendarLoadedV1(
            calendar=given["version"],
            years=list(range(first, first + YEARS_TOGETHER)),
            holidays=[Holiday(first=day(h["from"]), last=day(h["to"])) for h in given.get("holidays", [])],
            make_up_workdays=sorted(day(one) for one in given.get("make_up_workdays", [])),
        )

    @property
    def calendar(self) -> Calendar:
        """The working days of all years that it touches."""
        return Calendar.of(self.calendar_document)

    @property
    def settings(self) -> dict[str, str | int | bool]:
        """The agency's own parameters; a period as `2 working_days`."""
        own = self.text["setup"].get("parameters", {})
        return {
            name: f"{value['value']} {value['unit']}" if isinstance(value, Mapping) else value
            for name, value in own.items()
        }

    @property
    def course(self) -> list[Mapping[str, Any]]:
        """Steps and checks as they come; a check comes after the steps of its instant."""
        steps = [(instant(step["at"]), 0, step) for step in self.text["steps"]]
        checks = [(instant(check["as_of"]), 1, check) for check in self.text["checks"]]
        return [item for *_, item in sorted((*steps, *checks), key=lambda one: one[:2])]


def day(text: Any) -> date:
    """Return a date of a file."""
    return date.fromisoformat(str(text))


def instant(text: Any) -> datetime:
    """Return an instant of a file."""
    return datetime.fromisoformat(str(text))


def read(path: Path) -> Scenario:
    """Read a file.

    Raises
    ------
    MalformedScenarioError
        If it is no scenario that can be run.
    """
    try:
        text = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError, OSError, ValueError) as error:
        raise MalformedScenarioError([" ".join(str(error).split())]) from error
    faults = list(faults_of(text))
    if faults:
        raise MalformedScenarioError(faults)
    for finding in (one for check in text["checks"] for one in check["findings"]):
        if finding["subject"] == text["agency"]["id"]:
            finding["subject"] = AGENCY
    return Scenario(text)


def files_in(folder: Path) -> list[Path]:
    """Return the scenario files of a folder, or the one file that is named."""
    if folder.is_file():
        return [folder]
    return sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"})
