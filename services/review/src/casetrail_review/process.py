"""Review's composition root: the only file that names concrete classes."""

from typing import Final

from casetrail_common.runtime import Blueprint
from casetrail_review.handlers.http import router
from casetrail_review.projections import FOLDS, react

BLUEPRINT: Final = Blueprint(
    service="review",
    title="Casetrail review 审核与决定",
    description="送审、各方意见、退回与行政执法决定。Submissions, the opinions on them, returns, and the decision.",
    routers=(router,),
    folds=FOLDS,
    react=react,
)
