"""Intake's composition root: the only file that names concrete classes."""

from typing import Final

from casetrail_common.runtime import Blueprint
from casetrail_intake.handlers.http import router
from casetrail_intake.handlers.laying_down import router as laying_down
from casetrail_intake.projections import FOLDS, react

BLUEPRINT: Final = Blueprint(
    service="intake",
    title="Casetrail intake 立案与文书",
    description="案件、文书、执法活动、送达与结案。Cases and their text records, from registration to closure.",
    routers=(router, laying_down),
    folds=FOLDS,
    react=react,
)
