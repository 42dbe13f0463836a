"""A recording session, from start to locked originals."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from casetrail_common.facts import ContentRef
from casetrail_common.facts.media import (
    AvNoticeGivenV1,
    AvReceivedV1,
    AvRejectedV1,
    AvSessionEndedV1,
    AvSessionStartedV1,
    AvStoredV1,
    AvUploadDeclaredV1,
    DeclaredFile,
    ReceivedFile,
    StoredFile,
)
from casetrail_common.facts.recording import (
    AvCustodyChangedV1,
    AvDerivativeCreatedV1,
    AvDerivativeReceivedV1,
    AvDerivativeRejectedV1,
    AvDerivativeStoredV1,
    AvDerivativeUploadDeclaredV1,
    AvExceptionRecordedV1,
    AvInterruptionReportedV1,
    AvMarkedEvidenceV1,
    AvSessionInterruptedV1,
    AvSessionResumedV1,
)
from casetrail_common.ledger.fact import Fact

State = Literal["recording", "interrupted", "ended", "stored"]


@dataclass(frozen=True)
class Segment:
    """A stretch that one device recorded without a gap; it becomes one file."""

    device: str
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Report:
    """The head of the unit was told of a gap."""

    reported_to: str
    content: ContentRef
    at: datetime


@dataclass(frozen=True)
class Gap:
    """A stretch that was not recorded (中断)."""

    cause: str
    description: ContentRef
    final: bool
    """It was not resumed: the gap lasts until the act ends."""
    began_at: datetime
    resumed_at: datetime | None = None
    voice_explanation: bool | None = None
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True)
class StorageException:
    """Why it cannot be stored in time."""

    ground: str
    reason: ContentRef
    at: datetime


@dataclass(frozen=True)
class EvidenceMark:
    """It is, or will be, used as evidence."""

    proves: ContentRef
    at: datetime


@dataclass(frozen=True)
class Session:
    """A recording session (音像记录)."""

    case: str | None
    activities: tuple[str, ...]
    kind: str
    recorder: str
    unit: str | None
    """Unit of the recorder when it began."""
    started_at: datetime
    state: State = "recording"
    segments: tuple[Segment, ...] = ()
    gaps: tuple[Gap, ...] = ()
    """Gap 1 is the first."""
    notice_at: datetime | None = None
    """When those present were first told that they are being recorded."""
    ended_at: datetime | None = None
    receiving: str | None = None
    """The upload that is complete and being verified, or was stored."""
    files: tuple[StoredFile, ...] = ()
    repository: str | None = None
    custodian: str | None = None
    """Who keeps it: named when it was stored, or since."""
    exceptions: tuple[StorageException, ...] = ()
    evidence: tuple[EvidenceMark, ...] = ()
    derivatives: tuple[str, ...] = ()

    def takes_files(self, count: int) -> bool:
        """Whether a number of files can be its originals: one for each segment, of photos any number beyond that."""
        return count >= len(self.segments) if self.kind == "photo" else count == len(self.segments)


@dataclass(frozen=True)
class Derivative:
    """A copy in which something was made unrecognisable; the original stays."""

    of: str
    case: str | None
    description: ContentRef
    created_by: str
    created_at: datetime
    receiving: str | None = None
    """The upload that is complete and being verified, or was stored."""
    file: StoredFile | None = None


@dataclass(frozen=True)
class Upload:
    """One attempt to store a session, or a derivative of it."""

    session: str
    repository: str
    custodian: str
    declared: tuple[DeclaredFile, ...]
    state: Literal["declared", "received", "stored", "rejected"] = "declared"
    received: tuple[ReceivedFile, ...] = ()
    received_at: datetime | None = None
    derivative: str | None = None


def evolve_session(session: Session | None, fact: Fact) -> Session | None:
    """Return a session after one of its facts."""
    match fact.payload:
        case AvSessionStartedV1() as started:
            return Session(
                case=started.case,
                activities=tuple(started.activities),
                kind=started.kind,
                recorder=started.recorder,
                unit=fact.actor.unit,
                started_at=fact.occurred_at,
                segments=(Segment(started.device, fact.occurred_at),),
            )
    return None if session is None else _moved(session, fact)


def _moved(session: Session, fact: Fact) -> Session:
    """Return a session after a fact that moves it along, or as `_kept` leaves it."""
    match fact.payload:
        case AvSessionInterruptedV1() as broken:
            gap = Gap(broken.cause, broken.description, broken.final, fact.occurred_at)
            paused = replace(_cut(session, fact.occurred_at), state="interrupted", gaps=(*session.gaps, gap))
            return replace(paused, state="ended", ended_at=fact.occurred_at) if broken.final else paused
        case AvSessionResumedV1() as resumed:
            gap = replace(session.gaps[-1], resumed_at=fact.occurred_at, voice_explanation=resumed.voice_explanation)
            segments = (*session.segments, Segment(resumed.device, fact.occurred_at))
            return replace(session, state="recording", gaps=(*session.gaps[:-1], gap), segments=segments)
        case AvSessionEndedV1():
            return replace(_cut(session, fact.occurred_at), state="ended", ended_at=fact.occurred_at)
        case AvReceivedV1(upload=upload):
            return replace(session, receiving=upload)
        case AvRejectedV1():
            return replace(session, receiving=None)
        case AvStoredV1() as stored:
            return replace(
                session,
                state="stored",
                files=tuple(stored.files),
                repository=stored.repository,
                custodian=stored.custodian,
            )
    return _noted(session, fact)


def _cut(session: Session, at: datetime) -> Session:
    """End the segment that is being recorded, if one is."""
    *before, last = session.segments
    return replace(session, segments=(*before, last if last.ended_at else replace(last, ended_at=at)))


def _noted(session: Session, fact: Fact) -> Session:
    """Return a session after a fact that leaves its state as it is."""
    at = fact.occurred_at
    match fact.payload:
        case AvNoticeGivenV1():
            return replace(session, notice_at=session.notice_at or at)
        case AvInterruptionReportedV1() as told:
            gaps = list(session.gaps)
            gap = gaps[told.gap - 1]
            gaps[told.gap - 1] = replace(gap, reports=(*gap.reports, Report(told.reported_to, told.content, at)))
            return replace(session, gaps=tuple(gaps))
        case AvCustodyChangedV1(custodian=custodian):
            return replace(session, custodian=custodian)
        case AvExceptionRecordedV1(ground=ground, reason=reason):
            return replace(session, exceptions=(*session.exceptions, StorageException(ground, reason, at)))
        case AvMarkedEvidenceV1(proves=proves):
            return replace(session, evidence=(*session.evidence, EvidenceMark(proves, at)))
        case AvDerivativeCreatedV1(derivative=derivative):
            return replace(session, derivatives=(*session.derivatives, derivative))
    return session


def evolve_derivative(derivative: Derivative | None, fact: Fact) -> Derivative | None:
    """Return a derivative after a fact that names it."""
    match fact.payload:
        case AvDerivativeCreatedV1() as made:
            return Derivative(made.of, made.case, made.description, fact.actor.person, fact.occurred_at)
        case AvDerivativeReceivedV1(upload=upload) if derivative:
            return replace(derivative, receiving=upload)
        case AvDerivativeRejectedV1() if derivative:
            return replace(derivative, receiving=None)
        case AvDerivativeStoredV1(file=file) if derivative:
            return replace(derivative, file=file)
    return derivative


def evolve_upload(upload: Upload | None, fact: Fact) -> Upload | None:
    """Return an upload after a fact that names it."""
    match fact.payload:
        case AvUploadDeclaredV1() as declared:
            return Upload(declared.session, declared.repository, declared.custodian, tuple(declared.files))
        case AvDerivativeUploadDeclaredV1() as copy:
            return Upload(copy.of, copy.repository, copy.custodian, (copy.file,), derivative=copy.derivative)
        case AvReceivedV1(files=files) if upload:
            return replace(upload, state="received", received=tuple(files), received_at=fact.occurred_at)
        case AvDerivativeReceivedV1(file=file) if upload:
            return replace(upload, state="received", received=(file,), received_at=fact.occurred_at)
        case AvStoredV1() | AvDerivativeStoredV1() if upload:
            return replace(upload, state="stored")
        case AvRejectedV1() | AvDerivativeRejectedV1() if upload:
            return replace(upload, state="rejected")
    return upload


def object_key(agency: str, session: str, upload: str, number: int) -> str:
    """Return where an original lies; no two uploads share a key, so each key has one version of ours.

    Parameters
    ----------
    number
        Place of the file in the upload, from 1.
    """
    return f"{agency}/{session}/{upload}/{number:03d}"
