"""A recording session, from start to locked originals."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

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
from casetrail_common.ledger.fact import Fact


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
    state: Literal["recording", "ended", "stored"] = "recording"
    notice_at: datetime | None = None
    """When those present were first told that they are being recorded."""
    ended_at: datetime | None = None
    receiving: str | None = None
    """The upload that is complete and being verified, or was stored."""
    files: tuple[StoredFile, ...] = ()


@dataclass(frozen=True)
class Upload:
    """One attempt to store a session."""

    session: str
    repository: str
    custodian: str
    declared: tuple[DeclaredFile, ...]
    state: Literal["declared", "received", "stored", "rejected"] = "declared"
    received: tuple[ReceivedFile, ...] = ()
    received_at: datetime | None = None


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
            )
    return None if session is None else _moved(session, fact)


def _moved(session: Session, fact: Fact) -> Session:
    match fact.payload:
        case AvNoticeGivenV1():
            return replace(session, notice_at=session.notice_at or fact.occurred_at)
        case AvSessionEndedV1():
            return replace(session, state="ended", ended_at=fact.occurred_at)
        case AvReceivedV1(upload=upload):
            return replace(session, receiving=upload)
        case AvRejectedV1():
            return replace(session, receiving=None)
        case AvStoredV1(files=files):
            return replace(session, state="stored", files=tuple(files))
    return session


def evolve_upload(upload: Upload | None, fact: Fact) -> Upload | None:
    """Return an upload after a fact that names it."""
    match fact.payload:
        case AvUploadDeclaredV1() as declared:
            return Upload(declared.session, declared.repository, declared.custodian, tuple(declared.files))
        case AvReceivedV1(files=files) if upload:
            return replace(upload, state="received", received=tuple(files), received_at=fact.occurred_at)
        case AvStoredV1() if upload:
            return replace(upload, state="stored")
        case AvRejectedV1() if upload:
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
