"""What the regulations in force say before a command takes effect."""

from collections.abc import Sequence
from datetime import datetime

from casetrail_common.errors import CasetrailError
from casetrail_common.ids import stream_name
from casetrail_common.lawbook import clause_of_refusal, in_force, refused_by_gate
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.view import View
from casetrail_common.rules import CaseFile, build


async def allows(view: View, command: str, *, conduct_type: str) -> bool:
    """Whether a pack in force that covers the conduct knows a command that not every regulation has."""
    packs = [active.pack for active in await in_force(view)]
    return any(pack.clause_of_command(command) and conduct_type in pack.text.conduct_types for pack in packs)


async def refusal(view: View, code: str, **facts: str) -> CasetrailError:
    """Return the refusal of a guard, with the clause that demands it if a pack in force has one."""
    return CasetrailError(code, facts, clause=await clause_of_refusal(view, code))


async def require_lawful(
    view: View, case_id: str | None, facts: Sequence[NewFact], *, command: str, **told: str
) -> None:
    """Insist that what a command would append breaks no rule that gates it.

    Parameters
    ----------
    told
        What else the refusal may name.

    Raises
    ------
    CasetrailError
        The code of the gate, with the clause.
    """

    async def case_file() -> tuple[CaseFile, datetime]:
        known = await view.facts_of(stream_name("case", view.agency, case_id)) if case_id else []
        return build(known), view.now

    refused = await refused_by_gate(view, facts, command=command, case_file=case_file)
    if refused is not None:
        raise CasetrailError(refused.code, {"id": case_id or "", **told}, clause=refused.clause)
