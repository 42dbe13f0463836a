"""Routes of what lies ahead: what a case needs, and what falls due."""

from typing import Annotated, Final

from fastapi import Query
from pydantic import AwareDatetime

from casetrail_archive.commands import EARLIEST, LATEST, ReplayLaw
from casetrail_archive.handlers.own import Own
from casetrail_archive.outlook_schemas import DeadlineShown, NeedsShown, ReplayPage
from casetrail_common.ids import ItemId, UnitId
from casetrail_common.records import enumerations
from casetrail_common.web import Page, Paging, Sent, service_router
from casetrail_common.web.desk import AtDesk, AtWindow

router: Final = service_router(tag="archive 办理指引与期限")

Activity = Annotated[
    str | None,
    Query(
        pattern=f"^({'|'.join(enumerations()['activity_kind'])})$",
        description="Kind of an activity that is planned: tell what it will need, too.",
    ),
]
Unit = Annotated[UnitId | None, Query(description="Unit of the cases; absent = all of the agency.")]
Until = Annotated[AwareDatetime | None, Query(ge=EARLIEST, le=LATEST, description="Leave out what falls due later.")]


@router.get("/v1/archive/cases/{case}/needs")
async def show_needs(case: ItemId, window: AtWindow, own: Own, activity: Activity = None) -> NeedsShown:
    """本案还缺什么：现在、下一步之前。What a case needs now and before each next step: who, what, by when, why."""
    return await own.needs.show(window.principal, case, activity=activity)


@router.get("/v1/archive/deadlines")
async def list_deadlines(
    window: AtWindow, own: Own, paging: Paging, unit: Unit = None, until: Until = None
) -> Page[DeadlineShown]:
    """未了结的期限，先到期者在前。Deadlines that run or were missed, of a unit or of the agency."""
    return await own.deadlines.show(window.principal, paging, unit=unit, until=until)


@router.post("/v1/rules/replays")
async def replay_law(wish: Sent[ReplayLaw], desk: AtDesk, own: Own, paging: Paging) -> ReplayPage:
    """试算：新规则包、日历或参数会改变哪些未归档案件的判定；不作记录。Try law on open cases; records nothing."""
    return await own.replays.show(desk.principal, wish, paging)
