"""A submission: from its proposal until intake voids it, somebody returns it, or the case is decided.

What review did with it and what intake made of it are folded apart, so that the order in which the two services' facts
arrive does not matter; `state_of` puts them together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from casetrail_common.facts.intake import OpinionResult, ReviewAcceptedV1, Slot, SubmissionVoidedV1
from casetrail_common.facts.review import (
    DecisionIssuedV1,
    HeadApprovedV1,
    LegalOpinedV1,
    ReviewDiscussedV1,
    ReviewReturnedV1,
    ReviewSubmittedV1,
    TerminationProposedV1,
    UnitOpinedV1,
)
from casetrail_common.ledger.fact import Fact


class SubmissionState(StrEnum):
    """Where a submission stands."""

    PROPOSED = "proposed"
    """Review has recorded it; it has no effect until intake accepts it."""
    REVIEWING = "reviewing"
    """审核中."""
    VOIDED = "voided"
    """Intake found the case in another state: it never took effect."""
    RETURNED = "returned"
    """退回."""
    DECIDED = "decided"
    """已作出决定."""
    TERMINATED = "terminated"
    """终止或者撤回."""

    @property
    def is_open(self) -> bool:
        """Whether something can still become of it; a case has at most one open submission."""
        return self in (SubmissionState.PROPOSED, SubmissionState.REVIEWING)


class ImpossibleFactError(Exception):
    """A fact of our own cannot follow on those before it; appending it would make the ledger say two things."""


@dataclass(frozen=True)
class Opinion:
    """What stands in one slot of the form; its words are kept apart."""

    result: OpinionResult
    by: str
    signed_on: date
    given_at: datetime
    opinion: str
    """Commitment of the text, in hexadecimal; so are the next two."""
    reasons: str | None = None
    suggestion: str | None = None


@dataclass(frozen=True)
class Discussion:
    """A collective discussion (集体讨论) of the submission; what was said is kept apart."""

    views: tuple[tuple[str, str], ...]
    """Each member with the commitment of its view, in hexadecimal."""
    conclusion: str
    """Commitment of the text, in hexadecimal."""
    result: OpinionResult
    record: str | None
    held_at: datetime


Ending = Literal[SubmissionState.RETURNED, SubmissionState.DECIDED, SubmissionState.TERMINATED]
"""How review itself ends a submission."""


@dataclass(frozen=True)
class Submission:
    """One submission of a handling opinion (案件处理意见), with what review did with it."""

    id: str
    case: str
    form: str
    proposed_decision: str | None
    submitted_by: str
    submitted_at: datetime
    opinions: Mapping[Slot, Opinion] = field(default_factory=dict)
    discussions: tuple[Discussion, ...] = ()
    ending: Ending | None = None
    returned_by: str | None = None
    return_reason: str | None = None
    """Commitment of the text, in hexadecimal."""
    decision: str | None = None
    """Id of the decision document."""


@dataclass(frozen=True)
class Verdict:
    """What intake made of a submission."""

    void_code: str | None = None
    """Why it has no effect; None if it was accepted."""


def state_of(submission: Submission, verdict: Verdict | None) -> SubmissionState:
    """Return where a submission stands, given what intake made of it."""
    if verdict is None:
        return SubmissionState.PROPOSED
    if verdict.void_code is not None:
        return SubmissionState.VOIDED
    return submission.ending or SubmissionState.REVIEWING


def evolve(before: Submission | None, fact: Fact) -> Submission | None:
    """Return the submission after one of review's facts.

    Raises
    ------
    ImpossibleFactError
        If the fact cannot follow: the submission is unknown, known already, or has ended.
    """
    proposed = fact.payload
    if isinstance(proposed, ReviewSubmittedV1) and before is None:
        return Submission(
            id=proposed.submission,
            case=proposed.case,
            form=proposed.form,
            proposed_decision=proposed.proposed_decision,
            submitted_by=fact.actor.person,
            submitted_at=fact.occurred_at,
        )
    if before is None or before.ending is not None or isinstance(proposed, ReviewSubmittedV1):
        raise ImpossibleFactError(f"{fact.type} cannot follow in stream {fact.stream}")
    return _told(before, fact)


def _told(before: Submission, fact: Fact) -> Submission:
    match fact.payload:
        case UnitOpinedV1() | LegalOpinedV1() | HeadApprovedV1() as given:
            return replace(before, opinions={**before.opinions, given.slot: _opinion(given, fact)})
        case ReviewReturnedV1() as returned:
            return replace(
                before,
                ending=SubmissionState.RETURNED,
                returned_by=fact.actor.person,
                return_reason=returned.reason.sha256,
            )
        case ReviewDiscussedV1() as discussed:
            return replace(before, discussions=(*before.discussions, _discussion(discussed, fact)))
        case TerminationProposedV1():
            return replace(before, ending=SubmissionState.TERMINATED)
        case DecisionIssuedV1() as issued:
            return replace(before, ending=SubmissionState.DECIDED, decision=issued.record)
    return before


def _opinion(given: UnitOpinedV1 | LegalOpinedV1 | HeadApprovedV1, fact: Fact) -> Opinion:
    return Opinion(
        result=given.result,
        by=given.by,
        signed_on=given.signed_on,
        given_at=fact.occurred_at,
        opinion=given.opinion.sha256,
        reasons=given.reasons.sha256 if given.reasons else None,
        suggestion=given.suggestion.sha256 if given.suggestion else None,
    )


def _discussion(told: ReviewDiscussedV1, fact: Fact) -> Discussion:
    return Discussion(
        views=tuple((one.member, one.view.sha256) for one in told.views),
        conclusion=told.conclusion.sha256,
        result=told.result,
        record=told.record,
        held_at=fact.occurred_at,
    )


def evolve_verdict(before: Verdict | None, fact: Fact) -> Verdict | None:
    """Return what intake made of a submission after one of its facts."""
    match fact.payload:
        case ReviewAcceptedV1():
            return Verdict()
        case SubmissionVoidedV1(code=code):
            return Verdict(code)
    return before


@dataclass(frozen=True)
class Submissions:
    """The submissions of one case, by id, in the order in which they were proposed; only the last can be open."""

    ids: tuple[str, ...] = ()


def evolve_list(before: Submissions | None, fact: Fact) -> Submissions | None:
    """Return the submissions of a case after a fact."""
    proposed = fact.payload
    if not isinstance(proposed, ReviewSubmittedV1):
        return before
    return Submissions((*(before.ids if before else ()), proposed.submission))
