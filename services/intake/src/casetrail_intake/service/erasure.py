"""Disposal of content: what people wrote in a case goes, what was hashed stays."""

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.common import ContentErasedV1
from casetrail_common.ids import stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_intake.commands import EraseContent
from casetrail_intake.found import not_allowed
from casetrail_intake.projections import case_now


def erase_content(case_id: str, wish: EraseContent, who: Principal, *, commitments: list[str], position: int) -> Decide:
    """Erase the content that intake holds of a case; the other owners follow with theirs.

    Parameters
    ----------
    commitments
        Hexadecimal commitments found in the case's stream, and in those of parties who are party to no other case.
    position
        Where the case's stream stood when they were looked up; if it has moved, more may have to go.
    """

    async def decide(view: View) -> Plan:
        _, state = await case_now(view, case_id)
        who.require_for("erase_content")
        if state not in {"closed", "archived"}:
            raise not_allowed(state, "erase_content")
        stream = stream_name("case", view.agency, case_id)
        seq, _ = await view.head_of(stream) or (0, b"")
        if seq != position:
            raise CasetrailError("stale", {"expected": position, "actual": seq})
        payload = ContentErasedV1(case=case_id, commitments=commitments, reason=wish.reason)
        return Plan([NewFact(stream, payload)])

    return decide
