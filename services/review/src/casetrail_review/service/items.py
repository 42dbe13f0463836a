"""Decision documents as items: read by who has no part in the case, and never changed."""

from casetrail_common.access import Lent
from casetrail_common.access import read_item as lend
from casetrail_common.auth import Principal
from casetrail_common.ids import stream_name
from casetrail_common.incidents import refused_act
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_review.projections import CASE, DECISION


def read_item(item: str, who: Principal) -> Decide:
    """Read a decision document under an approved request.

    Raises
    ------
    CasetrailError
        `not_found`, `access_not_approved`, `head_approval_required`.
    """

    async def decide(view: View) -> Plan:
        decision = await view.found(DECISION, item)
        case = await view.get(CASE, decision.case)
        stream = stream_name("case", view.agency, decision.case)
        return await lend(view, who, Lent(item, "record", stream, dossier=case.dossier if case else None))

    return decide


def refuse_change(item: str, command: str) -> Decide:
    """Refuse to change or delete a decision document, and record the attempt under the clauses that forbid it.

    Raises
    ------
    CasetrailError
        `not_found`, or `worm_protected`.
    """

    async def decide(view: View) -> Plan:
        decision = await view.found(DECISION, item)
        stream = stream_name("case", view.agency, decision.case)
        return await refused_act(view, "worm_protected", stream=stream, item=item, kind="record", command=command)

    return decide
