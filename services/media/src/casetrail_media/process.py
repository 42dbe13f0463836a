"""Media's composition root: the only file that names concrete classes."""

from typing import Final

from casetrail_common.runtime import Blueprint
from casetrail_media.handlers import http, registers
from casetrail_media.parts import open_parts
from casetrail_media.projections import FOLDS, LENGTHEN, VERIFY, react

BLUEPRINT: Final = Blueprint(
    service="media",
    title="Casetrail media 音像记录",
    description="音像记录、上传、校验与锁定。Recordings kept as evidence: declared, received, verified, locked.",
    routers=(http.router, registers.router),
    folds=FOLDS,
    react=react,
    open_own=open_parts,
    jobs=lambda process: {VERIFY: process.own.verifier.verify, LENGTHEN: process.own.lengthener.lengthen},
    loops=lambda process: (process.own.sweeper.run,),
)
