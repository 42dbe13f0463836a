"""What people may wish of review: the bodies of its requests.

Names and arguments are those of the command vocabulary.
"""

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field

from casetrail_common.facts.intake import OpinionResult, Slot
from casetrail_common.facts.use import Mode, RequesterKind, TargetKind
from casetrail_common.ids import ItemId, PersonId
from casetrail_common.web import SaidText, Wish

Said = SaidText
"""A text that must say something."""

MAX_ITEMS: Final = 1000
"""Items in one request or export: more than any dossier holds."""

Items = Annotated[list[ItemId], Field(max_length=MAX_ITEMS)]


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
    reasons: str | None = None
    suggestion: str | None = None
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


class DecideCase(IssueDecision):
    """Make the decision of a case: of one that lies in review (T17), or of a simplified one on the spot (T18)."""

    case: ItemId


class TerminateReview(Wish):
    """End a case that lies in review without a decision (T26)."""

    outcome: Literal["terminated", "withdrawn"]
    form: ItemId
    """The closure form (结案审批表) that the head agreed to."""
    reason: Said


class MemberSaid(Wish):
    """What one member said."""

    member: PersonId
    view: Said


class DiscussCollectively(Wish):
    """Record a collective discussion (集体讨论) of a submission."""

    views: Annotated[list[MemberSaid], Field(min_length=1, max_length=100)]
    conclusion: Said
    result: OpinionResult
    record: ItemId | None = None
    """Its record (集体讨论记录) in intake."""


class RequestAccess(Wish):
    """Ask to consult, copy or disclose items."""

    items: Items
    mode: Mode
    requester_kind: RequesterKind
    purpose: Said
    recipient: Said | None = None


class DecideAccess(Wish):
    """Grant or refuse items of a request."""

    result: Literal["approved", "denied"]
    items: Items
    reason: Said


class Target(Wish):
    """Where copies go."""

    kind: TargetKind
    name: Said | None = None


class ExportItems(Wish):
    """Take copies out."""

    items: Items
    to: Target
    request: ItemId | None = None
