"""The tenant."""

from dataclasses import dataclass

from casetrail_common.facts.intake import AgencyRegisteredV1
from casetrail_common.ledger.fact import Fact


@dataclass(frozen=True)
class Agency:
    """An agency as last registered."""

    name: str
    province: str
    units: tuple[str, ...]
    """Unit ids."""


def evolve_agency(agency: Agency | None, fact: Fact) -> Agency | None:
    """Return the agency after a fact; the latest registration holds."""
    match fact.payload:
        case AgencyRegisteredV1() as registered:
            return Agency(registered.name, registered.province, tuple(unit.id for unit in registered.units))
    return agency
