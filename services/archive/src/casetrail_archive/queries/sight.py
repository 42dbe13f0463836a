"""Who may see what archive holds of a case."""

from typing import Final

from casetrail_archive.domain.case import Case
from casetrail_archive.projections import CASE
from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.ledger.view import View

ACROSS_UNITS: Final = frozenset(
    {"administrator", "agency_head", "archivist", "legal_reviewer", "records_custodian", "supervisor", "unit_head"}
)
"""Roles whose duty does not end at a unit's door."""

OWN_UNIT: Final = frozenset({"case_officer", "intake_clerk"})
"""Roles that see the cases of their own unit."""

READS_DOSSIERS: Final = frozenset({"agency_head", "archivist"})
"""Roles that read every dossier of their agency."""

STAFF: Final = ACROSS_UNITS | {"case_officer", "intake_clerk", "device_custodian", "pack_admin"}
"""Roles that see the law and configuration of their agency."""


async def case_in_sight(view: View, who: Principal, case_id: str) -> Case:
    """Return a case that a person may see: of any unit, or of the person's own, or one the person works on.

    Raises
    ------
    CasetrailError
        `not_found`; `role_not_allowed`.
    """
    case = await found_case(view, case_id)
    if who.roles.isdisjoint(ACROSS_UNITS):
        is_own = who.person in case.officers or case.unit == who.unit
        if not (is_own and who.roles & OWN_UNIT):
            who.require(ACROSS_UNITS)
    return case


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


def require_dossier_reader(who: Principal, case: Case) -> None:
    """Insist that a person may read the dossier of a case.

    Raises
    ------
    CasetrailError
        `role_not_allowed`.
    """
    if not (who.person in case.officers and "case_officer" in who.roles):
        who.require(READS_DOSSIERS)
