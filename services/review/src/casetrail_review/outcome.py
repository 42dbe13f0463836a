"""What became of what review has proposed: intake says so, a moment later."""

from casetrail_common.ledger.view import View
from casetrail_common.web.desk import Look
from casetrail_review.domain.submission import SubmissionState
from casetrail_review.found import Lying, found_submission, on_spot_state


def outcome_of(submission: str) -> Look[Lying]:
    """Return a look at a submission, until intake has spoken."""

    async def look(view: View) -> tuple[Lying, bool]:
        lying = await found_submission(view, submission)
        return lying, lying.state is not SubmissionState.PROPOSED

    return look


def ending_of(submission: str) -> Look[bool]:
    """Return a look at whether intake has closed the case of a terminated submission."""

    async def look(view: View) -> tuple[bool, bool]:
        closed = (await found_submission(view, submission)).case.has_ended
        return closed, closed

    return look


def decision_of(record: str) -> Look[tuple[SubmissionState, str | None]]:
    """Return a look at what intake made of the decision of a simplified case, and why it has no effect."""

    async def look(view: View) -> tuple[tuple[SubmissionState, str | None], bool]:
        state, void_code = await on_spot_state(view, record)
        return (state, void_code), state is not SubmissionState.PROPOSED

    return look
