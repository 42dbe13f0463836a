"""The objects that commands speak of: found, or 404."""

from dataclasses import dataclass

from casetrail_common.errors import CasetrailError
from casetrail_common.ledger.view import View
from casetrail_review.domain.case import Case, CaseState, standing
from casetrail_review.domain.submission import Submission, SubmissionState, Verdict, state_of
from casetrail_review.projections import CASE, RECORD, SUBMISSION, SUBMISSIONS, VERDICT


def not_found(item: str) -> CasetrailError:
    """Return the refusal for an object that this agency does not have."""
    return CasetrailError("not_found", {"id": item})


async def found_case(view: View, case: str) -> Case:
    """Return a case of the agency."""
    if (known := await view.get(CASE, case)) is None:
        raise not_found(case)
    return known


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
    if (known := await view.get(SUBMISSION, submission)) is None:
        raise not_found(submission)
    verdict = await view.get(VERDICT, submission)
    return Lying(known, verdict, await found_case(view, known.case))


async def require_record(view: View, record: str, record_type: str, *, case: str, argument: str) -> None:
    """Insist that a record of the case is of a type.

    Raises
    ------
    CasetrailError
        `not_found` if the case has no such record, `field_missing` if it is of another type.
    """
    known = await view.get(RECORD, record)
    if known is None or known.case != case:
        raise not_found(record)
    if known.record_type != record_type:
        raise CasetrailError("field_missing", {"fields": argument, "expected": record_type})


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
