"""What became of what review has proposed: intake says so, a moment later."""

import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from casetrail_common.bus.progress import Bell
from casetrail_common.ledger.store import Store
from casetrail_common.ledger.view import View
from casetrail_review.domain.submission import SubmissionState
from casetrail_review.found import Lying, found_submission, on_spot_state

FIRST_PAUSE_S: Final = 0.01
LONGEST_PAUSE_S: Final = 0.2
"""Seconds between two looks; they grow, since what has not come at once may take long."""


async def outcome_of(store: Store, agency: str, submission: str, *, within_s: float, bell: Bell) -> Lying:
    """Return a submission as soon as intake has spoken, or as it stands when the time is up."""

    async def look(view: View) -> tuple[Lying, bool]:
        lying = await found_submission(view, submission)
        return lying, lying.state is not SubmissionState.PROPOSED

    return await settled(store, agency, look, within_s=within_s, bell=bell)


async def ending_of(store: Store, agency: str, submission: str, *, within_s: float, bell: Bell) -> bool:
    """Return whether intake has closed the case of a terminated submission, if it did in time."""

    async def look(view: View) -> tuple[bool, bool]:
        closed = (await found_submission(view, submission)).case.has_ended
        return closed, closed

    return await settled(store, agency, look, within_s=within_s, bell=bell)


async def decision_of(
    store: Store, agency: str, record: str, *, within_s: float, bell: Bell
) -> tuple[SubmissionState, str | None]:
    """Return what intake made of the decision of a simplified case, if it spoke in time, and why it has no effect."""

    async def look(view: View) -> tuple[tuple[SubmissionState, str | None], bool]:
        state, void_code = await on_spot_state(view, record)
        return (state, void_code), state is not SubmissionState.PROPOSED

    return await settled(store, agency, look, within_s=within_s, bell=bell)


T = TypeVar("T")


async def settled(
    store: Store, agency: str, look: Callable[[View], Awaitable[tuple[T, bool]]], *, within_s: float, bell: Bell
) -> T:
    """Return what is seen as soon as nothing more is awaited, or as it stands when the time is up.

    Holds no connection between two looks, so that waiting commands cannot starve the follower they wait for.

    Parameters
    ----------
    look
        Says what it sees, and whether that is the end of it.
    bell
        Rung by the follower if it runs in the same process; otherwise the database is asked now and then.
    """
    end, pause_s = time.monotonic() + within_s, FIRST_PAUSE_S
    while True:
        async with store.reading(agency) as view:
            seen, is_settled = await look(view)
        left_s = end - time.monotonic()
        if is_settled or left_s <= 0:
            return seen
        await bell.wait(min(pause_s, left_s))
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
