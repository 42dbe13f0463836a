"""How facts, of intake and archive and our own, become what review decides on."""

from typing import Any, Final

from casetrail_common.facts.archive import DossierFiledV1
from casetrail_common.facts.intake import (
    CaseClosedV1,
    CaseRegisteredV1,
    InitiationApprovedV1,
    InitiationFiledV1,
    InitiationRejectedV1,
    RecordAddedV1,
    ReviewAcceptedV1,
    ServicePerformedV1,
    SubmissionVoidedV1,
)
from casetrail_common.facts.review import (
    DecisionIssuedV1,
    HeadApprovedV1,
    LegalOpinedV1,
    ReviewReturnedV1,
    ReviewSubmittedV1,
    UnitOpinedV1,
)
from casetrail_common.law import LAW, PACK
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.view import Consequences, View
from casetrail_common.sealing import seal_streams
from casetrail_review.case_file import EXTENT, PAGE
from casetrail_review.disposal import HELD, dispose
from casetrail_review.domain import case, document, submission
from casetrail_review.domain.case import Case
from casetrail_review.domain.document import Decision, Record
from casetrail_review.domain.submission import Submission, Submissions, Verdict

_DONE_WITH_SUBMISSION = (
    ReviewSubmittedV1,
    UnitOpinedV1,
    LegalOpinedV1,
    HeadApprovedV1,
    ReviewReturnedV1,
    DecisionIssuedV1,
)
_MOVES_CASE = (
    CaseRegisteredV1,
    InitiationFiledV1,
    InitiationApprovedV1,
    InitiationRejectedV1,
    ReviewAcceptedV1,
    ServicePerformedV1,
    CaseClosedV1,
    DossierFiledV1,
)


def _case_of(fact: Fact) -> tuple[str, ...]:
    """Return the case whose stream a fact stands in; a filed dossier names its case instead."""
    if isinstance(fact.payload, DossierFiledV1):
        return (fact.payload.case,)
    return (fact.stream_item,) if fact.stream_kind == "case" else ()


def _submission_of(fact: Fact) -> tuple[str, ...]:
    done = fact.payload
    return (done.submission,) if isinstance(done, _DONE_WITH_SUBMISSION) and done.submission else ()


CASE: Final = Fold(
    kind="case",
    state=Case,
    keys=lambda fact: _case_of(fact) if isinstance(fact.payload, _MOVES_CASE) else (),
    evolve=case.evolve,
    sources=frozenset({"intake", "archive"}),
)
RECORD: Final = Fold(
    kind="record",
    state=Record,
    keys=lambda fact: (fact.payload.record,) if isinstance(fact.payload, RecordAddedV1) else (),
    evolve=document.evolve_record,
    sources=frozenset({"intake"}),
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
    keys=lambda fact: (
        (fact.payload.submission,) if isinstance(fact.payload, ReviewAcceptedV1 | SubmissionVoidedV1) else ()
    ),
    evolve=submission.evolve_verdict,
    sources=frozenset({"intake"}),
)
SUBMISSIONS: Final = Fold(
    kind="submissions",
    state=Submissions,
    keys=lambda fact: (fact.payload.case,) if isinstance(fact.payload, ReviewSubmittedV1) else (),
    evolve=submission.evolve_list,
    sources=frozenset({"review"}),
)
DECISION: Final = Fold(
    kind="decision",
    state=Decision,
    keys=lambda fact: (fact.payload.record,) if isinstance(fact.payload, DecisionIssuedV1) else (),
    evolve=document.evolve_decision,
    sources=frozenset({"review"}),
)
FOLDS: Final[tuple[Fold[Any], ...]] = (
    LAW,
    PACK,
    CASE,
    RECORD,
    SUBMISSION,
    VERDICT,
    SUBMISSIONS,
    DECISION,
    PAGE,
    EXTENT,
    HELD,
)


async def react(fact: Fact, view: View) -> Consequences:
    """Return what follows from a fact: ends of volumes are marked, and what intake disposes of is disposed of here."""
    return Consequences(facts=(*await seal_streams(fact, view), *await dispose(fact, view)))
