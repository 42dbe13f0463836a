"""What media shows: sessions, uploads and originals."""

import asyncio
import time
from typing import Final

from casetrail_common.auth import Principal
from casetrail_common.auth.sight import require_sight
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.media import StoredFile
from casetrail_common.facts.model import format_instant
from casetrail_common.ledger.store import Store
from casetrail_media.domain.session import Session, Upload
from casetrail_media.evidence.receiving import Parts
from casetrail_media.schemas import PartsShown, SessionShown, StoredFileShown
from casetrail_media.service.sessions import found_session
from casetrail_media.service.uploads import found_upload

POLL_S: Final = 0.02


async def session_seen(store: Store, who: Principal, session_id: str) -> Session:
    """Return a session that the person may see."""
    async with store.reading(who.agency) as view:
        session = await found_session(view, session_id)
    require_sight(who, session.unit)
    return session


async def upload_seen(store: Store, who: Principal, upload_id: str) -> Upload:
    """Return an upload of a session that the person may see."""
    async with store.reading(who.agency) as view:
        upload = await found_upload(view, upload_id)
        session = await found_session(view, upload.session)
    require_sight(who, session.unit)
    return upload


async def upload_ended(store: Store, agency: str, upload_id: str, *, within_s: float) -> Upload:
    """Return an upload as soon as it is stored or rejected, or as it stands when the time is up.

    Holds no connection between two looks.
    """
    end = time.monotonic() + within_s
    while True:
        async with store.reading(agency) as view:
            upload = await found_upload(view, upload_id)
        if upload.state in {"stored", "rejected"} or time.monotonic() > end:
            return upload
        await asyncio.sleep(POLL_S)


def session_shown(session_id: str, session: Session) -> SessionShown:
    """Return a session as it is told."""
    return SessionShown(
        session=session_id,
        case=session.case,
        activities=list(session.activities),
        kind=session.kind,
        recorder=session.recorder,
        unit=session.unit,
        started_at=session.started_at,
        state=session.state,
        files=[_file_shown(number, file) for number, file in enumerate(session.files, start=1)],
    )


def _file_shown(number: int, file: StoredFile) -> StoredFileShown:
    return StoredFileShown(
        number=number,
        sha256=file.sha256,
        bytes=file.bytes,
        media_type=file.media_type,
        started_at=format_instant(file.started_at),
        ended_at=format_instant(file.ended_at),
        duration_ms=file.duration_ms,
        notes=list(file.notes),
    )


def parts_shown(parts: list[Parts]) -> list[PartsShown]:
    """Return how far files have arrived, as it is told."""
    return [
        PartsShown(
            number=one.number,
            part_bytes=one.part_bytes,
            part_urls=list(one.urls),
            arrived=list(one.arrived),
            complete=one.complete,
        )
        for one in parts
    ]


def original(session: Session, number: int) -> StoredFile:
    """Return a locked original of a session.

    Raises
    ------
    CasetrailError
        `not_found`.
    """
    if not 1 <= number <= len(session.files):
        raise CasetrailError("not_found", {"id": str(number)})
    return session.files[number - 1]
