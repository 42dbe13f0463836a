"""An agency, as far as putting law in force for it asks."""

from dataclasses import dataclass

from casetrail_common.facts.intake import AgencyRegisteredV1
from casetrail_common.ledger.fact import Fact


@dataclass(frozen=True)
class Agency:
    """A tenant: what a pack must fit, and what a dossier prints."""

    name: str
    province: str


def evolve_agency(agency: Agency | None, fact: Fact) -> Agency | None:
    """Return the agency after a fact; the latest registration holds."""
    match fact.payload:
        case AgencyRegisteredV1() as registered:
            return Agency(registered.name, registered.province)
    return agency
