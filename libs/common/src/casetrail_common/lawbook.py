"""The packs of an agency, compiled: what commands are held against."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from casetrail_common.calendar import UNKNOWN, local_day
from casetrail_common.law import LAW, PACK
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.view import View
from casetrail_common.rules import ActivePack, CaseFile, LawBook, Refusal, activate, compiled, gate


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


async def refused_by_gate(
    view: View,
    facts: Sequence[NewFact],
    *,
    command: str,
    case_file: Callable[[], Awaitable[tuple[CaseFile, datetime]]],
) -> Refusal | None:
    """Return the first gate that facts would break if a command appended them; None if it may.

    Parameters
    ----------
    case_file
        Reads what is known of the case, and the instant it is judged at; only asked for if some rule gates the command.
    """
    book = await law_book(view)
    gates = (each for active in book.packs for rule in active.pack.rules for each in rule.gates)
    if not any(each.refuses == command for each in gates):
        return None
    file, now = await case_file()
    return gate(book, file, facts, command=command, now=now)
