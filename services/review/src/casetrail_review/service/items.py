"""The decision document as an item: nobody changes it."""

from casetrail_common.ids import stream_name
from casetrail_common.incidents import refused_act
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_review.found import not_found
from casetrail_review.projections import DECISION


def refuse_change(item: str, command: str) -> Decide:
    """Refuse to change or delete a decision document, and record the attempt under the clauses that forbid it.

    Raises
    ------
    CasetrailError
        `not_found`, or `worm_protected`.
    """

    async def decide(view: View) -> Plan:
        decision = await view.get(DECISION, item)
        if decision is None:
            raise not_found(item)
        stream = stream_name("case", view.agency, decision.case)
        return await refused_act(view, "worm_protected", stream=stream, item=item, kind="record", command=command)

    return decide
