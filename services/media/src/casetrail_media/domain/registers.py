"""Repositories, electronic data, and what media needs to know of the agency and its cases."""

from dataclasses import dataclass, replace

from casetrail_common.facts.intake import (
    ActivityStartedV1,
    CaseClosedV1,
    CaseRegisteredV1,
    ServicePerformedV1,
)
from casetrail_common.facts.media import RepositoryRegisteredV1, SessionLinkedV1
from casetrail_common.facts.recording import ElectronicDataCollectedV1, ElectronicDataSavedV1
from casetrail_common.ledger.fact import Fact


@dataclass(frozen=True)
class ElectronicData:
    """Electronic data (电子数据) taken during an act."""

    case: str
    activity: str
    repository: str | None = None
    """Where they were saved."""


@dataclass(frozen=True)
class Repository:
    """A place for recordings."""

    registered: bool


@dataclass(frozen=True)
class KnownCase:
    """A case of intake."""

    conduct_type: str
    closed: bool = False


@dataclass(frozen=True)
class KnownActivity:
    """An activity of intake."""

    case: str


@dataclass(frozen=True)
class Links:
    """What intake's facts link a recording to, beyond what was named when it began."""

    cases: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recordings:
    """The recordings whose streams are linked to a case, by facts of whichever service."""

    sessions: tuple[str, ...] = ()


def evolve_electronic_data(known: ElectronicData | None, fact: Fact) -> ElectronicData | None:
    """Return electronic data after a fact that names them."""
    match fact.payload:
        case ElectronicDataCollectedV1(activity=activity):
            return ElectronicData(fact.stream_item, activity)
        case ElectronicDataSavedV1(repository=repository) if known:
            return replace(known, repository=repository)
    return known


def evolve_repository(repository: Repository | None, fact: Fact) -> Repository | None:
    """Return a repository after a fact about it."""
    match fact.payload:
        case RepositoryRegisteredV1(registered=registered):
            return Repository(registered)
    return repository


def evolve_case(case: KnownCase | None, fact: Fact) -> KnownCase | None:
    """Return what is known of a case after one of intake's facts."""
    match fact.payload:
        case CaseRegisteredV1(conduct_type=conduct_type):
            return KnownCase(conduct_type)
        case CaseClosedV1() if case:
            return replace(case, closed=True)
    return case


def evolve_activity(activity: KnownActivity | None, fact: Fact) -> KnownActivity | None:
    """Return what is known of an activity after one of intake's facts."""
    return KnownActivity(fact.stream_item) if isinstance(fact.payload, ActivityStartedV1) else activity


def evolve_links(links: Links | None, fact: Fact) -> Links | None:
    """Return what a recording is linked to after one of intake's facts that names it."""
    known = links or Links()
    match fact.payload:
        case ActivityStartedV1(activity=activity):
            return Links(_with(known.cases, fact.stream_item), _with(known.activities, activity))
        case ServicePerformedV1():
            return replace(known, cases=_with(known.cases, fact.stream_item))
    return links


def evolve_recordings(recordings: Recordings | None, fact: Fact) -> Recordings | None:
    """Return the recordings of a case after a fact of its streams."""
    known = recordings.sessions if recordings else ()
    match fact.payload:
        case SessionLinkedV1(session=session):
            named = [session]
        case ActivityStartedV1(sessions=sessions):
            named = sessions
        case _:
            named = []
    # In an order that does not depend on which service was followed first.
    return Recordings(tuple(sorted({*known, *named}))) if named else recordings


def _with(known: tuple[str, ...], *new: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *new)))
