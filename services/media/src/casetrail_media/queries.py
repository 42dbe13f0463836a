"""What media shows: sessions, uploads and originals."""

import asyncio
import time
from typing import Final

from casetrail_common.auth import Principal
from casetrail_common.auth.sight import ACROSS_UNITS, handles, require_sight
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.media import StoredFile
from casetrail_common.ids import stream_name
from casetrail_common.ledger.store import Store
from casetrail_common.web import Page, PageWish
from casetrail_common.web.desk import Window
from casetrail_media.domain.session import Session, Upload
from casetrail_media.evidence.receiving import Arrival
from casetrail_media.projections import SESSION
from casetrail_media.schemas import FileArrival, PartToSend, SessionShown, StoredFileShown
from casetrail_media.service.items import read_item
from casetrail_media.service.sessions import found_session
from casetrail_media.service.uploads import STORING, found_upload, receivable

FIRST_PAUSE_S: Final = 0.02
LAST_PAUSE_S: Final = 0.25
"""Seconds between two looks at an upload that is being verified: a short film takes a tenth, a long one minutes."""

_SESSIONS: Final = """
select s.id, s.state::text, h.stream_seq
from snapshot s join stream_head h on h.stream = 'session:' || s.agency || ':' || s.id
where s.agency = $1 and s.kind = 'session' and s.id > $2
  and ($3::text is null or s.state ->> 'case' = $3) and ($4::text is null or s.state ->> 'unit' = $4)
order by s.id limit $5
"""


async def show_session(store: Store, who: Principal, session_id: str) -> SessionShown:
    """Return a session as it is told."""
    async with store.reading(who.agency) as view:
        session = await found_session(view, session_id)
        require_sight(who, session.unit)
        head = await view.head_of(stream_name("session", who.agency, session_id))
    return _shown(session_id, session, head[0] if head else 0)


async def show_item(window: Window, session_id: str, *, as_borrower: bool) -> SessionShown:
    """Return a session as it is told; to a borrower only under an approved request."""
    session = await session_lent(window, session_id, as_borrower=as_borrower)
    async with window.store.reading(window.principal.agency) as view:
        head = await view.head_of(stream_name("session", view.agency, session_id))
    return _shown(session_id, session, head[0] if head else 0)


async def session_lent(window: Window, session_id: str, *, as_borrower: bool = False) -> Session:
    """Return a session to who has a part in its case, to a borrower only under an approved request."""
    who = window.principal
    async with window.store.reading(who.agency) as view:
        session = await found_session(view, session_id)
    if as_borrower or not handles(who, session.unit):
        await window.decided(read_item(session_id, who))
    return session


async def list_sessions(store: Store, who: Principal, wish: PageWish, *, case: str | None) -> Page[SessionShown]:
    """Return sessions in the order in which they began; an officer sees those of the own unit."""
    unit = None if who.roles & ACROSS_UNITS else who.unit or ""
    require_sight(who, unit)
    (after,) = wish.after(str) or ("",)
    rows = await store.pool.fetch(_SESSIONS, who.agency, after, case, unit, wish.limit + 1)
    found = [_shown(row["id"], SESSION.load(row["state"]), row["stream_seq"]) for row in rows]
    return wish.page(found, key=lambda shown: (shown.session,))


async def upload_sent(store: Store, who: Principal, upload_id: str) -> Upload:
    """Return an upload to somebody who may send it."""
    async with store.reading(who.agency) as view:
        upload = await found_upload(view, upload_id)
    who.require(STORING)
    return upload


async def upload_to_receive(store: Store, who: Principal, upload_id: str) -> Upload:
    """Return an upload that the person may complete, before the store is asked to join its parts."""
    async with store.reading(who.agency) as view:
        return await receivable(view, upload_id, who)


async def upload_ended(store: Store, agency: str, upload_id: str, *, within_s: float) -> Upload:
    """Return an upload as soon as it is stored or rejected, or as it stands when the time is up.

    Holds no connection between two looks.
    """
    end, pause_s = time.monotonic() + within_s, FIRST_PAUSE_S
    while True:
        async with store.reading(agency) as view:
            upload = await found_upload(view, upload_id)
        if upload.state in {"stored", "rejected"} or time.monotonic() > end:
            return upload
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 1.5, LAST_PAUSE_S)


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


def arrivals_shown(arrivals: list[Arrival]) -> list[FileArrival]:
    """Return how far files have arrived, as it is told."""
    return [
        FileArrival(
            number=one.number,
            part_bytes=one.part_bytes,
            arrived=list(one.arrived),
            missing=[
                PartToSend(part=part.number, start=part.start, bytes=part.bytes, url=url) for part, url in one.to_send
            ],
            complete=one.complete,
        )
        for one in arrivals
    ]


def _shown(session_id: str, session: Session, position: int) -> SessionShown:
    return SessionShown(
        session=session_id,
        case=session.case,
        activities=list(session.activities),
        kind=session.kind,
        recorder=session.recorder,
        unit=session.unit,
        started_at=session.started_at,
        notice_at=session.notice_at,
        ended_at=session.ended_at,
        state=session.state,
        files=[_file_shown(number, file) for number, file in enumerate(session.files, start=1)],
        stream_position=position,
    )


def _file_shown(number: int, file: StoredFile) -> StoredFileShown:
    return StoredFileShown(
        number=number,
        sha256=file.sha256,
        bytes=file.bytes,
        media_type=file.media_type,
        started_at=file.started_at,
        ended_at=file.ended_at,
        duration_ms=file.duration_ms,
        notes=list(file.notes),
    )
