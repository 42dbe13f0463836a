"""Showing dossiers, and handing out what lies in the store."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from casetrail_archive.domain.case import Case
from casetrail_archive.domain.dossier import Dossier
from casetrail_archive.projections import CASE, DOSSIER
from casetrail_archive.queries.sight import ACROSS_UNITS, case_in_sight, require_dossier_reader, sees_case
from casetrail_archive.schemas import DossierShown, dossier_of
from casetrail_archive.service.dossiers import read_item
from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.ledger.store import Store
from casetrail_common.ledger.view import View
from casetrail_common.objects import ObjectStore
from casetrail_common.web import Page, PageWish
from casetrail_common.web.desk import Look, Window

_DOSSIERS: Final = """
select d.id, d.state::text, coalesce((c.state ->> 'erased_since')::boolean, false) as holds_erased from snapshot d
left join snapshot c on c.agency = d.agency and c.kind = 'case' and c.id = d.state ->> 'case'
where d.agency = $1 and d.kind = 'dossier' and d.id > $2 and ($3::text is null or d.state ->> 'case' = $3)
order by d.id limit $4
"""


async def show_dossier(store: Store, who: Principal, dossier_id: str) -> DossierShown:
    """Return a dossier as it stands."""
    async with store.reading(who.agency) as view:
        dossier = await view.found(DOSSIER, dossier_id)
        case = await case_in_sight(view, who, dossier.case)
    return dossier_of(dossier_id, dossier, holds_erased=case.erased_since)


async def show_item(window: Window, dossier_id: str, *, as_borrower: bool) -> DossierShown:
    """Return a dossier as it stands; to a borrower only under an approved request."""
    async with window.store.reading(window.principal.agency) as view:
        dossier = await view.found(DOSSIER, dossier_id)
        case = await view.found(CASE, dossier.case)
    if as_borrower or not sees_case(window.principal, case):
        await window.decided(read_item(dossier_id, window.principal))
    return dossier_of(dossier_id, dossier, holds_erased=case.erased_since)


async def list_dossiers(store: Store, who: Principal, paging: PageWish, *, case_id: str | None) -> Page[DossierShown]:
    """Return dossiers in the order in which they were begun."""
    async with store.reading(who.agency) as view:
        if case_id is None:
            who.require(ACROSS_UNITS)
        else:
            await case_in_sight(view, who, case_id)
    (after,) = paging.after(str) or ("",)
    rows = await store.pool.fetch(_DOSSIERS, who.agency, after, case_id, paging.limit + 1)
    shown = [dossier_of(row["id"], DOSSIER.load(row["state"]), holds_erased=row["holds_erased"]) for row in rows]
    return paging.page(shown, key=lambda dossier: (dossier.dossier,))


def sealing_of(dossier_id: str) -> Look[Dossier]:
    """Return a look at a filed dossier, until it is sealed."""

    async def look(view: View) -> tuple[Dossier, bool]:
        dossier = await view.found(DOSSIER, dossier_id)
        return dossier, dossier.state == "sealed"

    return look


@dataclass(frozen=True, slots=True)
class Handout:
    """The package of a dossier, being read."""

    name: str
    size_bytes: int
    chunks: AsyncIterator[bytes]


async def hand_out(window: Window, dossiers: ObjectStore, dossier_id: str) -> Handout:
    """Open the package of a dossier: the sealed volume, or the draft as long as nothing is filed."""
    who = window.principal
    async with window.store.reading(who.agency) as view:
        dossier = await view.found(DOSSIER, dossier_id)
        case: Case = await view.found(CASE, dossier.case)
    if sees_case(who, case):
        require_dossier_reader(who, case)
    else:
        await window.decided(read_item(dossier_id, who))
    stored = dossier.volume or (dossier.draft if dossier.state == "draft" else None)
    if stored is None:
        raise CasetrailError("dossier_not_ready", {"id": dossier_id}, retry_after_s=2)
    await dossiers.stat(stored.object, stored.version_id)
    name = stored.object.rpartition("/")[2]
    return Handout(f"{dossier_id}-{name}", stored.bytes, dossiers.stream(stored.object, stored.version_id))
