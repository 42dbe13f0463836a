"""What the routes of requests and exports answer."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from casetrail_common.facts.use import Approver, Mode, RefusedItem, RequesterKind
from casetrail_common.web.desk import Written
from casetrail_review.queries import ShownRequest
from casetrail_review.schemas import Text


class RequestWritten(Written):
    """A request was made, or decided on."""

    request: str


class Exported(Written):
    """Copies were handed out."""

    delivered: list[str]
    refused: list[RefusedItem] = Field(description="What stays, and why.")


class AccessDecisionShown(BaseModel):
    """What somebody decided on a request."""

    result: Literal["approved", "denied"]
    items: list[str]
    reason: Text
    by: str = Field(description="Person id.")
    role: Approver
    decided_at: datetime


class HandoutShown(BaseModel):
    """What was taken out under a request."""

    delivered: list[str]
    refused: dict[str, str] = Field(description="By item: why it stayed.")
    target_kind: str | None
    by: str
    at: datetime


class RequestShown(BaseModel):
    """A request to consult, copy or disclose items (调阅、复制、对外提供申请)."""

    request: str
    items: list[str]
    mode: Mode
    requester: str
    requester_kind: RequesterKind
    purpose: Text
    recipient: Text | None
    cases: list[str]
    classified: list[str] = Field(description="Those of the items that are classified (涉密).")
    requested_at: datetime
    decisions: list[AccessDecisionShown]
    handouts: list[HandoutShown]


def request_of(shown: ShownRequest) -> RequestShown:
    """Render a request."""
    one, texts = shown.request, shown.texts
    return RequestShown(
        request=one.id,
        items=list(one.items),
        mode=one.mode,
        requester=one.requester,
        requester_kind=one.requester_kind,
        purpose=texts.behind(one.purpose),
        recipient=texts.behind(one.recipient),
        cases=list(one.cases),
        classified=list(one.classified),
        requested_at=one.requested_at,
        decisions=[
            AccessDecisionShown(
                result="approved" if decision.granted else "denied",
                items=list(decision.items),
                reason=texts.behind(decision.reason),
                by=decision.by,
                role=decision.role,
                decided_at=decision.decided_at,
            )
            for decision in one.decisions
        ],
        handouts=[
            HandoutShown(
                delivered=list(handout.delivered),
                refused=dict(handout.refused),
                target_kind=handout.target_kind,
                by=handout.by,
                at=handout.at,
            )
            for handout in one.handouts
        ],
    )
