"""Showing carriers, and looking up what commands on dossiers name."""

from collections.abc import Collection, Mapping
from typing import Final

from casetrail_archive.case_facts import read_facts, streams_of
from casetrail_archive.domain.disc import Disc
from casetrail_archive.projections import CASE, DISC, DOSSIER
from casetrail_archive.queries.sight import ACROSS_UNITS, case_in_sight, require_disc_in_sight
from casetrail_archive.schemas import DiscShown
from casetrail_common.auth import Principal
from casetrail_common.ledger.reading import content_of, with_content
from casetrail_common.ledger.store import Store
from casetrail_common.web import Page, PageWish

_DISCS: Final = """
select id, state::text from snapshot where agency = $1 and kind = 'disc' and id > $2
  and ($3::text is null or state -> 'cases' ? $3) order by id limit $4
"""


async def show_disc(store: Store, who: Principal, disc_id: str) -> DiscShown:
    """Return a carrier that a person may see."""
    async with store.reading(who.agency) as view:
        disc = await view.found(DISC, disc_id)
        await require_disc_in_sight(view, who, disc)
    return (await _shown(store, {disc_id: disc}))[0]


async def list_discs(store: Store, who: Principal, paging: PageWish, *, case_id: str | None) -> Page[DiscShown]:
    """Return carriers in the order in which they were registered."""
    async with store.reading(who.agency) as view:
        if case_id is None:
            who.require(ACROSS_UNITS)
        else:
            await case_in_sight(view, who, case_id)
    (after,) = paging.after(str) or ("",)
    rows = await store.pool.fetch(_DISCS, who.agency, after, case_id, paging.limit + 1)
    shown = await _shown(store, {row["id"]: DISC.load(row["state"]) for row in rows})
    return paging.page(shown, key=lambda disc: (disc.disc,))


async def _shown(store: Store, discs: Mapping[str, Disc]) -> list[DiscShown]:
    async with store.pool.acquire() as conn:
        content = await content_of(conn, {digest for disc in discs.values() for digest in disc.annotations.values()})
    return [
        DiscShown(
            disc=disc_id,
            medium=disc.medium,
            sessions=list(disc.sessions),
            cases=list(disc.cases),
            filled=list(disc.filled),
            annotations={name: with_content({"sha256": digest}, content) for name, digest in disc.annotations.items()},
        )
        for disc_id, disc in discs.items()
    ]


async def case_of_dossier(store: Store, agency: str, dossier_id: str) -> str | None:
    """Return the case of a dossier, or None if there is no such dossier."""
    async with store.reading(agency) as view:
        dossier = await view.get(DOSSIER, dossier_id)
    return dossier.case if dossier else None


async def records_of_dossier(store: Store, agency: str, dossier_id: str) -> Collection[str]:
    """Return the text records of a dossier's case, also those made since it was filed."""
    async with store.reading(agency) as view:
        dossier = await view.get(DOSSIER, dossier_id)
        if dossier is None or (case := await view.get(CASE, dossier.case)) is None:
            return ()
    async with store.pool.acquire() as conn:
        facts = await read_facts(conn, streams_of(agency, dossier.case, case))
    made = (fact for fact in facts if fact.type in {"record.added", "decision.issued"})
    return {str(fact.fields["record"]) for fact in made}
