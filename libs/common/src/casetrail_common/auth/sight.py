"""Who may see what belongs to a unit of their own agency."""

from typing import Final

from casetrail_common.auth.principal import Principal
from casetrail_common.errors import CasetrailError

ACROSS_UNITS: Final = frozenset(
    {"agency_head", "archivist", "legal_reviewer", "records_custodian", "supervisor", "unit_head"}
)
"""Roles that see the cases of every unit of their agency: their duty does not end at a unit's door."""

WITHIN_UNIT: Final = frozenset({"case_officer", "intake_clerk"})
"""Roles that see the cases of their own unit."""


def require_sight(who: Principal, unit: str | None) -> None:
    """Insist that a person may see what belongs to a unit.

    Raises
    ------
    CasetrailError
        `role_not_allowed`.
    """
    if who.roles & ACROSS_UNITS or (who.roles & WITHIN_UNIT and who.unit == unit):
        return
    raise CasetrailError("role_not_allowed", {"roles": ", ".join(sorted(ACROSS_UNITS))})
