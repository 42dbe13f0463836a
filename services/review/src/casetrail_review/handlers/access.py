"""Routes of requests to consult, copy and disclose, and of exports."""

from typing import Annotated, Final

from fastapi import Path, Query
from starlette.responses import Response

from casetrail_common.ids import ItemId, stream_name
from casetrail_common.web import Page, Paging, Sent, service_router
from casetrail_common.web.desk import AtDesk, AtWindow
from casetrail_review import queries
from casetrail_review.access_schemas import Exported, RequestShown, RequestWritten, request_of
from casetrail_review.commands import DecideAccess, ExportItems, RequestAccess
from casetrail_review.service import access as service

router: Final = service_router(tag="review 调阅与提供")

RequestId = Annotated[ItemId, Path(description="Id of the request.")]


@router.post(
    "/v1/access-requests",
    status_code=201,
    response_model=RequestWritten,
    summary="申请调阅、复制、提供 Request access",
)
async def request_access(wish: Sent[RequestAccess], desk: AtDesk) -> Response:
    """申请调阅、复制或对外提供文书、音像、案卷。

    Asks to consult, copy or disclose records, recordings or dossiers.
    """
    return await desk.run(service.request_access(wish, desk.principal))


@router.get("/v1/access-requests", summary="申请列表 Requests")
async def list_requests(
    window: AtWindow,
    paging: Paging,
    case: Annotated[ItemId | None, Query(description="Only those for items of a case.")] = None,
) -> Page[RequestShown]:
    """列出申请；无审批、保管或监督职责的人只见本人的申请。

    Lists requests; who neither decides, keeps nor supervises sees only those made in person.
    """
    page = await queries.requests_shown(window.store, window.principal, paging, case=case)
    return Page(items=[request_of(shown) for shown in page.items], next=page.next)


@router.get("/v1/access-requests/{request}", summary="申请及其审批、提供情况 One request")
async def show_request(request: RequestId, window: AtWindow) -> RequestShown:
    """查看申请及其审批和提供情况。

    Shows a request with what was decided and what was handed out.
    """
    return request_of(await queries.request_shown(window.store, window.principal, request))


@router.post(
    "/v1/access-requests/{request}/decisions",
    status_code=201,
    response_model=RequestWritten,
    summary="审批申请 Decide on a request",
)
async def decide_access(request: RequestId, wish: Sent[DecideAccess], desk: AtDesk) -> Response:
    """逐项批准或不予批准；承办机构负责人的意见照录，是否有效依规定和本机关设置。

    Grants or refuses items. A unit head's decision is recorded; whether it grants anything is for the law and the
    agency's settings to say.
    """
    stream = stream_name("request", desk.principal.agency, request)
    return await desk.run(service.decide_access(request, wish, desk.principal), stream=stream)


@router.post("/v1/exports", status_code=201, response_model=Exported, summary="提供复制件 Take copies out")
async def export_items(wish: Sent[ExportItems], desk: AtDesk) -> Response:
    """依经批准的申请提供复制件；未获准的和依法应当保密的不予提供。

    Hands out copies under an approved request; what was not granted and what must be kept secret stays.
    """
    return await desk.run(service.export_items(wish, desk.principal))
