"""What a request names, or the refusal that there is no such thing."""

from casetrail_archive.domain.case import Case
from casetrail_archive.domain.dossier import Dossier
from casetrail_archive.projections import CASE, DOSSIER
from casetrail_common.errors import CasetrailError
from casetrail_common.ledger.view import View


async def found_case(view: View, case_id: str) -> Case:
    """Return a case.

    Raises
    ------
    CasetrailError
        `not_found`.
    """
    case = await view.get(CASE, case_id)
    if case is None:
        raise CasetrailError("not_found", {"id": case_id})
    return case


async def found_dossier(view: View, dossier_id: str) -> Dossier:
    """Return a dossier.

    Raises
    ------
    CasetrailError
        `not_found`.
    """
    dossier = await view.get(DOSSIER, dossier_id)
    if dossier is None:
        raise CasetrailError("not_found", {"id": dossier_id})
    return dossier
