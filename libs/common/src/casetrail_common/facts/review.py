"""Facts of review: what becomes of a submission, and the decision."""

from datetime import date
from typing import Literal

from casetrail_common.facts.intake import OpinionResult, Slot
from casetrail_common.facts.model import ContentRef, Part, Payload


class ReviewSubmittedV1(Payload, fact="review.submitted"):
    """The handling opinion was submitted (T15). It takes effect when intake accepts it."""

    submission: str
    case: str
    form: str
    proposed_decision: str | None = None


class _Opinion(Part):
    form: str
    submission: str
    slot: Slot
    result: OpinionResult
    opinion: ContentRef
    reasons: ContentRef | None = None
    suggestion: ContentRef | None = None
    signed_on: date
    by: str


class UnitOpinedV1(_Opinion, Payload, fact="review.opined"):
    """The undertaking unit, or another slot without a fact of its own, gave its opinion on a submitted form."""


class LegalOpinedV1(_Opinion, Payload, fact="review.legal_opined"):
    """The legal section gave its review opinion (法制审核意见)."""


class HeadApprovedV1(_Opinion, Payload, fact="review.head_approved"):
    """The head's opinion on the submitted form; it opens gates only if the result is `agree`."""


class ReviewReturnedV1(Payload, fact="review.returned"):
    """The submission went back to the officers (T16)."""

    submission: str
    reason: ContentRef


class MemberView(Part):
    """What one member of a collective discussion said."""

    member: str
    view: ContentRef


class ReviewDiscussedV1(Payload, fact="review.discussed"):
    """The matter was discussed collectively (集体讨论)."""

    submission: str
    views: list[MemberView]
    conclusion: ContentRef
    result: OpinionResult
    record: str | None = None
    """The record of the discussion."""


class TerminationProposedV1(Payload, fact="review.terminated"):
    """A case under review is to end without a decision (T26). It takes effect when intake closes the case."""

    submission: str
    case: str
    outcome: Literal["terminated", "withdrawn"]
    form: str
    reason: ContentRef


class DecisionIssuedV1(Payload, fact="decision.issued"):
    """The decision was made (T17); it creates the decision document."""

    record: str
    case: str
    submission: str | None = None
    number: str
    content: ContentRef
    seal: str
    issued_on: date
    correction_deadline: date | None = None
