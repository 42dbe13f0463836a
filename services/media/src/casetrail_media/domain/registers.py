"""Devices, repositories, and what media needs to know of cases."""

from dataclasses import dataclass

from casetrail_common.facts.archive import RetentionTableSetV1
from casetrail_common.facts.intake import ActivityStartedV1, CaseClosedV1, CaseRegisteredV1
from casetrail_common.facts.media import DeviceRegisteredV1, RepositoryRegisteredV1
from casetrail_common.ledger.fact import Fact


@dataclass(frozen=True)
class Device:
    """A recording device."""

    device_type: str
    responsible_unit: str


@dataclass(frozen=True)
class Repository:
    """A place for recordings."""

    registered: bool


@dataclass(frozen=True)
class KnownCase:
    """A case of intake."""

    closed: bool = False


@dataclass(frozen=True)
class KnownActivity:
    """An activity of intake."""

    case: str


@dataclass(frozen=True)
class Retention:
    """The periods of the agency's retention table."""

    dossier_years: tuple[int, ...] = ()


def evolve_device(device: Device | None, fact: Fact) -> Device | None:
    """Return a device after a fact about it."""
    match fact.payload:
        case DeviceRegisteredV1() as known:
            return Device(known.device_type, known.responsible_unit)
    return device


def evolve_repository(repository: Repository | None, fact: Fact) -> Repository | None:
    """Return a repository after a fact about it."""
    match fact.payload:
        case RepositoryRegisteredV1(registered=registered):
            return Repository(registered)
    return repository


def evolve_case(case: KnownCase | None, fact: Fact) -> KnownCase | None:
    """Return what is known of a case after one of intake's facts."""
    match fact.payload:
        case CaseRegisteredV1():
            return KnownCase()
        case CaseClosedV1():
            return KnownCase(closed=True)
    return case


def evolve_activity(activity: KnownActivity | None, fact: Fact) -> KnownActivity | None:
    """Return what is known of an activity after one of intake's facts."""
    return KnownActivity(fact.stream_item) if isinstance(fact.payload, ActivityStartedV1) else activity


def evolve_retention(retention: Retention | None, fact: Fact) -> Retention | None:
    """Return the periods after a table was set."""
    match fact.payload:
        case RetentionTableSetV1(entries=entries):
            return Retention(tuple(one.years for one in entries if one.dossier_class and one.years))
    return retention
