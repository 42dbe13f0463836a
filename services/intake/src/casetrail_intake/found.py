"""Finding what a command names, or saying that it is not there."""

from collections.abc import Iterable

from casetrail_common.errors import CasetrailError, not_found
from casetrail_common.law import BEIJING
from casetrail_common.ledger.view import View
from casetrail_common.people import PERSON, Person
from casetrail_intake.domain.case import State
from casetrail_intake.domain.records import Record
from casetrail_intake.projections import RECORD
from casetrail_intake.service.law import refusal


async def people(view: View, ids: Iterable[str], *, role: str | None = None) -> list[Person]:
    """Return people by id.

    Raises
    ------
    CasetrailError
        `not_found` for one who is unknown, or who does not hold the role: nobody can be named in a capacity they lack.
    """
    found = []
    for person_id in ids:
        person = await view.get(PERSON, person_id)
        if person is None or (role is not None and role not in person.roles):
            raise not_found(person_id)
        found.append(person)
    return found


async def record_of_case(view: View, record_id: str, case_id: str, *, record_type: str | None = None) -> Record:
    """Return a record of the case, of the given type if one is given.

    Raises
    ------
    CasetrailError
        `not_found`.
    """
    record = await view.get(RECORD, record_id)
    if record is None or record.case != case_id or (record_type is not None and record.record_type != record_type):
        raise not_found(record_id)
    return record


def not_allowed(state: State, command: str) -> CasetrailError:
    """Return the refusal of a transition that the state does not have."""
    return CasetrailError("transition_not_allowed", {"state": state, "command": command})


async def require_certificate(view: View, person_id: str) -> None:
    """Insist on an enforcement certificate that is valid today.

    Raises
    ------
    CasetrailError
        `officer_not_qualified`.
    """
    person = await view.get(PERSON, person_id)
    if person is None or not person.is_certified_on(view.now.astimezone(BEIJING).date()):
        raise await refusal(view, "officer_not_qualified", person=person_id)
