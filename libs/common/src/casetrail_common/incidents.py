"""Forbidden acts: refused, and recorded under the clause that forbids them."""

from casetrail_common.errors import CasetrailError
from casetrail_common.facts.common import IncidentRecordedV1
from casetrail_common.law import BEIJING, LAW, PACK
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.store import Plan
from casetrail_common.ledger.view import View
from casetrail_common.rules import compiled


async def refused_act(view: View, code: str, *, stream: str, item: str, kind: str, command: str) -> Plan:
    """Return the plan that records the attempt, once per pack in force that names a clause for it, and refuses it.

    Parameters
    ----------
    stream
        The stream of the object the attempt was aimed at.
    kind
        `record`, `session`, …: a pack may cite different clauses for different kinds of item.
    """
    clauses = await offended_clauses(view, code, kind=kind)
    incidents = [
        NewFact(stream, IncidentRecordedV1(item=item, code=code, clause=clause, command=command)) for clause in clauses
    ]
    refusal = CasetrailError(code, {"id": item}, clause=clauses[0] if clauses else None)
    if not incidents:
        raise refusal
    return Plan(incidents, refusal=refusal)


async def offended_clauses(view: View, code: str, *, kind: str) -> list[str]:
    """Return the clause of each pack in force that forbids what the code stands for."""
    law = await view.get(LAW, view.agency)
    clauses = []
    for ref in law.packs_on(view.now.astimezone(BEIJING).date()) if law else ():
        loaded = await view.get(PACK, ref.name)
        clause = loaded and compiled(loaded.document, sha256=loaded.sha256).clause_of_incident(code, kind)
        if clause:
            clauses.append(clause)
    return clauses
