"""What a fact is to a case file, and where it is noted what each type of fact does to one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import singledispatch
from typing import Final

from casetrail_common.facts import Payload
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Fact
from casetrail_common.rules.draft import Draft


@dataclass(frozen=True, slots=True)
class Happening:
    """A fact, appended or proposed, as far as a case file looks at it."""

    payload: Payload | None
    item: str
    """Id of the object whose stream it stands in."""
    at: datetime
    """When it happened, whenever it was recorded."""
    ref: str
    """Names the fact among all others."""

    @classmethod
    def of(cls, fact: Fact) -> "Happening":
        """Return a fact of a ledger."""
        return cls(fact.payload, fact.stream_item, fact.occurred_at, f"{fact.service}:{fact.n}")

    @classmethod
    def proposed(cls, new: NewFact, *, now: datetime) -> "Happening":
        """Return a fact that a decision wants appended."""
        return cls(new.payload, new.stream.split(":", 2)[2], new.occurred_at or now, "proposed")


SHARED: Final = frozenset(
    {
        "agency.registered",
        "person.registered",
        "officer.returned",
        "record_plan.published",
        "permit_item.configured",
        "av_item_list.published",
        "wording_guide.published",
        "retention_table.set",
        "device.registered",
        "device.maintained",
        "device.fault_reported",
        "device.repaired",
        "device.altered",
        "report.made",
        "supervision.round_held",
    }
)
"""Facts that stand in no stream of a case but may concern every one: a case file is complete only with them."""


@singledispatch
def tell(_payload: object, _draft: Draft, _told: Happening) -> None:
    """Change nothing: no rule speaks of what this fact says."""


def names(filled: Mapping[str, object]) -> list[str]:
    """Return the names of what holds something, in alphabetical order."""
    return sorted(name for name, value in filled.items() if value is not None)
