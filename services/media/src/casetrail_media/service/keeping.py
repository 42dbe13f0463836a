"""Who keeps a recording, what it is used for, and why it comes late."""

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.recording import (
    AvCustodyChangedV1,
    AvDerivativeCreatedV1,
    AvExceptionRecordedV1,
    AvMarkedEvidenceV1,
)
from casetrail_common.ids import new_id, stream_name
from casetrail_common.incidents import refused_act
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_common.people import PERSON
from casetrail_media.commands import CreateDerivative, MarkEvidence, RecordStorageException, SetCustodian
from casetrail_media.service.law import require_exception
from casetrail_media.service.sessions import case_of, found_session, of_session
from casetrail_media.service.uploads import COPYING


def record_storage_exception(session_id: str, wish: RecordStorageException, who: Principal) -> Decide:
    """Claim that it cannot be stored in time, on a ground that a regulation in force names."""

    async def decide(view: View) -> Plan:
        session = await found_session(view, session_id)
        who.require(("case_officer",))
        await require_exception(view, wish.ground, case_id=await case_of(view, session_id, session))
        payload = AvExceptionRecordedV1(session=session_id, ground=wish.ground, reason=view.seal(wish.reason))
        return Plan([of_session(view, session_id, payload)])

    return decide


def set_custodian(session_id: str, wish: SetCustodian, who: Principal) -> Decide:
    """Give a recording into somebody else's keeping; keeping what one recorded oneself is refused and recorded."""

    async def decide(view: View) -> Plan:
        session = await found_session(view, session_id)
        custodian = await view.get(PERSON, wish.custodian)
        if custodian is None or custodian.kind != "staff":
            raise CasetrailError("not_found", {"id": wish.custodian})
        who.require(("case_officer", "records_custodian"))
        if wish.custodian == session.recorder:
            stream = stream_name("session", view.agency, session_id)
            return await refused_act(
                view, "self_custody", stream=stream, item=session_id, kind="session", command="set_custodian"
            )
        payload = AvCustodyChangedV1(session=session_id, custodian=wish.custodian)
        return Plan([of_session(view, session_id, payload)])

    return decide


def mark_evidence(session_id: str, wish: MarkEvidence, who: Principal) -> Decide:
    """Say that a recording is, or will be, used as evidence."""

    async def decide(view: View) -> Plan:
        await found_session(view, session_id)
        who.require(("case_officer",))
        payload = AvMarkedEvidenceV1(session=session_id, proves=view.seal(wish.proves))
        return Plan([of_session(view, session_id, payload)])

    return decide


def create_derivative(session_id: str, wish: CreateDerivative, who: Principal) -> Decide:
    """Enter a copy of a stored recording in which something was made unrecognisable."""
    derivative_id = new_id("media")

    async def decide(view: View) -> Plan:
        session = await found_session(view, session_id)
        who.require(COPYING)
        if session.state != "stored":
            raise CasetrailError("transition_not_allowed", {"state": session.state, "command": "create_derivative"})
        payload = AvDerivativeCreatedV1(
            derivative=derivative_id,
            of=session_id,
            case=await case_of(view, session_id, session),
            description=view.seal(wish.description),
        )
        return Plan([of_session(view, session_id, payload)], {"derivative": derivative_id})

    return decide
