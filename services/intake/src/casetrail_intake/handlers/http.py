"""Intake's HTTP edge: it translates and decides nothing."""

from typing import Annotated, Final

from fastapi import Query
from starlette.responses import Response

from casetrail_common.ids import ItemId, stream_name
from casetrail_common.web import Page, Paging, Sent, service_router
from casetrail_common.web.desk import AsBorrower, AtDesk, AtWindow, Written
from casetrail_common.web.originals import ModifyOriginal
from casetrail_intake import commands, queries, service
from casetrail_intake.schemas import CaseShown, RecordShown

router: Final = service_router(tag="intake 立案与文书")


@router.post("/v1/agencies", status_code=201, response_model=Written)
async def register_agency(wish: Sent[commands.RegisterAgency], desk: AtDesk) -> Response:
    """登记本机关及其内设机构。Register the agency of the token and its units."""
    return await desk.run(service.register_agency(wish, desk.principal))


@router.post("/v1/people", status_code=201, response_model=Written)
async def register_person(wish: Sent[commands.RegisterPerson], desk: AtDesk) -> Response:
    """登记人员（执法人员、当事人等）或变更其信息。Register a person, or change what is known of one."""
    return await desk.run(service.register_person(wish, desk.principal))


@router.post("/v1/cases", status_code=201, response_model=Written)
async def register_case(wish: Sent[commands.RegisterCase], desk: AtDesk) -> Response:
    """登记案件（T01）。Open a case."""
    return await desk.run(service.register_case(wish, desk.principal))


@router.get("/v1/cases")
async def list_cases(
    window: AtWindow, paging: Paging, unit: Annotated[str | None, Query(max_length=64)] = None
) -> Page[CaseShown]:
    """案件列表，按登记先后。Cases in the order in which they were opened."""
    return await queries.list_cases(window.store, window.principal, paging, unit=unit)


@router.get("/v1/cases/{case}")
async def show_case(case: ItemId, window: AtWindow) -> CaseShown:
    """案件当前状态。A case as it stands."""
    return await queries.show_case(window.store, window.principal, case)


@router.post("/v1/cases/{case}/flags", status_code=201, response_model=Written)
async def set_flag(case: ItemId, wish: Sent[commands.SetFlag], desk: AtDesk) -> Response:
    """标记案件或执法活动（如重大）。Set a flag on the case or one of its activities."""
    return await desk.run(service.set_flag(case, wish, desk.principal), stream=_stream(desk, case))


@router.post("/v1/cases/{case}/initiation", status_code=201, response_model=Written)
async def file_initiation(case: ItemId, wish: Sent[commands.FileInitiation], desk: AtDesk) -> Response:
    """报请立案审批（T02）。Submit the initiation form to the head."""
    return await desk.run(service.file_initiation(case, wish, desk.principal), stream=_stream(desk, case))


@router.post("/v1/cases/{case}/activities", status_code=201, response_model=Written)
async def start_activity(case: ItemId, wish: Sent[commands.StartActivity], desk: AtDesk) -> Response:
    """开始现场执法或询问。Enter and begin work on site, or begin an inquiry."""
    return await desk.run(service.start_activity(case, wish, desk.principal), stream=_stream(desk, case))


@router.post("/v1/activities/{activity}/end", status_code=201, response_model=Written)
async def end_activity(activity: ItemId, desk: AtDesk) -> Response:
    """结束执法活动、离开现场。Leave."""
    return await desk.run(service.end_activity(activity, desk.principal))


@router.post("/v1/cases/{case}/services", status_code=201, response_model=Written)
async def serve_document(case: ItemId, wish: Sent[commands.ServeDocument], desk: AtDesk) -> Response:
    """送达文书；送达决定书时案件转入执行（T21、T23）。Record that a document was served."""
    return await desk.run(service.serve_document(case, wish, desk.principal), stream=_stream(desk, case))


@router.post("/v1/cases/{case}/closure", status_code=201, response_model=Written)
async def close_case(case: ItemId, wish: Sent[commands.CloseCase], desk: AtDesk) -> Response:
    """结案（T14、T19、T25）。Close the case."""
    return await desk.run(service.close_case(case, wish, desk.principal), stream=_stream(desk, case))


@router.post("/v1/cases/{case}/erasures", status_code=201, response_model=Written)
async def erase_content(case: ItemId, wish: Sent[commands.EraseContent], desk: AtDesk) -> Response:
    """销毁案件内容，保留哈希与链。Dispose of the content of a case; hashes and chains stay."""
    commitments, position = await queries.content_of_case(desk.store, desk.principal.agency, case)
    decide = service.erase_content(case, wish, desk.principal, commitments=commitments, position=position)
    return await desk.run(decide, stream=_stream(desk, case))


@router.post("/v1/records", status_code=201, response_model=Written)
async def add_record(wish: Sent[commands.AddRecord], desk: AtDesk) -> Response:
    """制作文书。Make a complete text record."""
    stream = _stream(desk, wish.case) if wish.case else None
    return await desk.run(service.add_record(wish, desk.principal), stream=stream)


@router.post("/v1/records/{record}/marks", status_code=201, response_model=Written)
async def sign_record(record: ItemId, wish: Sent[commands.SignRecord], desk: AtDesk) -> Response:
    """在文书上签名、捺印或盖章。Add marks to a record."""
    return await desk.run(service.sign_record(record, wish, desk.principal))


@router.post("/v1/records/{record}/opinions", status_code=201, response_model=Written)
async def give_opinion(record: ItemId, wish: Sent[commands.GiveOpinion], desk: AtDesk) -> Response:
    """在审批表上签署意见；负责人意见推动立案（T03、T04）。Fill a slot of an approval form and sign it."""
    return await desk.run(service.give_opinion(record, wish, desk.principal))


@router.get("/v1/items/{item}")
async def show_record(item: ItemId, window: AtWindow, as_borrower: AsBorrower = False) -> RecordShown:
    """查阅文书；非本案办理人员须有经批准的申请。A text record; to others under an approved request."""
    return await queries.show_record(window, item, as_borrower=as_borrower)


@router.patch("/v1/items/{item}", response_model=Written)
async def modify_original(item: ItemId, _wish: Sent[ModifyOriginal], desk: AtDesk) -> Response:
    """试图修改文书：一律拒绝并记入事件。An attempt to change a record: always refused, and recorded."""
    return await desk.run(service.refuse_change(item, "modify_original"))


@router.delete("/v1/items/{item}", response_model=Written)
async def delete_original(item: ItemId, desk: AtDesk) -> Response:
    """试图删除文书：一律拒绝并记入事件。An attempt to delete a record: always refused, and recorded."""
    return await desk.run(service.refuse_change(item, "delete_original"))


@router.post("/v1/cases/{case}/emergency", status_code=201, response_model=Written)
async def start_emergency(case: ItemId, wish: Sent[commands.StartEmergency], desk: AtDesk) -> Response:
    """紧急情况先行启动（T05）。Begin before the approval, in an emergency."""
    return await desk.run(service.start_emergency(case, wish, desk.principal), stream=_stream(desk, case))


@router.post("/v1/cases/{case}/opening", status_code=201, response_model=Written)
async def open_investigation(case: ItemId, wish: Sent[commands.OpenInvestigation], desk: AtDesk) -> Response:
    """受理、检查任务或简易程序开案（T09、T12、T13）。Open a case that needs no approval form."""
    return await desk.run(service.open_investigation(case, wish, desk.principal), stream=_stream(desk, case))


@router.post("/v1/cases/{case}/supplement-requests", status_code=201, response_model=Written)
async def request_supplement(case: ItemId, wish: Sent[commands.RequestSupplement], desk: AtDesk) -> Response:
    """一次性告知补正（T10）。Tell the applicant once and for all what is missing."""
    return await desk.run(service.request_supplement(case, wish, desk.principal), stream=_stream(desk, case))


@router.post("/v1/cases/{case}/refusal", status_code=201, response_model=Written)
async def refuse_acceptance(case: ItemId, wish: Sent[commands.RefuseAcceptance], desk: AtDesk) -> Response:
    """不予受理（T11）。Do not accept an application."""
    return await desk.run(service.refuse_acceptance(case, wish, desk.principal), stream=_stream(desk, case))


@router.post("/v1/cases/{case}/conversion", status_code=201, response_model=Written)
async def convert_case(case: ItemId, wish: Sent[commands.ConvertCase], desk: AtDesk) -> Response:
    """转为另案办理（T20）。Go on with what was found in a new, linked case."""
    return await desk.run(service.convert_case(case, wish, desk.principal), stream=_stream(desk, case))


@router.post("/v1/cases/{case}/end", status_code=201, response_model=Written)
async def end_case(case: ItemId, wish: Sent[commands.EndCase], desk: AtDesk) -> Response:
    """终止或撤回（T26）。End a case without its outcome."""
    return await desk.run(service.end_case(case, wish, desk.principal), stream=_stream(desk, case))


@router.post("/v1/cases/{case}/service-failures", status_code=201, response_model=Written)
async def fail_service(case: ItemId, wish: Sent[commands.FailService], desk: AtDesk) -> Response:
    """送达未成（T22）。Record that an attempt to serve a document failed."""
    return await desk.run(service.fail_service(case, wish, desk.principal), stream=_stream(desk, case))


@router.post("/v1/cases/{case}/party-events", status_code=201, response_model=Written)
async def record_party_event(case: ItemId, wish: Sent[commands.RecordPartyEvent], desk: AtDesk) -> Response:
    """记录当事人异议、阻碍或对催告的答复。Record what a party did."""
    return await desk.run(service.record_party_event(case, wish, desk.principal), stream=_stream(desk, case))


@router.post("/v1/cases/{case}/measures", status_code=201, response_model=Written)
async def register_measure(case: ItemId, wish: Sent[commands.RegisterMeasure], desk: AtDesk) -> Response:
    """登记强制措施。Register a compulsory measure that the head agreed to."""
    return await desk.run(service.register_measure(case, wish, desk.principal), stream=_stream(desk, case))


@router.post("/v1/records/{record}/refusals", status_code=201, response_model=Written)
async def refuse_signature(record: ItemId, wish: Sent[commands.RefuseSignature], desk: AtDesk) -> Response:
    """当事人拒绝签名。Record that a party refuses to sign."""
    return await desk.run(service.refuse_signature(record, wish, desk.principal))


@router.post("/v1/records/{record}/corrections", status_code=201, response_model=Written)
async def correct_record(record: ItemId, wish: Sent[commands.CorrectRecord], desk: AtDesk) -> Response:
    """更正文书，原文仍可查阅。Correct places of a record."""
    return await desk.run(service.correct_record(record, wish, desk.principal))


@router.post("/v1/people/returns", status_code=201, response_model=Written)
async def officer_returned(wish: Sent[commands.OfficerReturned], desk: AtDesk) -> Response:
    """执法人员返回单位。Record that officers came back to their unit."""
    return await desk.run(service.officer_returned(wish, desk.principal))


@router.post("/v1/people/delegations", status_code=201, response_model=Written)
async def delegate_head(wish: Sent[commands.DelegateHead], desk: AtDesk) -> Response:
    """机关负责人授权副职。Let a deputy act in the head's place."""
    return await desk.run(service.delegate_head(wish, desk.principal))


def _stream(desk: AtDesk, case: str) -> str:
    return stream_name("case", desk.principal.agency, case)
