"""Forbidden acts: refused, and recorded under the clause that forbids them."""

from collections.abc import Sequence
from dataclasses import dataclass

from casetrail_common.errors import CasetrailError
from casetrail_common.facts.common import IncidentRecordedV1
from casetrail_common.lawbook import in_force
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.store import Plan
from casetrail_common.ledger.view import View
from casetrail_common.rules.pack import Pack

DOSSIER = "dossier"


@dataclass(frozen=True, slots=True)
class Aim:
    """What a forbidden act was aimed at."""

    item: str
    kind: str
    """`record`, `session`, …: a pack may cite different clauses for different kinds of item."""
    stream: str
    """The stream in which the incident is recorded: that of the object, or of its case."""
    dossier: str | None = None
    """The dossier that its case was filed in."""


async def refused_act(
    view: View, code: str, *, stream: str, item: str, kind: str, command: str, dossier: str | None = None
) -> Plan:
    """Return the plan that records an attempt on one item, once per pack in force that names a clause, and refuses it.

    Parameters
    ----------
    stream
        The stream of the object the attempt was aimed at.
    kind
        `record`, `session`, …: a pack may cite different clauses for different kinds of item.
    dossier
        The dossier that the item's case was filed in, if it was.
    """
    return await refused_acts(view, code, [Aim(item, kind, stream, dossier)], command=command)


async def refused_acts(view: View, code: str, aims: Sequence[Aim], *, command: str) -> Plan:
    """Return the plan that records an attempt on several items, one incident on each of them, and refuses it."""
    packs = [active.pack for active in await in_force(view)]
    incidents, clauses = [], []
    for aim in aims:
        for pack in packs:
            clause = pack.clause_of_incident(code, aim.kind)
            if clause:
                item = _lies_on(pack, clause, aim)
                told = IncidentRecordedV1(item=item, code=code, clause=clause, command=command)
                clauses.append(clause)
                incidents.append(NewFact(aim.stream, told))
    refusal = CasetrailError(code, {"id": ", ".join(aim.item for aim in aims)}, clause=clauses[0] if clauses else None)
    if not incidents:
        raise refusal
    return Plan(incidents, refusal=refusal)


async def offended_clauses(view: View, code: str, *, kind: str) -> list[str]:
    """Return the clause of each pack in force that forbids what the code stands for."""
    clauses = (active.pack.clause_of_incident(code, kind) for active in await in_force(view))
    return [clause for clause in clauses if clause]


def _lies_on(pack: Pack, clause: str, aim: Aim) -> str:
    """Return what the incident lies on: the dossier, once there is one, if the clause speaks of dossiers only."""
    kinds = {duty.kind for rule in pack.rules if rule.id == clause for duty in rule.duties}
    return aim.dossier if aim.dossier and kinds == {DOSSIER} else aim.item
