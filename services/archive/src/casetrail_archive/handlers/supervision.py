"""Routes of supervision: rounds, what units must put right, reports."""

from typing import Annotated, Final

from fastapi import Query
from starlette.responses import Response

from casetrail_archive import commands, service
from casetrail_archive.outlook_schemas import RectificationShown, ReportShown, RoundShown
from casetrail_archive.queries import supervision as queries
from casetrail_common.ids import ItemId, UnitId
from casetrail_common.web import Page, Paging, Sent, service_router
from casetrail_common.web.desk import AtDesk, AtWindow, Written

router: Final = service_router(tag="archive 监督检查")


class RoundWritten(Written):
    """A round was recorded."""

    round: str


class RectificationWritten(Written):
    """A rectification was opened or closed."""

    rectification: str


class ReportWritten(Written):
    """A report was recorded."""

    report: str


@router.post("/v1/archive/supervision-rounds", status_code=201, response_model=RoundWritten)
async def hold_round(wish: Sent[commands.HoldRound], desk: AtDesk) -> Response:
    """记录一次监督检查。Record a round of supervision, on site or by reviewing dossiers."""
    return await desk.run(service.hold_round(wish, desk.principal))


@router.get("/v1/archive/supervision-rounds")
async def list_rounds(window: AtWindow, paging: Paging) -> Page[RoundShown]:
    """监督检查记录。Rounds of supervision, the latest first."""
    return await queries.list_rounds(window.store, window.principal, paging)


@router.post("/v1/archive/rectifications", status_code=201, response_model=RectificationWritten)
async def open_rectification(wish: Sent[commands.OpenRectification], desk: AtDesk) -> Response:
    """督促整改。Urge a unit to put something right."""
    return await desk.run(service.open_rectification(wish, desk.principal))


@router.post("/v1/archive/rectifications/{rectification}/closure", status_code=201, response_model=RectificationWritten)
async def close_rectification(rectification: ItemId, wish: Sent[commands.CloseRectification], desk: AtDesk) -> Response:
    """整改完成。Say that what had to be put right was."""
    return await desk.run(service.close_rectification(rectification, wish, desk.principal))


@router.get("/v1/archive/rectifications")
async def list_rectifications(
    window: AtWindow,
    paging: Paging,
    unit: UnitId | None = None,
    is_open: Annotated[bool | None, Query(description="Only those still open, or only those closed.")] = None,
) -> Page[RectificationShown]:
    """整改事项。What units were urged to put right, the latest first."""
    return await queries.list_rectifications(window.store, window.principal, paging, unit=unit, is_open=is_open)


@router.post("/v1/archive/reports", status_code=201, response_model=ReportWritten)
async def make_report(wish: Sent[commands.MakeReport], desk: AtDesk) -> Response:
    """记录统计报告及其用途。Record that statistics of a period were drawn up, and what they are used for."""
    return await desk.run(service.make_report(wish, desk.principal))


@router.get("/v1/archive/reports")
async def list_reports(window: AtWindow, paging: Paging) -> Page[ReportShown]:
    """统计报告。Reports that were made, the latest first."""
    return await queries.list_reports(window.store, window.principal, paging)
