"""Review's composition root: the only file that names concrete classes."""

from typing import Final

from casetrail_common.runtime import Blueprint
from casetrail_review.handlers import access, decisions, reviews
from casetrail_review.projections import FOLDS, react

BLUEPRINT: Final = Blueprint(
    service="review",
    title="Casetrail review 审核与决定",
    description=(
        "送审、各方意见、集体讨论、退回、终止与行政执法决定；调阅、复制与对外提供的申请和审批。"
        "Submissions, the opinions on them, discussions, returns, terminations, decisions; access requests."
    ),
    routers=(reviews.router, decisions.router, access.router),
    folds=FOLDS,
    react=react,
)
