"""What people may wish of review: the bodies of its requests."""

from datetime import date
from typing import Annotated

from pydantic import Field

from casetrail_common.facts.intake import OpinionResult, Slot
from casetrail_common.ids import ItemId
from casetrail_common.web import Wish

Said = Annotated[str, Field(min_length=1)]
"""A text that must say something."""


class SubmitReview(Wish):
    """Submit the handling opinion of a case to review (T15)."""

    case: ItemId
    form: ItemId
    """The handling opinion (案件处理意见)."""
    proposed_decision: ItemId | None = None


class GiveOpinion(Wish):
    """Fill one slot of a submitted form and sign it; replaces an earlier opinion in that slot."""

    slot: Slot
    result: OpinionResult
    opinion: Said
    reasons: Said | None = None
    suggestion: Said | None = None
    signed_on: date


class ReturnSubmission(Wish):
    """Send a submission back to the officers (T16)."""

    reason: Said


class IssueDecision(Wish):
    """Make the decision (T17)."""

    number: Annotated[str, Field(min_length=1, max_length=200)]
    """Number of the document (文号)."""
    content: Said
    seal: Annotated[str, Field(min_length=1, max_length=100)]
    """Whose seal the document carries; `agency` for the agency's own."""
    issued_on: date
    correction_deadline: date | None = None
    """Day until which the decision orders the party to correct what it did."""
