"""Who may see what archive holds of a case."""

from typing import Final

from casetrail_archive.domain.case import Case
from casetrail_archive.domain.disc import Disc
from casetrail_archive.projections import CASE
from casetrail_common.auth import Principal
from casetrail_common.auth.sight import ACROSS_UNITS as HANDLES_ALL
from casetrail_common.auth.sight import WITHIN_UNIT, handles
from casetrail_common.ledger.view import View

ACROSS_UNITS: Final = HANDLES_ALL | {"administrator", "unit_head"}
"""Roles whose duty does not end at a unit's door."""

READS_DOSSIERS: Final = frozenset({"agency_head", "archivist"})
"""Roles that read every dossier of their agency."""

STAFF: Final = ACROSS_UNITS | WITHIN_UNIT | {"device_custodian", "pack_admin"}
"""Roles that see the law and configuration of their agency."""


async def case_in_sight(view: View, who: Principal, case_id: str) -> Case:
    """Return a case that a person may see: of any unit, or of the person's own, or one the person works on.

    Raises
    ------
    CasetrailError
        `not_found`; `role_not_allowed`.
    """
    case = await view.found(CASE, case_id)
    if not sees_case(who, case):
        who.require(ACROSS_UNITS)
    return case


async def require_disc_in_sight(view: View, who: Principal, disc: Disc) -> None:
    """Insist that a person may see a carrier: one of its cases, or as somebody who sees all.

    Raises
    ------
    CasetrailError
        `role_not_allowed`.
    """
    cases = [await view.found(CASE, case) for case in disc.cases]
    if not any(sees_case(who, case) for case in cases):
        who.require(ACROSS_UNITS)


def sees_case(who: Principal, case: Case) -> bool:
    """Whether a person has a part in a case, or oversees the system."""
    return "administrator" in who.roles or handles(who, case.unit, case.officers)


def require_dossier_reader(who: Principal, case: Case) -> None:
    """Insist that a person may read the dossier of a case.

    Raises
    ------
    CasetrailError
        `role_not_allowed`.
    """
    if not (who.person in case.officers and "case_officer" in who.roles):
        who.require(READS_DOSSIERS)
