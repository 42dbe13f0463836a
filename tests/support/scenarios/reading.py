"""Reading scenario files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from casetrail_common.calendar import Calendar
from casetrail_common.facts.archive import CalendarLoadedV1, Holiday

FOLDER: Final = Path(__file__).parents[2] / "scenarios" / "data"


@dataclass(frozen=True)
class Scenario:
    """One file."""

    text: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Its name."""
        return str(self.text["id"])

    @property
    def calendar(self) -> Calendar:
        """The working days of all years that it touches."""
        given = self.text["calendar"]
        return Calendar.of(
            CalendarLoadedV1(
                calendar=given["version"],
                years=list(range(2024, 2031)),
                holidays=[Holiday(first=day(h["from"]), last=day(h["to"])) for h in given["holidays"]],
                make_up_workdays=[day(one) for one in given["make_up_workdays"]],
            )
        )

    @property
    def settings(self) -> dict[str, str | int | bool]:
        """The agency's own parameters; a period as `2 working_days`."""
        own = self.text.get("setup", {}).get("parameters", {})
        return {
            name: f"{value['value']} {value['unit']}" if isinstance(value, Mapping) else value
            for name, value in own.items()
        }


def day(text: Any) -> date:
    """Return a date of a file."""
    return text if isinstance(text, date) else date.fromisoformat(str(text))


def instant(text: Any) -> datetime:
    """Return an instant of a file."""
    return text if isinstance(text, datetime) else datetime.fromisoformat(str(text))


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Return all files that come with the tests."""
    reader = YAML(typ="safe", pure=True)
    return tuple(Scenario(reader.load(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("S*.yaml")))
