"""What media keeps folded: its own objects, and what it needs of the other services' facts."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from casetrail_common.access import FILED_IN, REQUESTS
from casetrail_common.facts import Payload
from casetrail_common.facts.archive import DossierFiledV1, DossierSealedV1, RetentionAssignedV1, RetentionTableSetV1
from casetrail_common.facts.common import ContentErasedV1
from casetrail_common.facts.intake import ActivityStartedV1, AgencyRegisteredV1, ServicePerformedV1
from casetrail_common.facts.keeping import SupplementAppendedV1
from casetrail_common.facts.media import (
    AvReceivedV1,
    AvRejectedV1,
    AvSessionStartedV1,
    AvStoredV1,
    AvUploadDeclaredV1,
    SessionLinkedV1,
)
from casetrail_common.facts.recording import (
    AvDerivativeCreatedV1,
    AvDerivativeReceivedV1,
    AvDerivativeRejectedV1,
    AvDerivativeStoredV1,
    AvDerivativeUploadDeclaredV1,
    DeviceFaultReportedV1,
    ElectronicDataCollectedV1,
    ElectronicDataSavedV1,
)
from casetrail_common.ids import stream_name
from casetrail_common.law import LAW, PACK
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.view import Consequences, Job, View
from casetrail_common.people import PERSON
from casetrail_common.sealing import seal_streams
from casetrail_media.disposal import HELD, dispose
from casetrail_media.domain.devices import Device, FaultReport, evolve_device, evolve_fault_report
from casetrail_media.domain.filing import Filed, evolve_filed
from casetrail_media.domain.registers import (
    ElectronicData,
    KnownActivity,
    KnownCase,
    Links,
    Recordings,
    Repository,
    Retention,
    Units,
    evolve_activity,
    evolve_case,
    evolve_electronic_data,
    evolve_links,
    evolve_recordings,
    evolve_repository,
    evolve_retention,
    evolve_units,
)
from casetrail_media.domain.session import (
    Derivative,
    Session,
    Upload,
    evolve_derivative,
    evolve_session,
    evolve_upload,
)

OWN: Final = frozenset({"media"})
INTAKE: Final = frozenset({"intake"})
ARCHIVE: Final = frozenset({"archive"})

VERIFY: Final = "verify"
"""Job: read what arrived, compare it with what was declared, lock it or remove it. Key: upload id."""

LENGTHEN: Final = "lengthen"
"""Job: lock recordings for as long as the dossier that names them is kept. Key: dossier id."""


def _item_of(kind: str) -> Any:
    def keys(fact: Fact) -> Iterable[str]:
        return (fact.stream_item,) if fact.stream_kind == kind else ()

    return keys


def _named(member: str, *kinds: type[Payload]) -> Callable[[Fact], Iterable[str]]:
    """Return the keys of facts of some kinds: the id that stands in a member of their payload."""

    def keys(fact: Fact) -> Iterable[str]:
        return (getattr(fact.payload, member),) if isinstance(fact.payload, kinds) else ()

    return keys


def _sessions_named(fact: Fact) -> Iterable[str]:
    match fact.payload:
        case ActivityStartedV1(sessions=sessions) | ServicePerformedV1(sessions=sessions):
            return tuple(sessions)
    return ()


def _linking_case(fact: Fact) -> Iterable[str]:
    return (fact.stream_item,) if isinstance(fact.payload, SessionLinkedV1 | ActivityStartedV1) else ()


def _of_agency(kind: type[Payload]) -> Callable[[Fact], Iterable[str]]:
    return lambda fact: (fact.agency,) if isinstance(fact.payload, kind) else ()


_OF_COPIES: Final = (
    AvDerivativeUploadDeclaredV1,
    AvDerivativeReceivedV1,
    AvDerivativeStoredV1,
    AvDerivativeRejectedV1,
)
"""Facts about the file of a derivative."""

DEVICE: Final = Fold("device", Device, _item_of("device"), evolve_device, OWN)
FAULT_REPORT: Final = Fold(
    "fault_report", FaultReport, _named("record", DeviceFaultReportedV1), evolve_fault_report, OWN
)
REPOSITORY: Final = Fold("repository", Repository, _item_of("repository"), evolve_repository, OWN)
SESSION: Final = Fold("session", Session, _item_of("session"), evolve_session, OWN)
DERIVATIVE: Final = Fold(
    "derivative", Derivative, _named("derivative", AvDerivativeCreatedV1, *_OF_COPIES), evolve_derivative, OWN
)
UPLOAD: Final = Fold(
    "upload",
    Upload,
    _named("upload", AvUploadDeclaredV1, AvReceivedV1, AvStoredV1, AvRejectedV1, *_OF_COPIES),
    evolve_upload,
    OWN,
)
ELECTRONIC_DATA: Final = Fold(
    "electronic_data",
    ElectronicData,
    _named("data", ElectronicDataCollectedV1, ElectronicDataSavedV1),
    evolve_electronic_data,
    OWN,
)
CASE: Final = Fold("case", KnownCase, _item_of("case"), evolve_case, INTAKE)
ACTIVITY: Final = Fold("activity", KnownActivity, _named("activity", ActivityStartedV1), evolve_activity, INTAKE)
LINKS: Final = Fold("links", Links, _sessions_named, evolve_links, INTAKE)
RECORDINGS: Final = Fold("recordings", Recordings, _linking_case, evolve_recordings, OWN | INTAKE)
UNITS: Final = Fold("units", Units, _of_agency(AgencyRegisteredV1), evolve_units, INTAKE)
RETENTION: Final = Fold("retention", Retention, _of_agency(RetentionTableSetV1), evolve_retention, ARCHIVE)
FILED: Final = Fold(
    "filed",
    Filed,
    _named("dossier", DossierFiledV1, DossierSealedV1, RetentionAssignedV1, SupplementAppendedV1),
    evolve_filed,
    ARCHIVE,
)

FOLDS: Final[tuple[Fold[Any], ...]] = (
    DEVICE,
    FAULT_REPORT,
    REPOSITORY,
    SESSION,
    DERIVATIVE,
    UPLOAD,
    ELECTRONIC_DATA,
    CASE,
    ACTIVITY,
    LINKS,
    RECORDINGS,
    UNITS,
    RETENTION,
    FILED,
    HELD,
    FILED_IN,
    REQUESTS,
    PERSON,
    LAW,
    PACK,
)


async def react(fact: Fact, view: View) -> Consequences:
    """Link sessions to cases, verify what has arrived, dispose of content, end volume 1 where a dossier is filed."""
    facts: list[NewFact] = [*await seal_streams(fact, view)]
    jobs: tuple[Job, ...] = ()
    match fact.payload:
        case AvReceivedV1(upload=upload) | AvDerivativeReceivedV1(upload=upload):
            jobs = (Job(VERIFY, upload),)
        case DossierSealedV1(dossier=dossier) | RetentionAssignedV1(dossier=dossier):
            jobs = (Job(LENGTHEN, dossier),)
        case SupplementAppendedV1(dossier=dossier, sessions=sessions) if sessions:
            jobs = (Job(LENGTHEN, dossier),)
        case AvSessionStartedV1(case=str(case_id), session=session):
            facts.append(_link(case_id, session, fact.stream_seq, fact.hash, agency=fact.agency))
        case ServicePerformedV1(sessions=sessions) if sessions:
            facts += await _linked_by_service(fact.stream_item, sessions, view)
        case ContentErasedV1(case=str(case_id)) if fact.service == "intake":
            recordings = await view.get(RECORDINGS, case_id)
            facts += await dispose(fact.payload, case_id, recordings.sessions if recordings else (), view)
    return Consequences(tuple(facts), jobs)


def _link(case_id: str, session: str, position: int, hash_: bytes, *, agency: str) -> NewFact:
    """Return the fact that links a session to a case, naming the session's stream as it stands."""
    stream = stream_name("session", agency, session)
    link = SessionLinkedV1(session=session, stream=stream, position=position, hash=hash_.hex())
    return NewFact(stream_name("case", agency, case_id), link)


async def _linked_by_service(case_id: str, sessions: Iterable[str], view: View) -> list[NewFact]:
    """Link the recordings of a service (送达) to its case, unless they are: intake's fact names no streams."""
    known = await view.get(RECORDINGS, case_id) or Recordings()
    links = []
    for session in sessions:
        head = await view.head_of(stream_name("session", view.agency, session))
        if session not in known.sessions and head is not None:
            links.append(_link(case_id, session, *head, agency=view.agency))
    return links
