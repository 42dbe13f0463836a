"""Routes of what an agency lays down for its cases."""

from typing import Final

from starlette.responses import Response

from casetrail_common.web import Sent, service_router
from casetrail_common.web.desk import AtDesk, AtWindow, Written
from casetrail_intake import commands, queries, service
from casetrail_intake.schemas import PermitItemsShown, RecordPlansShown

router: Final = service_router(tag="intake 记录方案与许可事项")


@router.post("/v1/record-plans", status_code=201, response_model=Written)
async def publish_record_plan(wish: Sent[commands.PublishRecordPlan], desk: AtDesk) -> Response:
    """发布记录方案。Publish what is recorded in cases of a type beyond what the regulations name."""
    return await desk.run(service.publish_record_plan(wish, desk.principal))


@router.get("/v1/record-plans")
async def show_record_plans(window: AtWindow) -> RecordPlansShown:
    """本机关的记录方案。The record plans of the agency, every version."""
    return await queries.show_record_plans(window.store, window.principal)


@router.post("/v1/permit-items", status_code=201, response_model=Written)
async def configure_permit_item(wish: Sent[commands.ConfigurePermitItem], desk: AtDesk) -> Response:
    """设置许可事项的环节与时限。Lay down the steps of a permit item and their limits."""
    return await desk.run(service.configure_permit_item(wish, desk.principal))


@router.get("/v1/permit-items")
async def show_permit_items(window: AtWindow) -> PermitItemsShown:
    """本机关的许可事项。The permit items of the agency, as last laid down."""
    return await queries.show_permit_items(window.store, window.principal)
