"""How facts, of intake and archive and our own, become what review decides on."""

from typing import Any, Final

from casetrail_common.access import REQUESTS
from casetrail_common.facts.archive import DossierFiledV1
from casetrail_common.facts.intake import ReviewAcceptedV1, SubmissionVoidedV1
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
from casetrail_common.facts.use import AccessApprovedV1, AccessDeniedV1, AccessExecutedV1, AccessRequestedV1
from casetrail_common.ids import SERVICES
from casetrail_common.law import LAW, PACK
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.keys import named
from casetrail_common.ledger.view import Consequences, View
from casetrail_common.people import PERSON
from casetrail_common.sealing import seal_streams
from casetrail_review.case_file import EXTENT, PAGE
from casetrail_review.disposal import ASKED, HELD, dispose
from casetrail_review.domain import case, item, request, submission
from casetrail_review.domain.case import Case
from casetrail_review.domain.item import Decision, Item, OnSpot
from casetrail_review.domain.request import AccessRequest
from casetrail_review.domain.submission import Submission, Submissions, Verdict

_DONE_WITH_SUBMISSION = (
    ReviewSubmittedV1,
    UnitOpinedV1,
    LegalOpinedV1,
    HeadApprovedV1,
    ReviewDiscussedV1,
    ReviewReturnedV1,
    TerminationProposedV1,
    DecisionIssuedV1,
)


def _case_of(fact: Fact) -> tuple[str, ...]:
    """Return the case whose stream a fact stands in; a filed dossier names its case instead."""
    if isinstance(fact.payload, DossierFiledV1):
        return (fact.payload.case,)
    return (fact.stream_item,) if fact.stream_kind == "case" else ()


def _on_spot_of(fact: Fact) -> tuple[str, ...]:
    issued = fact.payload
    return (issued.case,) if isinstance(issued, DecisionIssuedV1) and issued.submission is None else ()


def _submission_of(fact: Fact) -> tuple[str, ...]:
    done = fact.payload
    return (done.submission,) if isinstance(done, _DONE_WITH_SUBMISSION) and done.submission else ()


CASE: Final = Fold(
    kind="case",
    state=Case,
    keys=lambda fact: _case_of(fact) if isinstance(fact.payload, case.MOVING) else (),
    evolve=case.evolve,
    sources=frozenset({"intake", "archive"}),
)
ITEM: Final = Fold(
    kind="item",
    state=Item,
    keys=item.items_of,
    evolve=item.evolve_item,
    sources=frozenset(SERVICES),
)
SUBMISSION: Final = Fold(
    kind="submission",
    state=Submission,
    keys=_submission_of,
    evolve=submission.evolve,
    sources=frozenset({"review"}),
)
VERDICT: Final = Fold(
    kind="verdict",
    state=Verdict,
    keys=named("submission", ReviewAcceptedV1, SubmissionVoidedV1),
    evolve=submission.evolve_verdict,
    sources=frozenset({"intake"}),
)
SUBMISSIONS: Final = Fold(
    kind="submissions",
    state=Submissions,
    keys=named("case", ReviewSubmittedV1),
    evolve=submission.evolve_list,
    sources=frozenset({"review"}),
)
DECISION: Final = Fold(
    kind="decision",
    state=Decision,
    keys=named("record", DecisionIssuedV1),
    evolve=item.evolve_decision,
    sources=frozenset({"review"}),
)
ON_SPOT: Final = Fold(
    kind="on_spot",
    state=OnSpot,
    keys=_on_spot_of,
    evolve=item.evolve_on_spot,
    sources=frozenset({"review"}),
)
REQUEST: Final = Fold(
    kind="access_request",
    state=AccessRequest,
    keys=named("request", AccessRequestedV1, AccessApprovedV1, AccessDeniedV1, AccessExecutedV1),
    evolve=request.evolve_request,
    sources=frozenset({"review"}),
)
FOLDS: Final[tuple[Fold[Any], ...]] = (
    LAW,
    PACK,
    PERSON,
    CASE,
    ITEM,
    SUBMISSION,
    VERDICT,
    SUBMISSIONS,
    DECISION,
    ON_SPOT,
    REQUEST,
    REQUESTS,
    PAGE,
    EXTENT,
    HELD,
    ASKED,
)


async def react(fact: Fact, view: View) -> Consequences:
    """Return what follows from a fact: ends of volumes are marked, and what intake disposes of is disposed of here."""
    return Consequences(facts=(*await seal_streams(fact, view), *await dispose(fact, view)))
