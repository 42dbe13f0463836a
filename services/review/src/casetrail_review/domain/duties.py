"""Who may do what in a review, and who may not although the role would allow it (职责分离).

Source: HN 11.1(2)-(4), QH 8.1(3) and FS 14 name the roles; that one person does not check himself is ours.
"""

from typing import Final

from casetrail_common.auth.duties import GIVERS, ROLE_OF_SLOT
from casetrail_common.auth.principal import Principal
from casetrail_common.auth.roles import Role
from casetrail_common.auth.sight import ACROSS_UNITS, handles
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.intake import Slot
from casetrail_review.domain.case import Case
from casetrail_review.domain.submission import Submission

CHECKING: Final[frozenset[Slot]] = frozenset({"reviewer", "legal", "head"})
"""Slots whose holder checks the work of the officers."""

OVERSEES_ACCESS: Final = frozenset({*GIVERS["decide_access"], *ACROSS_UNITS})
"""Roles that see every request: they decide on it, hand out under it, or supervise that."""


def require_duty(who: Principal, slot: Slot, *, submission: Submission, case: Case) -> None:
    """Insist that a person may fill a slot of this submission.

    Raises
    ------
    CasetrailError
        `role_not_allowed`; `reason` says why if the person has the role but not the distance.
    """
    who.require([ROLE_OF_SLOT[slot]])
    if conflict := _conflict(who, slot, submission=submission, case=case):
        raise CasetrailError("role_not_allowed", {"reason": conflict, "submission": submission.id})


def _conflict(who: Principal, slot: Slot, *, submission: Submission, case: Case) -> str | None:
    """Return why somebody with the right role is too near to the case, or None."""
    if slot == "head" and who.person == submission.submitted_by:
        return "submitter_may_not_approve"
    if slot in CHECKING and who.person in case.officers:
        return "officer_of_the_case_may_not_check_it"
    if slot == "legal" and Role.UNIT_HEAD in who.roles and who.unit is not None and who.unit == case.unit:
        return "head_of_the_undertaking_unit_may_not_review"
    return None


def may_see(who: Principal, case: Case) -> bool:
    """Whether a person is involved in a case: as its officer, by a role in its unit, or by one that sees every case."""
    return handles(who, case.unit, case.officers)
