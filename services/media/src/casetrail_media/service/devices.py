"""Recording devices: registered, maintained, broken, repaired, altered."""

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError, not_found
from casetrail_common.facts.media import DeviceRegisteredV1
from casetrail_common.facts.recording import (
    DeviceAlteredV1,
    DeviceFaultReportedV1,
    DeviceMaintainedV1,
    DeviceRepairedV1,
)
from casetrail_common.ids import new_id
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_common.people import PERSON
from casetrail_media.commands import AlterDevice, MaintainDevice, RegisterDevice, RepairDevice, ReportDeviceFault
from casetrail_media.projections import DEVICE


def register_device(wish: RegisterDevice, who: Principal) -> Decide:
    """Enter a device into the register; that its keeper has no such office is for the law to find."""
    device_id = new_id("media")

    async def decide(view: View) -> Plan:
        custodian = await view.get(PERSON, wish.custodian)
        if custodian is None or custodian.kind != "staff":
            raise not_found(wish.custodian)
        who.require_for("register_device")
        payload = DeviceRegisteredV1(device=device_id, **wish.model_dump())
        return Plan([view.new_fact("device", device_id, payload)], {"device": device_id})

    return decide


def report_device_fault(device_id: str, wish: ReportDeviceFault, who: Principal) -> Decide:
    """Take a device out of service; this makes the fault report, a record of its own."""
    record_id = new_id("media")

    async def decide(view: View) -> Plan:
        await view.found(DEVICE, device_id)
        who.require_for("report_device_fault")
        payload = DeviceFaultReportedV1(device=device_id, record=record_id, fault=view.seal(wish.fault), by=who.person)
        return Plan([view.new_fact("device", device_id, payload)], {"record": record_id})

    return decide


def repair_device(device_id: str, wish: RepairDevice, who: Principal) -> Decide:
    """Put a device back into service."""

    async def decide(view: View) -> Plan:
        device = await view.found(DEVICE, device_id)
        who.require_for("repair_device")
        if device.state != "out_of_service":
            raise CasetrailError("transition_not_allowed", {"state": device.state, "command": "repair_device"})
        payload = DeviceRepairedV1(
            device=device_id, note=view.seal(wish.note), repaired_by=view.seal_optional(wish.repaired_by)
        )
        return Plan([view.new_fact("device", device_id, payload)])

    return decide


def maintain_device(device_id: str, wish: MaintainDevice, who: Principal) -> Decide:
    """Enter that a device was maintained."""

    async def decide(view: View) -> Plan:
        await view.found(DEVICE, device_id)
        who.require_for("maintain_device")
        payload = DeviceMaintainedV1(device=device_id, maintained_on=wish.maintained_on)
        return Plan([view.new_fact("device", device_id, payload)])

    return decide


def alter_device(device_id: str, wish: AlterDevice, who: Principal) -> Decide:
    """Enter that a device was dismantled or a part replaced: by its keeper, or privately, as somebody found."""

    async def decide(view: View) -> Plan:
        await view.found(DEVICE, device_id)
        who.require_for("report_private_alteration" if wish.is_private else "alter_device")
        payload = DeviceAlteredV1(
            device=device_id, change=wish.change, note=view.seal(wish.note), is_private=wish.is_private
        )
        return Plan([view.new_fact("device", device_id, payload)])

    return decide
