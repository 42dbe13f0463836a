"""Routes of review."""

from typing import Annotated, Any, Final

from fastapi import Depends, Path, Query, Request
from starlette.responses import Response

from casetrail_common.errors import CasetrailError
from casetrail_common.ids import ItemId, stream_name
from casetrail_common.runtime import Process
from casetrail_common.web import Page, Paging, Sent, service_router
from casetrail_common.web.desk import AtDesk, AtWindow, Desk, Written, told
from casetrail_review import queries
from casetrail_review.commands import GiveOpinion, IssueDecision, ReturnSubmission, SubmitReview
from casetrail_review.domain.submission import SubmissionState
from casetrail_review.handlers.schemas import (
    DecisionShown,
    DecisionWritten,
    OpinionWritten,
    SubmissionShown,
    SubmissionWritten,
    decision_of,
    submission_of,
)
from casetrail_review.outcome import outcome_of
from casetrail_review.projections import SUBMISSION
from casetrail_review.service.decisions import issue_decision
from casetrail_review.service.items import refuse_change
from casetrail_review.service.opinions import give_opinion
from casetrail_review.service.submissions import return_submission, submit_review

router: Final = service_router(tag="review 审核与决定")

SubmissionId = Annotated[ItemId, Path(description="Id of the submission.")]
RecordId = Annotated[ItemId, Path(description="Id of the record.")]

_DEFERRED: Final[dict[int | str, dict[str, Any]]] = {
    201: {"model": SubmissionWritten, "description": "Intake accepted it; the case is in review."},
    202: {"model": SubmissionWritten, "description": "Recorded; intake has not answered yet. Repeat to learn more."},
}


async def _process(request: Request) -> Process:
    process: Process = request.app.state.process
    return process


@router.post("/v1/reviews", status_code=201, responses=_DEFERRED, summary="提交审核 Submit to review (T15)")
async def submit(wish: Sent[SubmitReview], desk: AtDesk, process: Annotated[Process, Depends(_process)]) -> Response:
    """提交案件处理意见进入审核；受理后生效。

    Submits a handling opinion. It takes effect when intake accepts it; a repeat tells the outcome as it now stands.
    """
    agency, wait_s = desk.principal.agency, process.settings.deferred_wait_s
    answer = await desk.decided(submit_review(wish, desk.principal), stream=stream_name("case", agency, wish.case))
    lying = await outcome_of(desk.store, agency, answer.body["submission"], within_s=wait_s, bell=process.worker.bell)
    if lying.void_code is not None:
        raise CasetrailError(lying.void_code, {"state": lying.state, "submission": lying.submission.id})
    waits = lying.state is SubmissionState.PROPOSED
    return told(answer, status=202 if waits else 201, state=lying.state)


@router.get("/v1/reviews", summary="案件的审核记录 Submissions of a case")
async def list_submissions(
    window: AtWindow, paging: Paging, case: Annotated[ItemId, Query(description="Id of the case.")]
) -> Page[SubmissionShown]:
    """列出一个案件的全部提交，按时间先后。

    Lists the submissions of a case, the first one first.
    """
    page = await queries.submissions_shown(window.store, window.principal, case, paging)
    return Page(items=[submission_of(shown) for shown in page.items], next=page.next)


@router.get("/v1/reviews/{submission}", summary="审核情况 One submission")
async def show_submission(submission: SubmissionId, window: AtWindow) -> SubmissionShown:
    """查看一次提交及各方意见。

    Shows a submission with the opinions given on it.
    """
    return submission_of(await queries.submission_shown(window.store, window.principal, submission))


@router.post(
    "/v1/reviews/{submission}/opinions",
    status_code=201,
    response_model=OpinionWritten,
    summary="签署意见 Give an opinion on a submitted form",
)
async def opine(submission: SubmissionId, wish: Sent[GiveOpinion], desk: AtDesk) -> Response:
    """在提交的审批单上填写一栏意见并签名，取代该栏原有意见；负责人不同意即退回。

    Fills one slot and signs it, replacing an earlier opinion in it; a head's disagreement sends the submission back.
    """
    decide = give_opinion(submission, wish, desk.principal)
    return await desk.run(decide, stream=await _stream_of(desk, submission))


@router.post(
    "/v1/reviews/{submission}/return",
    status_code=201,
    response_model=SubmissionWritten,
    summary="退回 Return to the officers (T16)",
)
async def send_back(submission: SubmissionId, wish: Sent[ReturnSubmission], desk: AtDesk) -> Response:
    """注明理由退回承办人员，案件恢复调查取证。

    Sends a submission back with a reason; the case is investigated again.
    """
    decide = return_submission(submission, wish, desk.principal)
    return await desk.run(decide, stream=await _stream_of(desk, submission))


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
    return await desk.run(issue_decision(submission, wish, desk.principal), stream=await _stream_of(desk, submission))


@router.get("/v1/items/{record}", summary="决定书 Read a decision document")
async def show_item(record: RecordId, window: AtWindow) -> DecisionShown:
    """查看行政执法决定书。

    Shows a decision document.
    """
    return decision_of(await queries.decision_shown(window.store, window.principal, record))


_PROTECTED: Final[dict[int | str, dict[str, Any]]] = {403: {"description": "Always: worm_protected"}}


@router.patch(
    "/v1/items/{record}", response_model=Written, responses=_PROTECTED, summary="修改原件：一律拒绝 Change an original"
)
async def modify(record: RecordId, desk: AtDesk) -> Response:
    """决定书不得修改；尝试将被记录。

    A decision document cannot be changed; the attempt is recorded as an incident.
    """
    return await desk.run(refuse_change(record, "modify_original"))


@router.delete(
    "/v1/items/{record}", response_model=Written, responses=_PROTECTED, summary="删除原件：一律拒绝 Delete an original"
)
async def delete(record: RecordId, desk: AtDesk) -> Response:
    """决定书不得删除；尝试将被记录。

    A decision document cannot be deleted; the attempt is recorded as an incident.
    """
    return await desk.run(refuse_change(record, "delete_original"))


async def _stream_of(desk: Desk, submission: str) -> str | None:
    """Return the stream that If-Match speaks of; only asked for where the caller sent one."""
    if desk.if_match is None:
        return None
    async with desk.store.reading(desk.principal.agency) as view:
        known = await view.get(SUBMISSION, submission)
    return stream_name("case", desk.principal.agency, known.case) if known else None
