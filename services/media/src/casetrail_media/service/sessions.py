"""Recording sessions, until they are stored."""

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts import Payload
from casetrail_common.facts.media import (
    AvAnnotatedV1,
    AvNoticeGivenV1,
    AvSessionEndedV1,
    AvSessionStartedV1,
)
from casetrail_common.ids import new_id, stream_name
from casetrail_common.incidents import refused_act
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_media.commands import AnnotateSession, StartSession
from casetrail_media.domain.session import Session
from casetrail_media.projections import ACTIVITY, CASE, DEVICE, SESSION


def start_session(wish: StartSession, who: Principal) -> Decide:
    """Begin to record; the caller is the recorder. A case named is linked in the same commit."""
    session_id = new_id("media")

    async def decide(view: View) -> Plan:
        if wish.case is not None and await view.get(CASE, wish.case) is None:
            raise CasetrailError("not_found", {"id": wish.case})
        for activity in wish.activities:
            if await view.get(ACTIVITY, activity) is None:
                raise CasetrailError("not_found", {"id": activity})
        if await view.get(DEVICE, wish.device) is None:
            raise CasetrailError("not_found", {"id": wish.device})
        who.require(("case_officer",))
        payload = AvSessionStartedV1(session=session_id, recorder=who.person, **wish.model_dump())
        return Plan([NewFact(stream_name("session", view.agency, session_id), payload)], {"session": session_id})

    return decide


async def found_session(view: View, session_id: str) -> Session:
    """Return a session.

    Raises
    ------
    CasetrailError
        `not_found`.
    """
    session = await view.get(SESSION, session_id)
    if session is None:
        raise CasetrailError("not_found", {"id": session_id})
    return session


def annotate_session(session_id: str, wish: AnnotateSession, who: Principal) -> Decide:
    """Say what was told, spoken and filmed; also after the end, but not once it is stored."""

    async def decide(view: View) -> Plan:
        session = await found_session(view, session_id)
        who.require(("case_officer",))
        if session.state == "stored":
            raise CasetrailError("transition_not_allowed", {"state": session.state, "command": "annotate_session"})
        payloads: list[Payload] = [AvNoticeGivenV1(session=session_id)] if wish.notice else []
        if wish.voice or wish.tags or wish.not_present:
            said = {"voice": list(wish.voice), "tags": list(wish.tags), "not_present": list(wish.not_present)}
            payloads.append(AvAnnotatedV1(session=session_id, **said))
        if not payloads:
            raise CasetrailError("field_missing", {"fields": "notice, voice, tags, not_present"})
        stream = stream_name("session", view.agency, session_id)
        return Plan([NewFact(stream, payload) for payload in payloads])

    return decide


def end_session(session_id: str, who: Principal) -> Decide:
    """Stop recording."""

    async def decide(view: View) -> Plan:
        session = await found_session(view, session_id)
        who.require(("case_officer",))
        if session.state != "recording":
            raise CasetrailError("transition_not_allowed", {"state": session.state, "command": "end_session"})
        stream = stream_name("session", view.agency, session_id)
        return Plan([NewFact(stream, AvSessionEndedV1(session=session_id))])

    return decide


def refuse_change(session_id: str, command: str) -> Decide:
    """Refuse to change or delete a recording, and record the attempt as an incident."""

    async def decide(view: View) -> Plan:
        await found_session(view, session_id)
        stream = stream_name("session", view.agency, session_id)
        return await refused_act(
            view, "worm_protected", stream=stream, item=session_id, kind="session", command=command
        )

    return decide
