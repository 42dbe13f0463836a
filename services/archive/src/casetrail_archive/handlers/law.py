"""Routes of law and configuration, and of the test clock."""

import asyncio
from typing import Annotated, Final

from fastapi import Path, Request
from starlette.responses import Response

from casetrail_archive import commands, service
from casetrail_archive.handlers.own import Own
from casetrail_archive.queries import law as queries
from casetrail_archive.queries.sight import STAFF
from casetrail_archive.schemas import ClockShown, LawShown, PackDocumentShown, RetentionShown
from casetrail_common.auth import CurrentPrincipal
from casetrail_common.errors import CasetrailError, not_found
from casetrail_common.facts.archive import CalendarLoadedV1
from casetrail_common.web import Sent, service_router
from casetrail_common.web.desk import AtDesk, AtWindow, Written
from casetrail_common.web.headers import Positions

router: Final = service_router(tag="archive 规则与配置")

PackName = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
PackVersion = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


@router.post("/v1/rules/packs", status_code=201, response_model=Written)
async def load_pack(wish: Sent[commands.LoadPack], desk: AtDesk) -> Response:
    """启用规则包：随系统提供的、下级细化的（inherits）或自有全文（text）。Put a shipped, child or own pack in force."""
    own = None if wish.text is None else await asyncio.to_thread(service.read_text, wish, desk.principal)
    return await desk.run(service.load_pack(wish, desk.principal, own=own))


@router.post("/v1/rules/calendars", status_code=201, response_model=Written)
async def load_calendar(wish: Sent[commands.LoadCalendar], desk: AtDesk) -> Response:
    """启用工作日历。Put a working-day calendar in force."""
    return await desk.run(service.load_calendar(wish, desk.principal))


@router.post("/v1/rules/parameters", status_code=201, response_model=Written)
async def set_parameters(wish: Sent[commands.SetParameters], desk: AtDesk) -> Response:
    """设置本机关的规则参数。Set values that rules refer to."""
    return await desk.run(service.set_parameters(wish, desk.principal))


@router.post("/v1/rules/retention-tables", status_code=201, response_model=Written)
async def set_retention_table(wish: Sent[commands.SetRetentionTable], desk: AtDesk) -> Response:
    """设置保管期限表。Replace the retention table."""
    return await desk.run(service.set_retention_table(wish, desk.principal))


@router.get("/v1/rules")
async def show_law(window: AtWindow) -> LawShown:
    """本机关现行规则、日历与参数。What binds the agency: packs, calendar, parameters."""
    window.principal.require(STAFF)
    return await queries.show_law(window.store, window.principal.agency)


@router.get("/v1/rules/packs/{pack}/{version}")
async def show_pack(pack: PackName, version: PackVersion, window: AtWindow) -> PackDocumentShown:
    """一个已启用的规则包全文。A loaded pack as a whole."""
    window.principal.require(STAFF)
    return await queries.show_pack(window.store, window.principal.agency, pack=pack, version=version)


@router.get("/v1/rules/calendars/current")
async def show_calendar(window: AtWindow) -> CalendarLoadedV1:
    """现行工作日历。The working-day calendar in force."""
    window.principal.require(STAFF)
    return await queries.show_calendar(window.store, window.principal.agency)


@router.get("/v1/rules/retention-tables/current")
async def show_retention(window: AtWindow) -> RetentionShown:
    """现行保管期限表。The retention table in force."""
    window.principal.require(STAFF)
    return await queries.show_retention(window.store, window.principal.agency)


@router.put("/v1/test/clock")
async def set_test_clock(
    wish: Sent[commands.SetTestClock], who: CurrentPrincipal, own: Own, request: Request, positions: Positions
) -> ClockShown:
    """设置测试时钟并等待系统静止；仅限测试环境。Set an agency's clock and let everything due until then happen."""
    if not own.settings.allow_test_clock:
        raise CasetrailError("clock_not_allowed")
    if wish.agency != who.agency:
        raise not_found(wish.agency)
    who.require_for("set_test_clock")

    await request.app.state.wait_followed(who.agency, positions)  # saves a round over the bus
    statuses = await own.clock.advance_to(wish.agency, wish.now, own.next_due)
    return ClockShown(agency=wish.agency, now=wish.now, positions={status.service: status.n for status in statuses})
