"""What the regulations in force refuse."""

from collections.abc import Sequence

from casetrail_common.errors import CasetrailError
from casetrail_common.law import LAW, PACK
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.view import View
from casetrail_common.rules import LawBook, activate, compiled, gate
from casetrail_review.case_file import case_file_of


async def require_lawful(view: View, case: str, facts: Sequence[NewFact], *, command: str) -> None:
    """Insist that the case, after the facts a command would append, breaks no rule that gates the command.

    Raises
    ------
    CasetrailError
        The code of the first gate that refuses, in the order of the packs and of the rules in them, with its clause.
    """
    book = await _book(view)
    file, now = await case_file_of(view, case)
    refusal = gate(book, file, facts, command=command, now=now)
    if refusal is not None:
        raise CasetrailError(refusal.code, {"id": case, "pack": refusal.pack}, clause=refusal.clause)


async def _book(view: View) -> LawBook:
    """Return every version of every pack of the agency; the gate picks the one that is the law of the act's day."""
    law = await view.get(LAW, view.agency)
    if law is None:
        return LawBook(())
    active = []
    for ref in law.packs:
        loaded = await view.get(PACK, ref.name)
        if loaded is not None:
            active.append(activate(compiled(loaded.document, sha256=loaded.sha256), ref.valid_from))
    return LawBook(tuple(active), settings=law.parameters)
