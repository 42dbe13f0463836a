"""What facts of review do to a case file."""

from casetrail_common.facts import review, use
from casetrail_common.rules.draft import Draft
from casetrail_common.rules.happenings.telling import Happening, tell


@tell.register
def _(payload: review.ReviewSubmittedV1, draft: Draft, told: Happening) -> None:
    draft.bear("submission", payload.submission, told.at)
    draft.link(payload.submission, payload.form)


@tell.register
def _(payload: review.ReviewReturnedV1, draft: Draft, told: Happening) -> None:
    draft.set("submission", payload.submission, told.at, returned_at=told.at)


@tell.register
def _(payload: review.ReviewDiscussedV1, draft: Draft, told: Happening) -> None:
    draft.set("submission", payload.submission, told.at, discussed_at=told.at)


@tell.register
def _(payload: use.AccessRequestedV1, draft: Draft, told: Happening) -> None:
    draft.bear("request", payload.request, told.at, mode=payload.mode, requester_kind=payload.requester_kind)


@tell.register(use.AccessApprovedV1)
@tell.register(use.AccessDeniedV1)
def _(payload: use.AccessApprovedV1 | use.AccessDeniedV1, draft: Draft, told: Happening) -> None:
    decision = f"{payload.request}/decision/{payload.role}/{told.ref}"
    result = "approved" if isinstance(payload, use.AccessApprovedV1) else "denied"
    draft.bear("access_decision", decision, told.at, role=payload.role, result=result)
    draft.link(decision, payload.request)


@tell.register
def _(payload: use.AccessExecutedV1, draft: Draft, told: Happening) -> None:
    handout = f"{payload.request}/handout/{told.ref}"
    draft.bear("handout", handout, told.at, mode=payload.mode)
    draft.link(handout, payload.request)
