"""Routes of decisions and their documents."""

from typing import Annotated, Any, Final

from fastapi import Path
from starlette.responses import Response

from casetrail_common.errors import CasetrailError
from casetrail_common.ids import ItemId, stream_name
from casetrail_common.web import Sent, service_router
from casetrail_common.web.desk import AsBorrower, AtDesk, AtWindow, Written, told
from casetrail_common.web.originals import ModifyOriginal
from casetrail_review import queries
from casetrail_review.commands import DecideCase, IssueDecision
from casetrail_review.domain.submission import SubmissionState
from casetrail_review.handlers.own import Own, SubmissionId, stream_of
from casetrail_review.handlers.schemas import DecisionShown, DecisionWritten, decision_of
from casetrail_review.outcome import decision_of as outcome_of_decision
from casetrail_review.service.decisions import decide_case, issue_decision
from casetrail_review.service.items import refuse_change

router: Final = service_router(tag="review 决定")

RecordId = Annotated[ItemId, Path(description="Id of the record.")]

_DEFERRED: Final[dict[int | str, dict[str, Any]]] = {
    201: {"model": DecisionWritten, "description": "The case is decided."},
    202: {"model": DecisionWritten, "description": "Recorded; intake has not answered yet. Repeat to learn more."},
}


@router.post("/v1/decisions", status_code=201, responses=_DEFERRED, summary="作出决定 Decide a case (T17, T18)")
async def decide_on_case(wish: Sent[DecideCase], desk: AtDesk, process: Own) -> Response:
    """作出案件的行政执法决定并生成决定书：审核中的案件（T17），或适用简易程序的案件（T18，受理后生效）。

    Makes the decision of a case and its document: of one in review, or of a simplified one, where it takes effect when
    intake accepts it.
    """
    agency, within_s = desk.principal.agency, process.settings.deferred_wait_s
    answer = await desk.decided(decide_case(wish, desk.principal), stream=stream_name("case", agency, wish.case))
    if answer.body["submission"] is not None:
        return told(answer, status=201, state=SubmissionState.DECIDED)
    record, bell = answer.body["record"], process.worker.bell
    state, void_code = await outcome_of_decision(desk.store, agency, record, within_s=within_s, bell=bell)
    if void_code is not None:
        raise CasetrailError(void_code, {"state": state, "record": record})
    return told(answer, status=202 if state is SubmissionState.PROPOSED else 201, state=state)


@router.post(
    "/v1/reviews/{submission}/decision",
    status_code=201,
    response_model=DecisionWritten,
    summary="作出决定 Issue the decision (T17)",
)
async def decide(submission: SubmissionId, wish: Sent[IssueDecision], desk: AtDesk) -> Response:
    """作出行政执法决定并生成决定书；现行规定要求的审核、审批未完成的，拒绝并注明条款。

    Makes the decision and its document; refused, with the clause, while what the law demands before it is missing.
    """
    return await desk.run(issue_decision(submission, wish, desk.principal), stream=await stream_of(desk, submission))


@router.get("/v1/items/{record}", summary="决定书 Read a decision document")
async def show_item(record: RecordId, window: AtWindow, as_borrower: AsBorrower = False) -> DecisionShown:
    """查看行政执法决定书；非本案办理人员须有经批准的调阅申请。

    Shows a decision document; who has no part in the case needs an approved request, and the reading is recorded.
    """
    return decision_of(await queries.decision_shown(window, record, as_borrower=as_borrower))


@router.patch("/v1/items/{record}", response_model=Written, summary="修改原件：一律拒绝 Change an original")
async def modify(record: RecordId, _wish: Sent[ModifyOriginal], desk: AtDesk) -> Response:
    """决定书不得修改；尝试将被记录。

    A decision document cannot be changed; the attempt is recorded as an incident.
    """
    return await desk.run(refuse_change(record, "modify_original"))


@router.delete("/v1/items/{record}", response_model=Written, summary="删除原件：一律拒绝 Delete an original")
async def delete(record: RecordId, desk: AtDesk) -> Response:
    """决定书不得删除；尝试将被记录。

    A decision document cannot be deleted; the attempt is recorded as an incident.
    """
    return await desk.run(refuse_change(record, "delete_original"))
