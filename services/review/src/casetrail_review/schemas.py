"""What review answers."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from casetrail_common.facts.intake import OpinionResult, Slot
from casetrail_common.web.desk import Written
from casetrail_review.domain.submission import Discussion, Opinion, SubmissionState
from casetrail_review.queries import Shown, ShownDecision


class Erased(BaseModel):
    """Stands in place of a text that was disposed of."""

    erased: Literal[True]


Text = str | Erased


class SubmissionWritten(Written):
    """A submission was proposed or sent back."""

    submission: str
    state: SubmissionState | None = Field(default=None, description="Where it stands now.")


class OpinionWritten(Written):
    """An opinion was given."""

    submission: str
    form: str
    slot: Slot


class DecisionWritten(Written):
    """A decision was made."""

    submission: str | None = Field(description="Null for a simplified case, which is decided without one.")
    record: str = Field(description="Id of the decision document.")
    state: SubmissionState | None = Field(default=None, description="Where it stands now.")


class OpinionShown(BaseModel):
    """What stands in one slot of the form."""

    slot: Slot
    result: OpinionResult
    by: str = Field(description="Person id.")
    signed_on: date
    given_at: datetime
    opinion: Text
    reasons: Text | None
    suggestion: Text | None


class MemberShown(BaseModel):
    """What one member said."""

    member: str = Field(description="Person id.")
    view: Text


class DiscussionShown(BaseModel):
    """A collective discussion (集体讨论)."""

    views: list[MemberShown]
    conclusion: Text
    result: OpinionResult
    record: str | None = Field(description="Its minutes, a text record.")
    held_at: datetime


class SubmissionShown(BaseModel):
    """A submission of a handling opinion (案件处理意见) to review."""

    submission: str
    case: str
    form: str
    proposed_decision: str | None
    state: SubmissionState
    submitted_by: str
    submitted_at: datetime
    opinions: list[OpinionShown]
    discussions: list[DiscussionShown]
    void_code: str | None = Field(description="Why the submission never took effect.")
    returned_by: str | None
    return_reason: Text | None
    decision: str | None = Field(description="Id of the decision document; read it at /v1/items/{id}.")


class DecisionShown(BaseModel):
    """A decision document (行政执法决定书)."""

    record: str
    record_type: str = "decision_document"
    case: str
    submission: str | None
    number: str
    content: Text
    seal: str
    issued_on: date
    issued_by: str
    issued_at: datetime
    correction_deadline: date | None


def submission_of(shown: Shown) -> SubmissionShown:
    """Render a submission."""
    one = shown.lying.submission
    return SubmissionShown(
        submission=one.id,
        case=one.case,
        form=one.form,
        proposed_decision=one.proposed_decision,
        state=shown.lying.state,
        submitted_by=one.submitted_by,
        submitted_at=one.submitted_at,
        opinions=[_opinion(slot, given, shown) for slot, given in one.opinions.items()],
        discussions=[_discussion(held, shown) for held in one.discussions],
        void_code=shown.lying.void_code,
        returned_by=one.returned_by,
        return_reason=shown.texts.behind(one.return_reason),
        decision=one.decision,
    )


def _opinion(slot: Slot, given: Opinion, shown: Shown) -> OpinionShown:
    return OpinionShown(
        slot=slot,
        result=given.result,
        by=given.by,
        signed_on=given.signed_on,
        given_at=given.given_at,
        opinion=shown.texts.behind(given.opinion),
        reasons=shown.texts.behind(given.reasons),
        suggestion=shown.texts.behind(given.suggestion),
    )


def _discussion(held: Discussion, shown: Shown) -> DiscussionShown:
    return DiscussionShown(
        views=[MemberShown(member=member, view=shown.texts.behind(view)) for member, view in held.views],
        conclusion=shown.texts.behind(held.conclusion),
        result=held.result,
        record=held.record,
        held_at=held.held_at,
    )


def decision_of(shown: ShownDecision) -> DecisionShown:
    """Render a decision document."""
    one = shown.decision
    return DecisionShown(
        record=one.id,
        case=one.case,
        submission=one.submission,
        number=one.number,
        content=shown.texts.behind(one.content),
        seal=one.seal,
        issued_on=one.issued_on,
        issued_by=one.issued_by,
        issued_at=one.issued_at,
        correction_deadline=one.correction_deadline,
    )
