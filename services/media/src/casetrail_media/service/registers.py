"""Devices and repositories."""

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.media import DeviceRegisteredV1, RepositoryRegisteredV1
from casetrail_common.ids import new_id, stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_common.people import PERSON
from casetrail_media.commands import RegisterDevice, RegisterRepository


def register_device(wish: RegisterDevice, who: Principal) -> Decide:
    """Enter a device into the register."""
    device_id = new_id("media")

    async def decide(view: View) -> Plan:
        custodian = await view.get(PERSON, wish.custodian)
        if custodian is None or "device_custodian" not in custodian.roles:
            raise CasetrailError("not_found", {"id": wish.custodian})
        who.require(("administrator", "device_custodian"))
        payload = DeviceRegisteredV1(device=device_id, **wish.model_dump())
        return Plan([NewFact(stream_name("device", view.agency, device_id), payload)], {"device": device_id})

    return decide


def register_repository(wish: RegisterRepository, who: Principal) -> Decide:
    """Name a place where recordings may be stored."""
    repository_id = new_id("media")

    async def decide(view: View) -> Plan:
        who.require(("administrator", "records_custodian"))
        payload = RepositoryRegisteredV1(repository=repository_id, **wish.model_dump())
        stream = stream_name("repository", view.agency, repository_id)
        return Plan([NewFact(stream, payload)], {"repository": repository_id})

    return decide
