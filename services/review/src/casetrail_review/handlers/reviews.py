"""Routes of submissions."""

from typing import Annotated, Any, Final

from fastapi import Query
from starlette.responses import Response

from casetrail_common.errors import CasetrailError
from casetrail_common.ids import ItemId, stream_name
from casetrail_common.web import Page, Paging, Sent, service_router
from casetrail_common.web.desk import AtDesk, AtWindow, told
from casetrail_review import queries
from casetrail_review.commands import (
    DiscussCollectively,
    GiveOpinion,
    ReturnSubmission,
    SubmitReview,
    TerminateReview,
)
from casetrail_review.domain.submission import SubmissionState
from casetrail_review.handlers.own import SubmissionId, stream_of
from casetrail_review.outcome import ending_of, outcome_of
from casetrail_review.schemas import OpinionWritten, SubmissionShown, SubmissionWritten, submission_of
from casetrail_review.service.opinions import discuss, give_opinion
from casetrail_review.service.submissions import return_submission, submit_review, terminate_review

router: Final = service_router(tag="review 审核")

_DEFERRED: Final[dict[int | str, dict[str, Any]]] = {
    201: {"model": SubmissionWritten, "description": "Intake accepted it; the case is in review."},
    202: {"model": SubmissionWritten, "description": "Recorded; intake has not answered yet. Repeat to learn more."},
}
_ENDING: Final[dict[int | str, dict[str, Any]]] = {
    201: {"model": SubmissionWritten, "description": "Intake closed the case."},
    202: {"model": SubmissionWritten, "description": "Recorded; intake has not closed it yet. Repeat to learn more."},
}


@router.post("/v1/reviews", status_code=201, responses=_DEFERRED, summary="提交审核 Submit to review (T15)")
async def submit(wish: Sent[SubmitReview], desk: AtDesk) -> Response:
    """提交案件处理意见进入审核；受理后生效。

    Submits a handling opinion. It takes effect when intake accepts it; a repeat tells the outcome as it now stands.
    """
    stream = stream_name("case", desk.principal.agency, wish.case)
    answer = await desk.decided(submit_review(wish, desk.principal), stream=stream)
    lying = await desk.settled(outcome_of(answer.body["submission"]))
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
    """在提交的审批单上填写一栏意见并签名，取代该栏原有意见；负责人不同意的，可以改为同意，也可以重新送审。

    Fills one slot and signs it, replacing an earlier opinion in it; a head who disagrees may come to agree.
    """
    decide = give_opinion(submission, wish, desk.principal)
    return await desk.run(decide, stream=await stream_of(desk, submission))


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
    return await desk.run(decide, stream=await stream_of(desk, submission))


@router.post(
    "/v1/reviews/{submission}/discussion",
    status_code=201,
    response_model=SubmissionWritten,
    summary="集体讨论 Collective discussion",
)
async def discussion(submission: SubmissionId, wish: Sent[DiscussCollectively], desk: AtDesk) -> Response:
    """记录集体讨论及每名成员的意见；讨论记录（文书）另行制作。

    Records a collective discussion with each member's view; the minutes themselves are a text record.
    """
    return await desk.run(discuss(submission, wish, desk.principal), stream=await stream_of(desk, submission))


@router.post(
    "/v1/reviews/{submission}/termination", status_code=201, responses=_ENDING, summary="终止或撤回 Terminate (T26)"
)
async def terminate(submission: SubmissionId, wish: Sent[TerminateReview], desk: AtDesk) -> Response:
    """审核中终止或撤回案件，须有负责人同意的结案审批表；结案后生效。

    Ends a case under review without a decision, on a closure form that the head agreed to.
    """
    decide = terminate_review(submission, wish, desk.principal)
    answer = await desk.decided(decide, stream=await stream_of(desk, submission))
    ended = await desk.settled(ending_of(submission))
    return told(answer, status=201 if ended else 202, state=SubmissionState.TERMINATED)
