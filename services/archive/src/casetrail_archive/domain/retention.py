"""How long what is kept: configuration of the agency, since no regulation names years."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from casetrail_common.facts.archive import RetentionEntry, RetentionTableSetV1
from casetrail_common.ledger.fact import Fact


@dataclass(frozen=True)
class RetentionTable:
    """The table in force."""

    years: Mapping[str, int] = field(default_factory=dict)
    """Years by class of dossier."""
    entries: tuple[RetentionEntry, ...] = ()


def evolve_retention(table: RetentionTable | None, fact: Fact) -> RetentionTable | None:
    """Return the table after a fact; a new table replaces the old one as a whole."""
    match fact.payload:
        case RetentionTableSetV1(entries=entries):
            years = {e.dossier_class: e.years for e in entries if e.dossier_class is not None and e.years is not None}
            return RetentionTable(years, tuple(entries))
    return table
