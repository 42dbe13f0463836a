"""The packs of an agency, compiled: what commands are held against."""

from casetrail_common.calendar import UNKNOWN, local_day
from casetrail_common.law import LAW, PACK
from casetrail_common.ledger.view import View
from casetrail_common.rules import ActivePack, LawBook, activate, compiled


async def law_book(view: View) -> LawBook:
    """Return every loaded version of every pack, with the agency's settings; the engine picks by the day of an act."""
    law = await view.get(LAW, view.agency)
    packs = []
    for ref in law.packs if law else ():
        loaded = await view.get(PACK, ref.name)
        if loaded is not None:
            packs.append(activate(compiled(loaded.document, sha256=loaded.sha256), ref.valid_from))
    return LawBook(tuple(packs), UNKNOWN, dict(law.parameters) if law else {})


async def in_force(view: View) -> list[ActivePack]:
    """Return the packs that bind the agency today."""
    law = await view.get(LAW, view.agency)
    names = {ref.name for ref in law.packs_on(local_day(view.now))} if law else set()
    return [active for active in (await law_book(view)).packs if active.pack.name in names]


async def clause_of_refusal(view: View, code: str) -> str | None:
    """Return the clause that demands a refusal, of the first pack in force that has one."""
    clauses = (active.pack.clause_of_refusal(code) for active in await in_force(view))
    return next((clause for clause in clauses if clause), None)
