"""What the regulations in force refuse."""

from collections.abc import Sequence

from casetrail_common.errors import CasetrailError
from casetrail_common.lawbook import refused_by_gate
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.view import View
from casetrail_review.case_file import case_file_of


async def require_lawful(view: View, case: str, facts: Sequence[NewFact], *, command: str) -> None:
    """Insist that the case, after the facts a command would append, breaks no rule that gates the command.

    Raises
    ------
    CasetrailError
        The code of the first gate that refuses, in the order of the packs and of the rules in them, with its clause.
    """
    refusal = await refused_by_gate(view, facts, command=command, case_file=lambda: case_file_of(view, case))
    if refusal is not None:
        raise CasetrailError(refusal.code, {"id": case, "pack": refusal.pack}, clause=refusal.clause)
