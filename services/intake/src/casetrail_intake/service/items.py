"""Text records as items: read under an approved request by who has no part in their case, and never changed."""

from casetrail_common.access import FILED_IN, Lent
from casetrail_common.access import read_item as lend
from casetrail_common.auth import Principal
from casetrail_common.errors import not_found
from casetrail_common.ids import OWNER_OF_PREFIX, stream_name
from casetrail_common.incidents import refused_act
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_intake.domain.records import Record
from casetrail_intake.projections import RECORD


def read_item(record_id: str, who: Principal) -> Decide:
    """Read a record as somebody who has no part in its case."""

    async def decide(view: View) -> Plan:
        record = await own_record(view, record_id)
        filed = await view.get(FILED_IN, record.case or "")
        stream = stream_of_record(view.agency, record_id, record)
        classes = frozenset(filter(None, [record.classification]))
        return await lend(view, who, Lent(record_id, "record", stream, classes, filed.dossier if filed else None))

    return decide


def refuse_change(record_id: str, command: str) -> Decide:
    """Refuse to change or delete a record, and record the attempt as an incident."""

    async def decide(view: View) -> Plan:
        stream = stream_of_record(view.agency, record_id, await own_record(view, record_id))
        return await refused_act(view, "worm_protected", stream=stream, item=record_id, kind="record", command=command)

    return decide


async def own_record(view: View, record_id: str) -> Record:
    """Return a record that intake owns.

    Raises
    ------
    CasetrailError
        `not_found`, also for a document of another service.
    """
    record = await view.get(RECORD, record_id)
    if record is None or OWNER_OF_PREFIX.get(record_id[:1]) != "intake":
        raise not_found(record_id)
    return record


def stream_of_record(agency: str, record_id: str, record: Record) -> str:
    """Return the stream that a record was born in."""
    kind, item = ("case", record.case) if record.case else ("record", record_id)
    return stream_name(kind, agency, item)
