"""The objects that commands speak of: found, or 404."""

from dataclasses import dataclass

from casetrail_common.errors import CasetrailError, not_found
from casetrail_common.ledger.view import View
from casetrail_review.domain.case import Case, CaseState, standing
from casetrail_review.domain.item import Item
from casetrail_review.domain.submission import Submission, SubmissionState, Verdict, state_of
from casetrail_review.projections import CASE, ITEM, ON_SPOT, SUBMISSION, SUBMISSIONS, VERDICT


@dataclass(frozen=True, slots=True)
class Lying:
    """A submission as it lies: what it is, where it stands, and the case it belongs to."""

    submission: Submission
    verdict: Verdict | None
    case: Case

    @property
    def state(self) -> SubmissionState:
        """Where it stands."""
        return state_of(self.submission, self.verdict)

    @property
    def void_code(self) -> str | None:
        """Why intake did not let it take effect."""
        return self.verdict.void_code if self.verdict else None

    @property
    def head_disagrees(self) -> bool:
        """Whether it lies in review and the head, who may still come to agree, does not."""
        head = self.submission.opinions.get("head")
        return self.state is SubmissionState.REVIEWING and head is not None and head.result == "disagree"

    def require_reviewing(self) -> None:
        """Insist that it lies in review.

        Raises
        ------
        CasetrailError
            `transition_not_allowed`, naming where the submission stands.
        """
        if self.state is not SubmissionState.REVIEWING:
            raise CasetrailError("transition_not_allowed", {"state": self.state, "submission": self.submission.id})


async def found_submission(view: View, submission: str) -> Lying:
    """Return a submission of the agency."""
    known = await view.found(SUBMISSION, submission)
    verdict = await view.get(VERDICT, submission)
    return Lying(known, verdict, await view.found(CASE, known.case))


async def require_record(view: View, record: str, record_type: str, *, case: str, argument: str) -> Item:
    """Return a record of the case, which must be of a type.

    Raises
    ------
    CasetrailError
        `not_found` if the case has no such record, `field_missing` if it is of another type.
    """
    known = await view.get(ITEM, record)
    if known is None or known.kind != "record" or known.case != case:
        raise not_found(record)
    if known.record_type != record_type:
        raise CasetrailError("field_missing", {"fields": argument, "expected": record_type})
    return known


async def standing_of(view: View, case: Case) -> CaseState:
    """Return the state of a case as it stands now."""
    if case.submission is None:
        return case.told
    accepted = await view.get(SUBMISSION, case.submission)
    return standing(case, accepted)


async def last_submission(view: View, case: str) -> Lying | None:
    """Return the submission of a case that was proposed last; no other can be open."""
    proposed = await view.get(SUBMISSIONS, case)
    return await found_submission(view, proposed.ids[-1]) if proposed else None


async def on_spot(view: View, case: str) -> tuple[str, SubmissionState] | None:
    """Return the decision of a simplified case that was proposed last, and what intake made of it."""
    proposed = await view.get(ON_SPOT, case)
    return (proposed.record, (await on_spot_state(view, proposed.record))[0]) if proposed else None


async def on_spot_state(view: View, record: str) -> tuple[SubmissionState, str | None]:
    """Return what intake made of the decision of a simplified case, and why if it has no effect."""
    verdict = await view.get(VERDICT, record)
    if verdict is None:
        return SubmissionState.PROPOSED, None
    return (SubmissionState.VOIDED if verdict.void_code else SubmissionState.DECIDED), verdict.void_code
