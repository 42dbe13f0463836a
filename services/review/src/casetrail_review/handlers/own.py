"""What review's routes need beyond the ledger."""

from typing import Annotated

from fastapi import Path

from casetrail_common.ids import ItemId, stream_name
from casetrail_common.web.desk import Desk
from casetrail_review.projections import SUBMISSION

SubmissionId = Annotated[ItemId, Path(description="Id of the submission.")]


async def stream_of(desk: Desk, submission: str) -> str | None:
    """Return the stream that If-Match speaks of; only asked for where the caller sent one."""
    if desk.if_match is None:
        return None
    async with desk.store.reading(desk.principal.agency) as view:
        known = await view.get(SUBMISSION, submission)
    return stream_name("case", desk.principal.agency, known.case) if known else None
