"""Who may see what belongs to a unit of their own agency."""

from collections.abc import Collection
from typing import Final

from casetrail_common.auth.principal import Principal
from casetrail_common.errors import CasetrailError

ACROSS_UNITS: Final = frozenset({"agency_head", "archivist", "legal_reviewer", "records_custodian", "supervisor"})
"""Roles that see the cases of every unit of their agency: their duty does not end at a unit's door."""

WITHIN_UNIT: Final = frozenset({"case_officer", "intake_clerk", "unit_head"})
"""Roles that see the cases of their own unit; belonging to the unit alone opens nothing."""


def handles(who: Principal, unit: str | None, officers: Collection[str] = ()) -> bool:
    """Whether a person has a part in what belongs to a unit: as officer of the case, by the unit, or by duty."""
    if who.roles & ACROSS_UNITS or (who.roles & WITHIN_UNIT and who.unit == unit):
        return True
    return "case_officer" in who.roles and who.person in officers


def require_sight(who: Principal, unit: str | None, officers: Collection[str] = ()) -> None:
    """Insist that a person may see what belongs to a unit.

    Raises
    ------
    CasetrailError
        `role_not_allowed`.
    """
    if not handles(who, unit, officers):
        raise CasetrailError("role_not_allowed", {"roles": ", ".join(sorted(ACROSS_UNITS)), "reason": "not_involved"})
