"""What every service needs to know of the agency itself, and of how long it keeps what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from casetrail_common.facts.archive import RetentionEntry, RetentionTableSetV1
from casetrail_common.facts.intake import AgencyRegisteredV1
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.keys import of_agency


@dataclass(frozen=True)
class Agency:
    """A tenant, as last registered."""

    name: str
    province: str
    units: tuple[str, ...]
    """Unit ids."""


def _evolve_agency(agency: Agency | None, fact: Fact) -> Agency | None:
    match fact.payload:
        case AgencyRegisteredV1() as registered:
            return Agency(registered.name, registered.province, tuple(unit.id for unit in registered.units))
    return agency


AGENCY: Final = Fold("agency", Agency, of_agency(AgencyRegisteredV1), _evolve_agency, frozenset({"intake"}))


@dataclass(frozen=True)
class RetentionTable:
    """How long what is kept: configuration of the agency, since no regulation names years."""

    years: Mapping[str, int] = field(default_factory=dict)
    """Years by class of dossier."""
    entries: tuple[RetentionEntry, ...] = ()


def _evolve_retention(table: RetentionTable | None, fact: Fact) -> RetentionTable | None:
    """Return the table after a fact; a new table replaces the old one as a whole."""
    match fact.payload:
        case RetentionTableSetV1(entries=entries):
            years = {e.dossier_class: e.years for e in entries if e.dossier_class is not None and e.years is not None}
            return RetentionTable(years, tuple(entries))
    return table


RETENTION: Final = Fold(
    "retention", RetentionTable, of_agency(RetentionTableSetV1), _evolve_retention, frozenset({"archive"})
)
