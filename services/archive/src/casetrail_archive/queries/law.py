"""Showing law and configuration."""

from casetrail_archive.schemas import LawShown, PackDocumentShown, PackShown, RetentionShown
from casetrail_common.agencies import RETENTION
from casetrail_common.errors import not_found
from casetrail_common.facts.archive import CalendarLoadedV1
from casetrail_common.ids import stream_name
from casetrail_common.law import BEIJING, LAW, PACK, LawState
from casetrail_common.ledger.reading import facts_of
from casetrail_common.ledger.store import Store


async def show_law(store: Store, agency: str) -> LawShown:
    """Return what binds an agency."""
    async with store.reading(agency) as view:
        law = await view.get(LAW, agency) or LawState()
        in_force = law.packs_on(view.now.astimezone(BEIJING).date())
    packs = [
        PackShown(pack=ref.pack, version=ref.version, valid_from=ref.valid_from, is_in_force=ref in in_force)
        for ref in sorted(law.packs, key=lambda ref: (ref.pack, ref.valid_from))
    ]
    return LawShown(packs=packs, calendar=law.calendar, parameters=dict(law.parameters))


async def show_pack(store: Store, agency: str, *, pack: str, version: str) -> PackDocumentShown:
    """Return a loaded pack as a whole."""
    name = f"{pack}@{version}"
    async with store.reading(agency) as view:
        law, loaded = await view.get(LAW, agency), await view.get(PACK, name)
    ref = next((ref for ref in law.packs if ref.name == name), None) if law else None
    if ref is None or loaded is None:
        raise not_found(name)
    return PackDocumentShown(
        pack=pack, version=version, valid_from=ref.valid_from, sha256=loaded.sha256, document=dict(loaded.document)
    )


async def show_calendar(store: Store, agency: str) -> CalendarLoadedV1:
    """Return the calendar in force."""
    async with store.reading(agency) as view:
        law = await view.get(LAW, agency)
    if law is None or law.calendar is None:
        raise not_found("calendar")
    async with store.pool.acquire() as conn:
        facts = await facts_of(conn, stream_name("calendar", agency, law.calendar))
    loaded = [fact.payload for fact in facts if isinstance(fact.payload, CalendarLoadedV1)]
    return loaded[-1]


async def show_retention(store: Store, agency: str) -> RetentionShown:
    """Return the retention table in force."""
    async with store.reading(agency) as view:
        table = await view.get(RETENTION, agency)
    return RetentionShown(entries=list(table.entries) if table else [])
