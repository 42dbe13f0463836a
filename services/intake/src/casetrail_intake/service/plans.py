"""What an agency lays down for its cases: record plans, and the steps of permit items."""

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts import Payload
from casetrail_common.facts.acts import ItemStep, PermitItemConfiguredV1, PlanItem, RecordPlanPublishedV1, StepLimit
from casetrail_common.ids import stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_common.records import record_types
from casetrail_intake.commands import ConfigurePermitItem, PublishRecordPlan
from casetrail_intake.projections import AGENCY


def publish_record_plan(wish: PublishRecordPlan, who: Principal) -> Decide:
    """Lay down what is recorded in cases of a type."""

    async def decide(view: View) -> Plan:
        if any(item.record_type not in {None, *record_types()} for item in wish.extra_items):
            raise CasetrailError("field_missing", {"fields": "extra_items"})
        payload = RecordPlanPublishedV1(
            conduct_type=wish.conduct_type,
            procedure=wish.procedure,
            version=wish.version,
            valid_from=wish.valid_from,
            extra_items=[PlanItem(**item.model_dump()) for item in wish.extra_items],
            key_steps=list(wish.key_steps),
        )
        return await _laid_down(view, who, payload)

    return decide


def configure_permit_item(wish: ConfigurePermitItem, who: Principal) -> Decide:
    """Lay down the steps of a permit item."""

    async def decide(view: View) -> Plan:
        steps = [
            ItemStep(
                step=step.step,
                starts_with=step.starts_with,
                limit=step.limit and StepLimit(value=step.limit.value, unit=step.limit.unit),
            )
            for step in wish.steps
        ]
        return await _laid_down(view, who, PermitItemConfiguredV1(item=wish.item, name=wish.name, steps=steps))

    return decide


async def _laid_down(view: View, who: Principal, payload: Payload) -> Plan:
    if await view.get(AGENCY, view.agency) is None:
        raise CasetrailError("not_found", {"id": view.agency})
    who.require(("administrator", "pack_admin"))
    return Plan([NewFact(stream_name("agency", view.agency, view.agency), payload)])
