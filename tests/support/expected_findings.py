"""What a scenario expects the law to say, read from its file."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

SCENARIOS = Path(__file__).parent.parent / "scenarios" / "data"
BAD = frozenset({"violated", "overdue", "needs_review"})
_LATE = re.compile(r"(\d+)h(\d\d)m(\d\d)s")


@dataclass(frozen=True, slots=True)
class Row:
    """One finding, as far as scenarios compare it."""

    rule: str
    subject: str
    status: str
    severity: str | None
    due: datetime | None
    late_by_s: int | None


@dataclass(frozen=True, slots=True)
class Check:
    """The findings a scenario expects as of one instant."""

    as_of: str
    findings: tuple[Mapping[str, Any], ...]

    def expected(self, subjects: Mapping[str, str]) -> set[Row]:
        """Return the listed findings, given the ids behind the aliases of the scenario."""
        return {
            Row(
                one["rule"],
                subjects[one["subject"]],
                one["status"],
                one["severity"],
                one["due"] and datetime.fromisoformat(one["due"]),
                _seconds(one.get("late_by")),
            )
            for one in self.findings
        }


def found_rows(findings: Iterable[Mapping[str, Any]]) -> set[Row]:
    """Return what archive answered, in the same form."""
    return {
        Row(
            one["rule"],
            one["subject"],
            one["status"],
            one["severity"],
            one["due"] and datetime.fromisoformat(one["due"]),
            one["late_by_s"],
        )
        for one in findings
    }


def checks_of(scenario: str) -> list[Check]:
    """Return the checks of a scenario, by its number."""
    (path,) = SCENARIOS.glob(f"{scenario}-*.yaml")
    document = YAML(typ="safe").load(path)
    return [Check(check["as_of"], tuple(check["findings"])) for check in document["checks"]]


def _seconds(late_by: str | None) -> int | None:
    if late_by is None:
        return None
    found = _LATE.fullmatch(late_by)
    assert found, late_by
    hours, minutes, seconds = map(int, found.groups())
    return hours * 3600 + minutes * 60 + seconds
