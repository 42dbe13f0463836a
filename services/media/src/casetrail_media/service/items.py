"""Recordings as items: read under an approved request by who has no part in handling their case."""

from casetrail_common.access import FILED_IN, Lent
from casetrail_common.access import read_item as lend
from casetrail_common.auth import Principal
from casetrail_common.ids import stream_name
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_media.service.sessions import found_session


def read_item(session_id: str, who: Principal) -> Decide:
    """Read a session as somebody who has no part in its case.

    Raises
    ------
    CasetrailError
        `not_found`, `access_not_approved`, `head_approval_required`.
    """

    async def decide(view: View) -> Plan:
        await found_session(view, session_id)
        filed = await view.get(FILED_IN, session_id)
        stream = stream_name("session", view.agency, session_id)
        return await lend(view, who, Lent(session_id, "session", stream, dossier=filed.dossier if filed else None))

    return decide
