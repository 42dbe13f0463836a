"""What an agency lays down for its cases: record plans (记录方案) and permit items (许可事项)."""

from collections.abc import Iterable

from casetrail_common.agencies import AGENCY
from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts import Payload
from casetrail_common.facts.acts import ItemStep, PermitItemConfiguredV1, PlanItem, RecordPlanPublishedV1, StepLimit
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_common.records import UnknownRecordTypeError, record_type
from casetrail_intake.commands import ConfigurePermitItem, ItemStepWish, PlanItemWish, PublishRecordPlan


def publish_record_plan(wish: PublishRecordPlan, who: Principal) -> Decide:
    """Publish what is recorded in cases of a type beyond what the regulations name."""

    async def decide(view: View) -> Plan:
        _require_known_types(wish.extra_items)
        payload = RecordPlanPublishedV1(
            conduct_type=wish.conduct_type,
            procedure=wish.procedure,
            version=wish.version,
            valid_from=wish.valid_from,
            extra_items=[PlanItem(**item.model_dump()) for item in wish.extra_items],
            key_steps=list(wish.key_steps),
        )
        return await _laid_down(view, who, payload, command="publish_record_plan")

    return decide


def configure_permit_item(wish: ConfigurePermitItem, who: Principal) -> Decide:
    """Lay down the steps of a permit item and their limits; the latest word on an item counts."""

    async def decide(view: View) -> Plan:
        _require_order(wish.steps)
        payload = PermitItemConfiguredV1(item=wish.item, name=wish.name, steps=[_step(step) for step in wish.steps])
        return await _laid_down(view, who, payload, command="configure_permit_item")

    return decide


async def _laid_down(view: View, who: Principal, payload: Payload, *, command: str) -> Plan:
    await view.found(AGENCY, view.agency)
    who.require_for(command)
    return Plan([view.new_fact("agency", view.agency, payload)])


def _require_known_types(items: Iterable[PlanItemWish]) -> None:
    for item in items:
        try:
            if item.record_type is not None:
                record_type(item.record_type)
        except UnknownRecordTypeError:
            raise CasetrailError("field_missing", {"fields": "extra_items"}) from None


def _require_order(steps: Iterable[ItemStepWish]) -> None:
    """Insist that each step is named once, and runs from the beginning of the case or from an earlier step."""
    known = {"registration", "acceptance"}
    for step in steps:
        if step.starts_with not in known or step.step in known:
            raise CasetrailError("field_missing", {"fields": "steps"})
        known.add(step.step)


def _step(wish: ItemStepWish) -> ItemStep:
    limit = wish.limit and StepLimit(value=wish.limit.value, unit=wish.limit.unit)
    return ItemStep(step=wish.step, starts_with=wish.starts_with, limit=limit)
