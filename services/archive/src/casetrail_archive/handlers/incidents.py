"""Routes of incidents."""

from typing import Final

from casetrail_archive.queries import incidents as queries
from casetrail_archive.schemas import IncidentShown
from casetrail_common.ids import ItemId
from casetrail_common.web import Page, Paging, service_router
from casetrail_common.web.desk import AtWindow

router: Final = service_router(tag="archive 事件")


@router.get("/v1/archive/incidents")
async def list_incidents(
    window: AtWindow, paging: Paging, case: ItemId | None = None, item: ItemId | None = None
) -> Page[IncidentShown]:
    """被拒绝并记录的违规行为及其条款。Forbidden acts that were refused and recorded, each with its clause."""
    return await queries.list_incidents(window.store, window.principal, paging, case=case, item=item)
