"""Recording sessions: begun, annotated, interrupted, gone on with, ended."""

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError, not_found
from casetrail_common.facts import Payload
from casetrail_common.facts.media import (
    AvAnnotatedV1,
    AvNoticeGivenV1,
    AvSessionEndedV1,
    AvSessionStartedV1,
)
from casetrail_common.facts.recording import AvInterruptionReportedV1, AvSessionInterruptedV1, AvSessionResumedV1
from casetrail_common.ids import new_id
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_common.people import PERSON
from casetrail_media.commands import (
    AnnotateSession,
    InterruptSession,
    ReportInterruption,
    ResumeSession,
    StartSession,
)
from casetrail_media.domain.session import Session, State
from casetrail_media.projections import ACTIVITY, CASE, DEVICE, LINKS, SESSION


def start_session(wish: StartSession, who: Principal) -> Decide:
    """Begin to record; the caller is the recorder. A case named, or its activity's, is linked in the same commit."""
    session_id = new_id("media")

    async def decide(view: View) -> Plan:
        if wish.case is not None:
            await view.found(CASE, wish.case)
        cases = []
        for activity in wish.activities:
            known = await view.found(ACTIVITY, activity)
            cases.append(known.case)
        await view.found(DEVICE, wish.device)
        who.require_for("start_session")
        told = {**wish.model_dump(), "case": wish.case or next(iter(cases), None)}
        payload = AvSessionStartedV1(session=session_id, recorder=who.person, **told)
        return Plan([view.new_fact("session", session_id, payload)], {"session": session_id})

    return decide


async def case_of(view: View, session_id: str, session: Session) -> str | None:
    """Return the case of a session: named when it began, or by the first fact that linked it since."""
    links = await view.get(LINKS, session_id)
    return session.case or next(iter(links.cases if links else ()), None)


def annotate_session(session_id: str, wish: AnnotateSession, who: Principal) -> Decide:
    """Say what was told, spoken and filmed: also after the end, as whoever sees it through may find more."""

    async def decide(view: View) -> Plan:
        await view.found(SESSION, session_id)
        who.require_for("annotate_session")
        payloads: list[Payload] = [AvNoticeGivenV1(session=session_id)] if wish.notice else []
        said = {"voice": list(wish.voice), "tags": list(wish.tags), "not_present": list(wish.not_present)}
        if not payloads or any(said.values()):
            payloads.append(AvAnnotatedV1(session=session_id, **said))
        return Plan([view.new_fact("session", session_id, payload) for payload in payloads])

    return decide


def interrupt_session(session_id: str, wish: InterruptSession, who: Principal) -> Decide:
    """Begin a gap; a final one completes the session."""

    async def decide(view: View) -> Plan:
        session = await view.found(SESSION, session_id)
        who.require_for("interrupt_session")
        _require_state(session, "recording", command="interrupt_session")
        payload = AvSessionInterruptedV1(
            session=session_id,
            gap=len(session.gaps) + 1,
            cause=wish.cause,
            description=view.seal(wish.description),
            final=wish.final,
        )
        return Plan([view.new_fact("session", session_id, payload)], {"gap": payload.gap})

    return decide


def resume_session(session_id: str, wish: ResumeSession, who: Principal) -> Decide:
    """End a gap: the next segment begins, on whichever device."""

    async def decide(view: View) -> Plan:
        session = await view.found(SESSION, session_id)
        await view.found(DEVICE, wish.device)
        who.require_for("resume_session")
        _require_state(session, "interrupted", command="resume_session")
        payload = AvSessionResumedV1(
            session=session_id,
            gap=len(session.gaps),
            device=wish.device,
            voice_explanation=wish.voice_explanation,
        )
        return Plan([view.new_fact("session", session_id, payload)])

    return decide


def end_session(session_id: str, who: Principal) -> Decide:
    """Stop recording, or say that it will not go on after a gap."""

    async def decide(view: View) -> Plan:
        session = await view.found(SESSION, session_id)
        who.require_for("end_session")
        _require_state(session, "recording", "interrupted", command="end_session")
        return Plan([view.new_fact("session", session_id, AvSessionEndedV1(session=session_id))])

    return decide


def report_interruption(session_id: str, wish: ReportInterruption, who: Principal) -> Decide:
    """Say that the head of the unit was told of a gap."""

    async def decide(view: View) -> Plan:
        session = await view.found(SESSION, session_id)
        if wish.gap > len(session.gaps):
            raise not_found(f"{session_id}/gap/{wish.gap}")
        head = await view.get(PERSON, wish.reported_to)
        if head is None or "unit_head" not in head.roles:
            raise not_found(wish.reported_to)
        who.require_for("report_interruption")
        payload = AvInterruptionReportedV1(
            session=session_id, gap=wish.gap, reported_to=wish.reported_to, content=view.seal(wish.content)
        )
        return Plan([view.new_fact("session", session_id, payload)])

    return decide


def _require_state(session: Session, *states: State, command: str) -> None:
    if session.state not in states:
        raise CasetrailError("transition_not_allowed", {"state": session.state, "command": command})
