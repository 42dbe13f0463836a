"""Supervision: rounds, what units must put right, and reports."""

from casetrail_archive.commands import CloseRectification, HoldRound, MakeReport, OpenRectification
from casetrail_archive.projections import CASE, RECTIFICATION, ROUND
from casetrail_common.agencies import AGENCY
from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts import Payload
from casetrail_common.facts.keeping import (
    RectificationClosedV1,
    RectificationOpenedV1,
    ReportMadeV1,
    SupervisionRoundHeldV1,
)
from casetrail_common.ids import new_id
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View


def hold_round(wish: HoldRound, who: Principal) -> Decide:
    """Record that recording was inspected on site or by reviewing dossiers."""
    fresh = new_id("archive")

    async def decide(view: View) -> Plan:
        await _known(view, *wish.cases)
        who.require_for("hold_round")
        held = SupervisionRoundHeldV1(
            round=fresh,
            method=wish.method,
            unit=wish.unit,
            cases=sorted(set(wish.cases)),
            findings=view.seal(wish.findings),
            breaches=wish.breaches,
        )
        return _plan(view, held, round=fresh)

    return decide


def open_rectification(wish: OpenRectification, who: Principal) -> Decide:
    """Urge a unit to put something right."""
    fresh = new_id("archive")

    async def decide(view: View) -> Plan:
        await _known(view, *([wish.case] if wish.case else []))
        if wish.round is not None:
            await view.found(ROUND, wish.round)
        who.require_for("open_rectification")
        opened = RectificationOpenedV1(
            rectification=fresh,
            round=wish.round,
            unit=wish.unit,
            case=wish.case,
            rule=wish.rule,
            demand=view.seal(wish.demand),
            due=wish.due,
        )
        return _plan(view, opened, rectification=fresh)

    return decide


def close_rectification(rectification: str, wish: CloseRectification, who: Principal) -> Decide:
    """Record that what had to be put right was."""

    async def decide(view: View) -> Plan:
        known = await view.found(RECTIFICATION, rectification)
        who.require_for("close_rectification")
        if known.is_closed:
            raise CasetrailError("transition_not_allowed", {"state": "closed", "command": "close_rectification"})
        closed = RectificationClosedV1(rectification=rectification, result=view.seal(wish.result))
        return _plan(view, closed, rectification=rectification)

    return decide


def make_report(wish: MakeReport, who: Principal) -> Decide:
    """Record that statistics of a period were drawn up, and what they are used for."""
    fresh = new_id("archive")

    async def decide(view: View) -> Plan:
        if wish.last < wish.first:
            raise CasetrailError("field_missing", {"fields": "last"})
        await _known(view)
        who.require_for("make_report")
        made = ReportMadeV1(
            report=fresh, kind=wish.kind, first=wish.first, last=wish.last, purposes=sorted(set(wish.purposes))
        )
        return _plan(view, made, report=fresh)

    return decide


async def _known(view: View, *cases: str) -> None:
    await view.found(AGENCY, view.agency)
    for case in cases:
        await view.found(CASE, case)


def _plan(view: View, payload: Payload, **answer: str) -> Plan:
    return Plan([view.new_fact("agency", view.agency, payload)], dict(answer))
