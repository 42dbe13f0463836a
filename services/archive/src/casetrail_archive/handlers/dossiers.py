"""Routes of dossiers."""

from typing import Any, Final

from starlette.responses import Response, StreamingResponse

from casetrail_archive import commands, service
from casetrail_archive.handlers.own import Own
from casetrail_archive.packing.package import CONTENT_TYPE
from casetrail_archive.queries import dossiers as queries
from casetrail_archive.schemas import DossierShown, DossierWritten, awaited_of
from casetrail_common.ids import ItemId, stream_name
from casetrail_common.web import Page, Paging, Sent, service_router
from casetrail_common.web.desk import AsBorrower, AtDesk, AtWindow, Written, told
from casetrail_common.web.originals import ModifyOriginal

router: Final = service_router(tag="archive 案卷")

_DEFERRED: Final[dict[int | str, dict[str, Any]]] = {
    201: {"model": DossierWritten, "description": "Volume 1 is sealed."},
    202: {
        "model": DossierWritten,
        "description": "Filed; sealing goes on. Repeat, or read the dossier, to learn more.",
    },
}
_PACKAGE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The package: a ZIP of the bag, from which `data/verify.py` verifies it.",
        "content": {CONTENT_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/v1/dossiers", status_code=201, responses=_DEFERRED)
async def file_dossier(wish: Sent[commands.FileDossier], desk: AtDesk, own: Own) -> Response:
    """案卷归档（T27），封存后返回根哈希。Hand a dossier over; the answer carries the root hash once it is sealed."""
    agency = desk.principal.agency
    await own.judge.up_to_date(agency, wish.case)
    answer = await desk.decided(
        service.file_dossier(wish, desk.principal), stream=stream_name("case", agency, wish.case)
    )
    within_s = own.settings.deferred_wait_s
    dossier = await queries.sealed_within(desk.store, agency, answer.body["dossier"], within_s=within_s)
    status = 201 if dossier.state == "sealed" else 202
    return told(answer, status=status, state=dossier.state, root=dossier.root, awaits=awaited_of(dossier))


@router.get("/v1/dossiers")
async def list_dossiers(window: AtWindow, paging: Paging, case: ItemId | None = None) -> Page[DossierShown]:
    """案卷列表。Dossiers, of a case or of the whole agency."""
    return await queries.list_dossiers(window.store, window.principal, paging, case_id=case)


@router.get("/v1/dossiers/{dossier}")
async def show_dossier(dossier: ItemId, window: AtWindow) -> DossierShown:
    """案卷状态、根哈希与存放位置。A dossier: its state, root hash, and where it lies."""
    return await queries.show_dossier(window.store, window.principal, dossier)


@router.get("/v1/dossiers/{dossier}/content", response_class=StreamingResponse, responses=_PACKAGE)
async def read_package(dossier: ItemId, window: AtWindow, own: Own) -> StreamingResponse:
    """下载案卷（封存卷或草稿）；非本案人员须有经批准的申请。The package: the sealed volume, or the draft."""
    handout = await queries.hand_out(window, own.dossiers, dossier)
    headers = {
        "Content-Disposition": f'attachment; filename="{handout.name}"',
        "Content-Length": str(handout.size_bytes),
    }
    return StreamingResponse(handout.chunks, media_type=CONTENT_TYPE, headers=headers)


@router.get("/v1/items/{item}")
async def show_item(item: ItemId, window: AtWindow, as_borrower: AsBorrower = False) -> DossierShown:
    """查阅案卷；非本案办理人员须有经批准的申请。A dossier; to others under an approved request."""
    return await queries.show_item(window, item, as_borrower=as_borrower)


@router.patch("/v1/items/{item}", response_model=Written)
async def modify_original(item: ItemId, _wish: Sent[ModifyOriginal], desk: AtDesk) -> Response:
    """试图修改案卷：一律拒绝并记入事件。An attempt to change a dossier: always refused, and recorded."""
    return await desk.run(service.refuse_change(item, "modify_original"))


@router.delete("/v1/items/{item}", response_model=Written)
async def delete_original(item: ItemId, desk: AtDesk) -> Response:
    """试图删除案卷：一律拒绝并记入事件。An attempt to delete a dossier: always refused, and recorded."""
    return await desk.run(service.refuse_change(item, "delete_original"))
