"""Acts on site and inquiries."""

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.intake import ActivityEndedV1, ActivityStartedV1, LinkedStream
from casetrail_common.ids import new_id
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_intake.commands import StartActivity
from casetrail_intake.domain.case import OPENED
from casetrail_intake.found import not_allowed, people
from casetrail_intake.projections import ACTIVITY, MEASURE, SESSION, case_now
from casetrail_intake.service.law import refusal, require_lawful


def start_activity(case_id: str, wish: StartActivity, who: Principal) -> Decide:
    """Enter and begin work; the sessions named are linked to the case by their streams."""
    activity_id = new_id("intake")

    async def decide(view: View) -> Plan:
        _, state = await case_now(view, case_id)
        await people(view, wish.officers, role="case_officer")
        await people(view, wish.present)
        links = [await _link(view, session) for session in wish.sessions]
        if wish.measure is not None:
            await view.found(MEASURE, wish.measure)
        who.require_for("start_activity")
        if state in {"closed", "archived"}:
            raise not_allowed(state, "start_activity")
        if state not in OPENED:
            raise await refusal(view, "initiation_not_approved", state=state)
        payload = ActivityStartedV1(
            activity=activity_id,
            kind=wish.kind,
            place=view.seal(wish.place),
            officers=list(wish.officers),
            present=list(wish.present),
            conduct_type=wish.conduct_type,
            measure=wish.measure,
            execution_method=wish.execution_method,
            sessions=list(wish.sessions),
            links=links,
            key_steps=list(wish.key_steps),
        )
        facts = [view.new_fact("case", case_id, payload)]
        await require_lawful(view, case_id, facts, command="start_activity")
        return Plan(facts, {"activity": activity_id})

    return decide


async def _link(view: View, session_id: str) -> LinkedStream:
    session = await view.found(SESSION, session_id)
    return LinkedStream(service="media", stream=session.stream, position=session.position, hash=session.hash)


def end_activity(activity_id: str, who: Principal) -> Decide:
    """Leave."""

    async def decide(view: View) -> Plan:
        activity = await view.found(ACTIVITY, activity_id)
        who.require_for("end_activity")
        if activity.ended:
            raise CasetrailError("transition_not_allowed", {"state": "ended", "command": "end_activity"})
        return Plan([view.new_fact("case", activity.case, ActivityEndedV1(activity=activity_id))])

    return decide
