"""Agencies and people."""

from casetrail_common.agencies import AGENCY
from casetrail_common.auth import Principal
from casetrail_common.errors import not_found
from casetrail_common.facts.intake import AgencyRegisteredV1, Certificate, PersonRegisteredV1, Unit
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_intake.commands import RegisterAgency, RegisterPerson


def register_agency(wish: RegisterAgency, who: Principal) -> Decide:
    """Make the agency of the token a tenant, or bring its name and units up to date."""

    async def decide(view: View) -> Plan:
        who.require_for("register_agency")
        payload = AgencyRegisteredV1(
            name=wish.name, province=wish.province, units=[Unit(id=unit.id, name=unit.name) for unit in wish.units]
        )
        return Plan([view.new_fact("agency", view.agency, payload)], {"agency": view.agency})

    return decide


def register_person(wish: RegisterPerson, who: Principal) -> Decide:
    """Make a person known; a person registered before is changed from now on."""

    async def decide(view: View) -> Plan:
        agency = await view.get(AGENCY, view.agency)
        if agency is None or (wish.unit is not None and wish.unit not in agency.units):
            raise not_found(wish.unit or view.agency)
        who.require_for("register_person")
        certificate = wish.certificate and Certificate(
            number=view.seal(wish.certificate.number),
            valid_from=wish.certificate.valid_from,
            valid_until=wish.certificate.valid_until,
        )
        payload = PersonRegisteredV1(
            person=wish.person,
            name=view.seal(wish.name),
            kind=wish.kind,
            roles=list(wish.roles),
            unit=wish.unit,
            certificate=certificate,
            clearance=list(wish.clearance),
        )
        return Plan([view.new_fact("person", wish.person, payload)], {"person": wish.person})

    return decide
