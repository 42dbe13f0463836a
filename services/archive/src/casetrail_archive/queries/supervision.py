"""Showing rounds of supervision, rectifications and reports: read from the ledger, the latest first."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from casetrail_archive.outlook_schemas import RectificationShown, ReportShown, RoundShown, Supervised
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


async def list_rounds(store: Store, who: Principal, paging: PageWish) -> Page[RoundShown]:
    """Return the rounds that were held."""
    who.require(ACROSS_UNITS)
    return await _page(store, paging, await _latest(store, who.agency, ROUND), RoundShown)


async def list_reports(store: Store, who: Principal, paging: PageWish) -> Page[ReportShown]:
    """Return the reports that were made."""
    who.require(ACROSS_UNITS)
    return await _page(store, paging, await _latest(store, who.agency, REPORT), ReportShown)


async def list_rectifications(
    store: Store, who: Principal, paging: PageWish, *, unit: str | None, is_open: bool | None
) -> Page[RectificationShown]:
    """Return what units were urged to put right."""
    if unit is None or unit != who.unit or who.roles.isdisjoint(WITHIN_UNIT):
        who.require(ACROSS_UNITS)
    facts = await _latest(store, who.agency, OPENED, CLOSED)
    closed = {fact.fields["rectification"]: fact for fact in facts if fact.type == CLOSED}
    fitting = [
        fact
        for fact in facts
        if fact.type == OPENED
        and unit in (None, fact.fields["unit"])
        and is_open in (None, fact.fields["rectification"] not in closed)
    ]
    page = await _page(store, paging, fitting, RectificationShown)
    return page.model_copy(update={"items": await _with_ends(store, page.items, closed)})


async def _with_ends(
    store: Store, opened: Sequence[RectificationShown], closed: Mapping[str, Fact]
) -> list[RectificationShown]:
    ends = [closed[one.rectification] for one in opened if one.rectification in closed]
    async with store.pool.acquire() as conn:
        told = {said["rectification"]: said["result"] for said in await shown(conn, ends)}
    at = {name: fact.occurred_at for name, fact in closed.items()}
    return [
        one.model_copy(update={"closed_at": at.get(one.rectification), "result": told.get(one.rectification)})
        for one in opened
    ]


async def _latest(store: Store, agency: str, *types: str) -> list[Fact]:
    async with store.pool.acquire() as conn:
        facts = await facts_of(conn, stream_name("agency", agency, agency))
    return [fact for fact in reversed(facts) if fact.type in types]


async def _page(store: Store, paging: PageWish, facts: Sequence[Fact], model: type[S]) -> Page[S]:
    """Return the part of a list that begins before the position of the last page's last item, with its content."""
    (before,) = paging.after(int) or (None,)
    rest = [fact for fact in facts if before is None or fact.n < int(before)]
    page = paging.page(rest, lambda fact: (fact.n,))
    async with store.pool.acquire() as conn:
        told = await shown(conn, page.items)
    items = [
        model.model_validate({**said, "at": fact.occurred_at, "by": fact.actor.person, "n": fact.n})
        for fact, said in zip(page.items, told, strict=True)
    ]
    return Page[S](items=items, next=page.next)
