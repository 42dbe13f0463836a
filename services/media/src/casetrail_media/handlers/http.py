"""Recordings over HTTP: made, kept, uploaded, read. The edge translates and decides nothing."""

from typing import Annotated, Any, Final

from fastapi import Depends, Header, Path, Query, Request
from starlette.responses import Response, StreamingResponse

from casetrail_common.errors import CasetrailError
from casetrail_common.facts.media import StoredFile
from casetrail_common.ids import ItemId, stream_name
from casetrail_common.ledger.store import Answer
from casetrail_common.web import Page, Paging, Sent, service_router
from casetrail_common.web.desk import AsBorrower, AtDesk, AtWindow, Desk, Written, told
from casetrail_common.web.originals import ModifyOriginal
from casetrail_media import commands, queries, service
from casetrail_media.handlers.ranges import byte_range
from casetrail_media.handlers.streaming import begun
from casetrail_media.parts import MediaParts
from casetrail_media.schemas import (
    DerivativeShown,
    RecordShown,
    SessionShown,
    UploadCompleted,
    UploadShown,
    UploadWritten,
)

router: Final = service_router(tag="media 音像记录")

_DEFERRED: Final[dict[int | str, dict[str, Any]]] = {
    201: {"model": UploadCompleted, "description": "Verified and locked."},
    202: {"model": UploadCompleted, "description": "Received; it is still being read. Repeat to learn the outcome."},
}
_RECORDING: Final[dict[str, Any]] = {"content": {kind: {} for kind in ("video/*", "audio/*", "image/*")}}
_PROTECTED: Final[dict[int | str, dict[str, Any]]] = {403: {"description": "Always: worm_protected"}}


async def _own(request: Request) -> MediaParts:
    parts: MediaParts = request.app.state.process.own
    return parts


Own = Annotated[MediaParts, Depends(_own)]
Stretch = Annotated[str | None, Header(alias="Range", max_length=100)]


@router.post("/v1/media/sessions", status_code=201, response_model=Written)
async def start_session(wish: Sent[commands.StartSession], desk: AtDesk) -> Response:
    """开始音像记录；本人为记录人。Begin to record; the caller is the recorder."""
    return await desk.run(service.start_session(wish, desk.principal))


@router.get("/v1/media/sessions")
async def list_sessions(
    window: AtWindow, paging: Paging, case: Annotated[ItemId | None, Query(description="Only those of a case.")] = None
) -> Page[SessionShown]:
    """音像记录列表，按开始先后。Recording sessions in the order in which they began."""
    return await queries.list_sessions(window.store, window.principal, paging, case=case)


@router.get("/v1/media/sessions/{session}")
async def show_session(session: ItemId, window: AtWindow) -> SessionShown:
    """查看音像记录。A recording session and its originals."""
    return await queries.show_session(window.store, window.principal, session)


@router.post("/v1/media/sessions/{session}/annotations", status_code=201, response_model=Written)
async def annotate_session(session: ItemId, wish: Sent[commands.AnnotateSession], desk: AtDesk) -> Response:
    """标注：告知、语音说明、画面内容。Say what was told, spoken and filmed."""
    return await desk.run(service.annotate_session(session, wish, desk.principal), stream=_stream(desk, session))


@router.post("/v1/media/sessions/{session}/end", status_code=201, response_model=Written)
async def end_session(session: ItemId, desk: AtDesk) -> Response:
    """结束音像记录。Stop recording."""
    return await desk.run(service.end_session(session, desk.principal), stream=_stream(desk, session))


@router.post("/v1/media/sessions/{session}/interruptions", status_code=201, response_model=Written)
async def interrupt_session(session: ItemId, wish: Sent[commands.InterruptSession], desk: AtDesk) -> Response:
    """记录中断；不再恢复的，音像记录至此完成。A gap begins; a final one completes the session."""
    return await desk.run(service.interrupt_session(session, wish, desk.principal), stream=_stream(desk, session))


@router.post("/v1/media/sessions/{session}/resumption", status_code=201, response_model=Written)
async def resume_session(session: ItemId, wish: Sent[commands.ResumeSession], desk: AtDesk) -> Response:
    """恢复记录，另起一段。Record on after a gap: the next segment begins."""
    return await desk.run(service.resume_session(session, wish, desk.principal), stream=_stream(desk, session))


@router.post("/v1/media/sessions/{session}/interruption-reports", status_code=201, response_model=Written)
async def report_interruption(session: ItemId, wish: Sent[commands.ReportInterruption], desk: AtDesk) -> Response:
    """向承办机构负责人报告中断。Say that the head of the unit was told of a gap."""
    return await desk.run(service.report_interruption(session, wish, desk.principal), stream=_stream(desk, session))


@router.post("/v1/media/sessions/{session}/storage-exceptions", status_code=201, response_model=Written)
async def record_storage_exception(
    session: ItemId, wish: Sent[commands.RecordStorageException], desk: AtDesk
) -> Response:
    """说明不能及时储存的情形；须为现行规定所列。Say why it cannot be stored in time, on a ground of the law."""
    decide = service.record_storage_exception(session, wish, desk.principal)
    return await desk.run(decide, stream=_stream(desk, session))


@router.post("/v1/media/sessions/{session}/custody", status_code=201, response_model=Written)
async def set_custodian(session: ItemId, wish: Sent[commands.SetCustodian], desk: AtDesk) -> Response:
    """变更保管人；录制人不得自行保管。Give it into somebody else's keeping, never the recorder's."""
    return await desk.run(service.set_custodian(session, wish, desk.principal), stream=_stream(desk, session))


@router.post("/v1/media/sessions/{session}/evidence-marks", status_code=201, response_model=Written)
async def mark_evidence(session: ItemId, wish: Sent[commands.MarkEvidence], desk: AtDesk) -> Response:
    """标记作为证据使用。Say that it is, or will be, used as evidence."""
    return await desk.run(service.mark_evidence(session, wish, desk.principal), stream=_stream(desk, session))


@router.post("/v1/media/sessions/{session}/derivatives", status_code=201, response_model=Written)
async def create_derivative(session: ItemId, wish: Sent[commands.CreateDerivative], desk: AtDesk) -> Response:
    """制作派生件（遮挡、消音等）；原件不变。Enter a redacted copy, an object of its own; the original stays."""
    return await desk.run(service.create_derivative(session, wish, desk.principal), stream=_stream(desk, session))


@router.post("/v1/media/sessions/{session}/uploads", status_code=201, response_model=UploadWritten)
async def declare_upload(session: ItemId, wish: Sent[commands.DeclareUpload], desk: AtDesk, own: Own) -> Response:
    """申报上传：各文件的 SHA-256 先入账，再直接上传至对象存储。

    Begin to store a session: the hashes are recorded first, then the parts go straight to the object store.
    """
    decide = service.declare_upload(session, wish, desk.principal)
    return await _uploading(await desk.decided(decide, stream=_stream(desk, session)), desk, own)


@router.post("/v1/media/derivatives/{derivative}/uploads", status_code=201, response_model=UploadWritten)
async def declare_copy(derivative: ItemId, wish: Sent[commands.DeclareCopy], desk: AtDesk, own: Own) -> Response:
    """申报上传派生件文件；续传、完毕与原件相同。Begin to store the file of a derivative, as an original is."""
    return await _uploading(await desk.decided(service.declare_copy(derivative, wish, desk.principal)), desk, own)


@router.get("/v1/media/uploads/{upload}")
async def show_upload(upload: ItemId, window: AtWindow, own: Own) -> UploadShown:
    """查询上传进度，续传所需地址。How an upload stands, with addresses for the parts that are missing."""
    found = await queries.upload_sent(window.store, window.principal, upload)
    arrivals = await own.receiving.arrivals(window.principal.agency, upload, found)
    files = queries.arrivals_shown(arrivals)
    return UploadShown(upload=upload, session=found.session, state=found.state, files=files)


@router.post("/v1/media/uploads/{upload}/completion", status_code=201, responses=_DEFERRED)
async def complete_upload(upload: ItemId, desk: AtDesk, own: Own) -> Response:
    """上传完毕：校验、锁定后入库；与申报不符的不予入库。

    The upload is complete: it is read, compared with what was declared, and locked; or rejected and removed.
    """
    who = desk.principal
    found = await queries.upload_to_receive(desk.store, who, upload)
    files = await own.receiving.complete(who.agency, upload, found)
    decide = service.receive_upload(upload, files, who)
    answer = await desk.decided(decide, stream=_stream(desk, found.session))
    ended = await queries.upload_ended(desk.store, who.agency, upload, within_s=own.wait_s)
    if ended.state == "rejected":
        raise CasetrailError("upload_rejected", {"upload": upload})
    return told(answer, status=201 if ended.state == "stored" else 202, state=ended.state)


@router.get(
    "/v1/media/sessions/{session}/files/{number}/content",
    response_class=Response,
    responses={200: _RECORDING, 206: _RECORDING},
)
async def read_original(
    session: ItemId,
    number: Annotated[int, Path(ge=1, le=200)],
    window: AtWindow,
    own: Own,
    wanted: Stretch = None,
) -> Response:
    """调取原件（按锁定版本读取）；非本案人员须有经批准的申请。An original, read by its locked version."""
    return await _streamed(queries.original(await queries.session_lent(window, session), number), own, wanted)


@router.get(
    "/v1/media/derivatives/{derivative}/content",
    response_class=Response,
    responses={200: _RECORDING, 206: _RECORDING},
)
async def read_copy(derivative: ItemId, window: AtWindow, own: Own, wanted: Stretch = None) -> Response:
    """调取派生件；非本案人员须有经批准的申请。A derivative's file; to others under an approved request."""
    return await _streamed(await queries.copy_lent(window, derivative), own, wanted)


@router.get("/v1/items/{item}")
async def show_item(
    item: ItemId, window: AtWindow, as_borrower: AsBorrower = False
) -> SessionShown | DerivativeShown | RecordShown:
    """查看音像记录、派生件或设备故障报告；非本案办理人员须有经批准的申请。

    A recording session, a derivative of one, or a fault report; to others under an approved request.
    """
    return await queries.show_item(window, item, as_borrower=as_borrower)


@router.patch("/v1/items/{item}", response_model=Written, responses=_PROTECTED)
async def modify_original(item: ItemId, _wish: Sent[ModifyOriginal], desk: AtDesk) -> Response:
    """试图修改音像原件：一律拒绝并记入事件。An attempt to change an original: always refused, and recorded."""
    return await desk.run(service.refuse_change(item, "modify_original"))


@router.delete("/v1/items/{item}", response_model=Written, responses=_PROTECTED)
async def delete_original(item: ItemId, desk: AtDesk) -> Response:
    """试图删除音像原件：一律拒绝并记入事件。An attempt to delete an original: always refused, and recorded."""
    return await desk.run(service.refuse_change(item, "delete_original"))


def _stream(desk: Desk, session: str) -> str:
    return stream_name("session", desk.principal.agency, session)


async def _uploading(answer: Answer, desk: Desk, own: MediaParts) -> Response:
    """Say where the parts of a declared upload go."""
    upload = await queries.upload_sent(desk.store, desk.principal, answer.body["upload"])
    arrivals = await own.receiving.arrivals(desk.principal.agency, answer.body["upload"], upload)
    files = [file.model_dump() for file in queries.arrivals_shown(arrivals)]
    return told(answer, status=201, files=files)


async def _streamed(file: StoredFile, own: MediaParts, wanted: str | None) -> Response:
    """Send a locked file, or the stretch of it that is wanted."""
    part = byte_range(wanted, file.bytes)
    start, length = part or (0, file.bytes)
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(length), "ETag": f'"{file.sha256}"'}
    if part:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{file.bytes}"
    chunks = await begun(own.objects.stream(file.object, file.version_id, start=start, length=length))
    return StreamingResponse(chunks, 206 if part else 200, headers=headers, media_type=file.media_type)
