"""What the regulations in force say before a command takes effect."""

from collections.abc import Sequence

from casetrail_common.calendar import UNKNOWN
from casetrail_common.errors import CasetrailError
from casetrail_common.ids import stream_name
from casetrail_common.law import BEIJING, LAW, PACK
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.view import View
from casetrail_common.rules import ActivePack, LawBook, activate, build, compiled, gate


async def law_book(view: View) -> LawBook:
    """Return every loaded version of every pack; the engine picks by date."""
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
    names = {ref.name for ref in law.packs_on(view.now.astimezone(BEIJING).date())} if law else set()
    return [active for active in (await law_book(view)).packs if active.pack.name in names]


async def allows(view: View, command: str) -> bool:
    """Whether a pack in force knows a command that not every regulation has."""
    return any(active.pack.clause_of_command(command) for active in await in_force(view))


async def require_lawful(view: View, case_id: str | None, facts: Sequence[NewFact], *, command: str) -> None:
    """Insist that what a command would append breaks no rule that gates it.

    Raises
    ------
    CasetrailError
        The code of the gate, with the clause.
    """
    book = await law_book(view)
    gates = (each for active in book.packs for rule in active.pack.rules for each in rule.gates)
    if not any(each.refuses == command for each in gates):
        return
    known = await view.facts_of(stream_name("case", view.agency, case_id)) if case_id else []
    refusal = gate(book, build(known), facts, command=command, now=view.now)
    if refusal is not None:
        raise CasetrailError(refusal.code, {"id": case_id or ""}, clause=refusal.clause)
