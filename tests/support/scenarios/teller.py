"""What has been told of a scenario so far."""

from copy import copy
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any

from casetrail_common.facts import Payload
from casetrail_common.ids import Service, stream_name
from casetrail_common.rules import Pack
from support.penalty import AGENCY, Step
from support.scenarios.reading import Scenario


@dataclass
class Teller:
    """Tells facts one after the other."""

    scenario: Scenario
    packs: tuple[Pack, ...]
    steps: list[Step] = field(default_factory=list)
    now: datetime = datetime(2025, 1, 1, tzinfo=UTC)
    by: str = ""
    types: dict[str, str] = field(default_factory=dict)
    """Types of the records."""
    cases: dict[str, str] = field(default_factory=dict)
    """Cases of the records."""
    filed: set[str] = field(default_factory=set)
    """Initiation forms that lie before the head."""
    submissions: dict[str, str] = field(default_factory=dict)
    """Open submissions by their form."""
    dossiers: dict[str, str] = field(default_factory=dict)
    """Cases of the dossiers."""
    in_dossier: dict[str, str] = field(default_factory=dict)
    """Dossiers of what was filed."""
    gaps: dict[str, int] = field(default_factory=dict)

    def say(self, service: Service, stream: str, payload: Payload) -> None:
        """Record a fact now."""
        kind, _, item = stream.partition(":")
        self.steps.append(Step(self.now, service, stream_name(kind, AGENCY, item), payload))

    def branch(self) -> "Teller":
        """Return another that has told the same, and goes its own way from here."""
        return replace(self, **{each.name: copy(getattr(self, each.name)) for each in fields(self)})

    def given(self, args: dict[str, Any], *names: str) -> dict[str, Any]:
        """Return those of some arguments that are there."""
        return {name: args[name] for name in names if name in args}
