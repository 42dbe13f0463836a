"""Recording devices: in service or not, and what was done to them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from casetrail_common.facts import ContentRef
from casetrail_common.facts.media import DeviceRegisteredV1
from casetrail_common.facts.recording import (
    DeviceAlteredV1,
    DeviceFaultReportedV1,
    DeviceMaintainedV1,
    DeviceRepairedV1,
)
from casetrail_common.ledger.fact import Fact


@dataclass(frozen=True)
class Alteration:
    """A device was dismantled, or a part of it replaced."""

    change: str
    is_private: bool
    at: datetime


@dataclass(frozen=True)
class Device:
    """A recording device."""

    device_type: str
    serial: str
    responsible_unit: str
    custodian: str
    registered_on: date
    last_maintained_on: date | None = None
    state: Literal["in_service", "out_of_service"] = "in_service"
    """Whoever records with one that is out of service is not stopped, but breaks a rule."""
    fault_reports: tuple[str, ...] = ()
    alterations: tuple[Alteration, ...] = ()


@dataclass(frozen=True)
class FaultReport:
    """A record (设备故障报告): media makes it when a fault is reported."""

    device: str
    case: str | None
    fault: ContentRef
    author: str
    unit: str | None
    """Unit of the author."""
    made_at: datetime


def evolve_device(device: Device | None, fact: Fact) -> Device | None:
    """Return a device after a fact about it."""
    match fact.payload:
        case DeviceRegisteredV1() as known:
            return Device(
                known.device_type,
                known.serial,
                known.responsible_unit,
                known.custodian,
                known.registered_on,
                known.last_maintained_on,
            )
    return None if device is None else _used(device, fact)


def _used(device: Device, fact: Fact) -> Device:
    match fact.payload:
        case DeviceFaultReportedV1(record=record):
            return replace(device, state="out_of_service", fault_reports=(*device.fault_reports, record))
        case DeviceRepairedV1():
            return replace(device, state="in_service")
        case DeviceMaintainedV1(maintained_on=day):
            return replace(device, last_maintained_on=day)
        case DeviceAlteredV1() as altered:
            change = Alteration(altered.change, altered.is_private, fact.occurred_at)
            return replace(device, alterations=(*device.alterations, change))
    return device


def evolve_fault_report(report: FaultReport | None, fact: Fact) -> FaultReport | None:
    """Return a fault report after the fact that made it."""
    made = fact.payload
    if not isinstance(made, DeviceFaultReportedV1):
        return report
    return FaultReport(made.device, made.case, made.fault, made.by, fact.actor.unit, fact.occurred_at)
