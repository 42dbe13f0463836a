"""What became of a submission: intake says so, a moment after review has proposed it."""

import time
from typing import Final

from casetrail_common.bus.progress import Bell
from casetrail_common.ledger.store import Store
from casetrail_review.domain.submission import SubmissionState
from casetrail_review.found import Lying, found_submission

FIRST_PAUSE_S: Final = 0.01
LONGEST_PAUSE_S: Final = 0.2
"""Seconds between two looks; they grow, since what has not come at once may take long."""


async def outcome_of(store: Store, agency: str, submission: str, *, within_s: float, bell: Bell) -> Lying:
    """Return a submission as soon as intake has spoken, or as it stands when the time is up.

    Holds no connection between two looks, so that waiting commands cannot starve the follower they wait for.

    Parameters
    ----------
    bell
        Rung by the follower if it runs in the same process; otherwise the database is asked now and then.
    """
    end, pause_s = time.monotonic() + within_s, FIRST_PAUSE_S
    while True:
        async with store.reading(agency) as view:
            lying = await found_submission(view, submission)
        left_s = end - time.monotonic()
        if lying.state is not SubmissionState.PROPOSED or left_s <= 0:
            return lying
        await bell.wait(min(pause_s, left_s))
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
