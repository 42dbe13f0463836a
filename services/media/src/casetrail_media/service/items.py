"""Items that media owns: recordings, derivatives of them, and fault reports."""

from dataclasses import dataclass

from casetrail_common.access import FILED_IN, Lent
from casetrail_common.access import read_item as lend
from casetrail_common.auth import Principal
from casetrail_common.errors import not_found
from casetrail_common.ids import stream_name
from casetrail_common.incidents import refused_act
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_media.domain.devices import FaultReport
from casetrail_media.domain.session import Derivative, Session
from casetrail_media.projections import DERIVATIVE, FAULT_REPORT, SESSION


@dataclass(frozen=True, slots=True)
class Item:
    """Something that can be asked for by its id alone."""

    state: Session | Derivative | FaultReport
    kind: str
    """As packs tell items apart: `session`, `derivative`, `record`."""
    stream: str


async def found_item(view: View, item_id: str) -> Item:
    """Return an item.

    Raises
    ------
    CasetrailError
        `not_found`.
    """
    if (session := await view.get(SESSION, item_id)) is not None:
        return Item(session, "session", stream_name("session", view.agency, item_id))
    if (derivative := await view.get(DERIVATIVE, item_id)) is not None:
        return Item(derivative, "derivative", stream_name("session", view.agency, derivative.of))
    if (report := await view.get(FAULT_REPORT, item_id)) is not None:
        return Item(report, "record", stream_name("device", view.agency, report.device))
    raise not_found(item_id)


def read_item(item_id: str, who: Principal) -> Decide:
    """Read an item as somebody who has no part in its case.

    Raises
    ------
    CasetrailError
        `not_found`, `access_not_approved`, `head_approval_required`.
    """

    async def decide(view: View) -> Plan:
        item = await found_item(view, item_id)
        session = item.state.of if isinstance(item.state, Derivative) else item_id
        filed = await view.get(FILED_IN, session)
        return await lend(view, who, Lent(item_id, item.kind, item.stream, dossier=filed.dossier if filed else None))

    return decide


def refuse_change(item_id: str, command: str) -> Decide:
    """Refuse to change or delete an item, and record the attempt as an incident."""

    async def decide(view: View) -> Plan:
        item = await found_item(view, item_id)
        return await refused_act(
            view, "worm_protected", stream=item.stream, item=item_id, kind=item.kind, command=command
        )

    return decide
