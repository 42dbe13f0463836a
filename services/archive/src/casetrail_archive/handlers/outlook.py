"""Routes of what lies ahead: what a case needs, and what falls due."""

from typing import Annotated, Final

from fastapi import Query
from pydantic import AwareDatetime

from casetrail_archive.commands import EARLIEST, LATEST
from casetrail_archive.handlers.own import Own
from casetrail_archive.outlook import DeadlineShown, NeedsShown
from casetrail_common.ids import ItemId
from casetrail_common.records import enumerations
from casetrail_common.web import Page, Paging, service_router
from casetrail_common.web.desk import AtWindow

router: Final = service_router(tag="archive 办理指引与期限")

Activity = Annotated[
    str | None,
    Query(
        pattern=f"^({'|'.join(enumerations()['activity_kind'])})$",
        description="Kind of an activity that is planned: tell what it will need, too.",
    ),
]
Unit = Annotated[str | None, Query(max_length=100, description="Unit of the cases; absent = all of the agency.")]
Until = Annotated[AwareDatetime | None, Query(ge=EARLIEST, le=LATEST, description="Leave out what falls due later.")]


@router.get("/v1/archive/cases/{case}/needs")
async def show_needs(case: ItemId, window: AtWindow, own: Own, activity: Activity = None) -> NeedsShown:
    """本案还缺什么：现在、下一步之前。What the case needs now and before each next step, with clause, person and due."""
    return await own.needs.show(window.principal, case, activity=activity)


@router.get("/v1/archive/deadlines")
async def list_deadlines(
    window: AtWindow, own: Own, paging: Paging, unit: Unit = None, until: Until = None
) -> Page[DeadlineShown]:
    """未了结的期限，先到期者在前。Deadlines that run or were missed, of a unit or of the agency."""
    return await own.deadlines.show(window.principal, paging, unit=unit, until=until)
