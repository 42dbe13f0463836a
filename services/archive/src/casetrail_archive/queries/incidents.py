"""Showing what was attempted against the rules of keeping, or found to be."""

from typing import Final

from casetrail_archive.projections import INCIDENT
from casetrail_archive.queries.sight import ACROSS_UNITS
from casetrail_archive.schemas import IncidentShown
from casetrail_common.auth import Principal
from casetrail_common.ledger.store import Store
from casetrail_common.web import Page, PageWish

_INCIDENTS: Final = """
select id, state::text from snapshot
where agency = $1 and kind = 'incident' and id > $2
  and ($3::text is null or state ->> 'case' = $3) and ($4::text is null or state ->> 'item' = $4)
order by id limit $5
"""


async def list_incidents(
    store: Store, who: Principal, paging: PageWish, *, case: str | None, item: str | None
) -> Page[IncidentShown]:
    """Return incidents, each service's in the order in which they were recorded."""
    who.require(ACROSS_UNITS)
    (after,) = paging.after(str) or ("",)
    async with store.pool.acquire() as conn:
        rows = await conn.fetch(_INCIDENTS, who.agency, after, case, item, paging.limit + 1)
    page = paging.page(rows, key=lambda row: (row["id"],))
    shown = [IncidentShown(position=row["id"], **vars(INCIDENT.load(row["state"]))) for row in page.items]
    return Page[IncidentShown](items=shown, next=page.next)
