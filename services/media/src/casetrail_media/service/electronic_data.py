"""Electronic data (电子数据): taken during an act, then uploaded or saved."""

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.recording import ElectronicDataCollectedV1, ElectronicDataSavedV1
from casetrail_common.ids import new_id, stream_name
from casetrail_common.incidents import refused_act
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_media.commands import CollectElectronicData, SaveElectronicData
from casetrail_media.projections import ACTIVITY, ELECTRONIC_DATA, REPOSITORY


def collect_electronic_data(wish: CollectElectronicData, who: Principal) -> Decide:
    """Enter that electronic data were taken during an act; they belong to its case."""
    data_id = new_id("media")

    async def decide(view: View) -> Plan:
        activity = await view.found(ACTIVITY, wish.activity)
        who.require_for("collect_electronic_data")
        payload = ElectronicDataCollectedV1(
            data=data_id, case=activity.case, activity=wish.activity, description=view.seal(wish.description)
        )
        return Plan([view.new_fact("case", activity.case, payload)], {"data": data_id})

    return decide


def save_electronic_data(data_id: str, wish: SaveElectronicData, who: Principal) -> Decide:
    """Enter where electronic data were uploaded or saved; what is not registered for it is refused and recorded."""

    async def decide(view: View) -> Plan:
        data = await view.found(ELECTRONIC_DATA, data_id)
        who.require_for("save_electronic_data")
        stream = stream_name("case", view.agency, data.case)
        repository = await view.get(REPOSITORY, wish.repository)
        if repository is None or not repository.registered:
            return await refused_act(
                view,
                "unregistered_storage",
                stream=stream,
                item=data_id,
                kind="electronic_data",
                command="save_electronic_data",
            )
        if data.repository is not None:
            raise CasetrailError("transition_not_allowed", {"state": "saved", "command": "save_electronic_data"})
        return Plan([NewFact(stream, ElectronicDataSavedV1(data=data_id, repository=wish.repository))])

    return decide
