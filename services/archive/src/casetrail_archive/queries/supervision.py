"""Showing rounds of supervision, rectifications and reports: read from the ledger, the latest first."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from casetrail_archive.outlook import RectificationShown, ReportShown, RoundShown, Supervised
from casetrail_archive.queries.sight import ACROSS_UNITS
from casetrail_common.auth import Principal
from casetrail_common.auth.sight import WITHIN_UNIT
from casetrail_common.ids import stream_name
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.reading import facts_of, shown
from casetrail_common.ledger.store import Store
from casetrail_common.web import Page, PageWish

ROUND: Final = "supervision.round_held"
REPORT: Final = "report.made"
OPENED, CLOSED = "rectification.opened", "rectification.closed"

S = TypeVar("S", bound=Supervised)

Told = tuple[Fact, dict[str, Any]]
"""A fact, and its payload with the content."""


async def list_rounds(store: Store, who: Principal, paging: PageWish) -> Page[RoundShown]:
    """Return the rounds that were held."""
    who.require(ACROSS_UNITS)
    told = await _told(store, who.agency, ROUND)
    return _page(paging, [RoundShown(at=f.occurred_at, by=f.actor.person, n=f.n, **said) for f, said in told])


async def list_reports(store: Store, who: Principal, paging: PageWish) -> Page[ReportShown]:
    """Return the reports that were made."""
    who.require(ACROSS_UNITS)
    told = await _told(store, who.agency, REPORT)
    return _page(paging, [ReportShown(at=f.occurred_at, by=f.actor.person, n=f.n, **said) for f, said in told])


async def list_rectifications(
    store: Store, who: Principal, paging: PageWish, *, unit: str | None, is_open: bool | None
) -> Page[RectificationShown]:
    """Return what units were urged to put right."""
    if unit is None or unit != who.unit or who.roles.isdisjoint(WITHIN_UNIT):
        who.require(ACROSS_UNITS)
    told = await _told(store, who.agency, OPENED, CLOSED)
    closed = {said["rectification"]: (fact, said) for fact, said in told if fact.type == CLOSED}
    items = [_rectification(one, closed.get(one[1]["rectification"])) for one in told if one[0].type == OPENED]
    fitting = [
        one for one in items if unit in (None, one.unit) and (is_open is None or is_open == (one.closed_at is None))
    ]
    return _page(paging, fitting)


def _rectification(opened: Told, closed: Told | None) -> RectificationShown:
    fact, said = opened
    ended = {"closed_at": closed[0].occurred_at, "result": closed[1]["result"]} if closed else {}
    return RectificationShown(at=fact.occurred_at, by=fact.actor.person, n=fact.n, **said, **ended)


async def _told(store: Store, agency: str, *types: str) -> list[Told]:
    async with store.pool.acquire() as conn:
        facts = [one for one in await facts_of(conn, stream_name("agency", agency, agency)) if one.type in types]
        return list(zip(facts, await shown(conn, facts), strict=True))[::-1]


def _page(paging: PageWish, items: Sequence[S]) -> Page[S]:
    """Return the part of a list that begins before the position of the last page's last item."""
    after = paging.after(int)
    before = int(after[0]) if after else None
    return paging.page([one for one in items if before is None or one.n < before], lambda one: (one.n,))
