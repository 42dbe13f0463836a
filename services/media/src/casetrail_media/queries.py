"""What media shows: sessions and other items, devices, uploads and originals."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from casetrail_common.auth import Principal
from casetrail_common.auth.sight import ACROSS_UNITS, handles, require_sight
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.media import StoredFile
from casetrail_common.ids import stream_name
from casetrail_common.ledger.reading import commitments_in, content_of, with_content
from casetrail_common.ledger.store import Store
from casetrail_common.ledger.view import View
from casetrail_common.web import Page, PageWish
from casetrail_common.web.desk import Window
from casetrail_media.domain.devices import FaultReport
from casetrail_media.domain.session import Derivative, Session, Upload
from casetrail_media.evidence.receiving import Arrival
from casetrail_media.projections import LINKS, RECORDINGS, SESSION
from casetrail_media.schemas import (
    DerivativeShown,
    DeviceShown,
    FileArrival,
    PartToSend,
    RecordShown,
    SessionShown,
)
from casetrail_media.service.devices import found_device
from casetrail_media.service.items import Item, found_item, read_item
from casetrail_media.service.sessions import found_session
from casetrail_media.service.uploads import found_derivative, found_upload, receivable, who_sends
from casetrail_media.showing import derivative_told, fault_report_told, session_told

FIRST_PAUSE_S: Final = 0.02
LAST_PAUSE_S: Final = 0.25
"""Seconds between two looks at an upload that is being verified: a short film takes a tenth, a long one minutes."""

_SESSIONS: Final = """
select s.id, s.state::text, l.state::text as links, h.stream_seq
from snapshot s join stream_head h on h.stream = 'session:' || s.agency || ':' || s.id
left join snapshot l on l.agency = s.agency and l.kind = 'links' and l.id = s.id
where s.agency = $1 and s.kind = 'session' and s.id > $2
  and ($3::text[] is null or s.id = any ($3)) and ($4::text is null or s.state ->> 'unit' = $4)
order by s.id limit $5
"""


async def show_session(store: Store, who: Principal, session_id: str) -> SessionShown:
    """Return a session as it is told."""
    async with store.reading(who.agency) as view:
        session = await found_session(view, session_id)
    require_sight(who, session.unit)
    return await _session_shown(store, who.agency, session_id, session)


async def _session_shown(store: Store, agency: str, session_id: str, session: Session) -> SessionShown:
    async with store.reading(agency) as view:
        links = await view.get(LINKS, session_id)
        head = await view.head_of(stream_name("session", agency, session_id))
    told = session_told(session_id, session, links, position=head[0] if head else 0)
    return SessionShown.model_validate((await _with_content(store, [told]))[0])


async def list_sessions(store: Store, who: Principal, wish: PageWish, *, case: str | None) -> Page[SessionShown]:
    """Return sessions in the order in which they began; an officer sees those of the own unit."""
    unit = None if who.roles & ACROSS_UNITS else who.unit or ""
    require_sight(who, unit)
    (after,) = wish.after(str) or ("",)
    wanted = None if case is None else await _recordings_of(store, who.agency, case)
    rows = await store.pool.fetch(_SESSIONS, who.agency, after, wanted, unit, wish.limit + 1)
    told = [
        session_told(
            row["id"],
            SESSION.load(row["state"]),
            LINKS.load(row["links"]) if row["links"] else None,
            position=row["stream_seq"],
        )
        for row in rows
    ]
    found = [SessionShown.model_validate(one) for one in await _with_content(store, told)]
    return wish.page(found, key=lambda shown: (shown.session,))


async def _recordings_of(store: Store, agency: str, case: str) -> list[str]:
    async with store.reading(agency) as view:
        recordings = await view.get(RECORDINGS, case)
    return list(recordings.sessions) if recordings else []


async def show_item(window: Window, item_id: str, *, as_borrower: bool) -> SessionShown | DerivativeShown | RecordShown:
    """Return whatever media owns under an id; to a borrower only under an approved request."""
    item, store = await item_lent(window, item_id, as_borrower=as_borrower), window.store
    match item.state:
        case Session() as session:
            return await _session_shown(store, window.principal.agency, item_id, session)
        case Derivative() as derivative:
            (told,) = await _with_content(store, [derivative_told(item_id, derivative)])
            return DerivativeShown.model_validate(told)
        case FaultReport() as report:
            (told,) = await _with_content(store, [fault_report_told(item_id, report)])
            return RecordShown.model_validate(told)


async def session_lent(window: Window, session_id: str) -> Session:
    """Return a session to who has a part in its case, to others only under an approved request."""
    async with window.store.reading(window.principal.agency) as view:
        session = await found_session(view, session_id)
    await item_lent(window, session_id)
    return session


async def copy_lent(window: Window, derivative_id: str) -> StoredFile:
    """Return the file of a derivative to who has a part in its case, to others only under an approved request.

    Raises
    ------
    CasetrailError
        `not_found`, also if its file was not stored; what `item_lent` raises.
    """
    async with window.store.reading(window.principal.agency) as view:
        derivative = await found_derivative(view, derivative_id)
    await item_lent(window, derivative_id)
    if derivative.file is None:
        raise CasetrailError("not_found", {"id": derivative_id})
    return derivative.file


async def item_lent(window: Window, item_id: str, *, as_borrower: bool = False) -> Item:
    """Return an item to who has a part in its case, to a borrower only under an approved request."""
    who = window.principal
    async with window.store.reading(who.agency) as view:
        item = await found_item(view, item_id)
        may_see = await _may_see(view, who, item)
    if as_borrower or not may_see:
        await window.decided(read_item(item_id, who))
    return item


async def _may_see(view: View, who: Principal, item: Item) -> bool:
    match item.state:
        case Derivative(of=of):
            return handles(who, (await found_session(view, of)).unit)
        case FaultReport() if "device_custodian" in who.roles:
            return True
    return handles(who, item.state.unit)


async def show_device(store: Store, who: Principal, device_id: str) -> DeviceShown:
    """Return a device to whoever keeps it or may use it."""
    async with store.reading(who.agency) as view:
        device = await found_device(view, device_id)
        head = await view.head_of(stream_name("device", who.agency, device_id))
    if "device_custodian" not in who.roles:
        require_sight(who, device.responsible_unit)
    position = head[0] if head else 0
    return DeviceShown.model_validate({"device": device_id, **asdict(device), "stream_position": position})


async def _with_content(store: Store, told: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Put what people wrote, as far as it was not disposed of, in the place of the references to it."""
    async with store.pool.acquire() as conn:
        content = await content_of(conn, set(commitments_in(told)))
    return [with_content(one, content) for one in told]


async def upload_sent(store: Store, who: Principal, upload_id: str) -> Upload:
    """Return an upload to somebody who may send it."""
    async with store.reading(who.agency) as view:
        upload = await found_upload(view, upload_id)
    who.require(who_sends(upload))
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
