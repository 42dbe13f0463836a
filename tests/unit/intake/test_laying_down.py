"""What an agency lays down for its cases is told as rules read it."""

import json
from typing import Any

import pytest

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.acts import PermitItemConfiguredV1, RecordPlanPublishedV1
from casetrail_common.facts.intake import AgencyRegisteredV1
from casetrail_intake import commands, service
from casetrail_intake.projections import FOLDS, LAID_DOWN, react
from support.life import FENG
from support.memory import MemoryLedger

ADMIN = Principal("xu", "xinzheng", None, frozenset({"administrator"}))
PLAN: dict[str, Any] = {
    "conduct_type": "permit",
    "procedure": "none",
    "version": "RP-2025-1",
    "valid_from": "2025-01-01",
    "extra_items": [{"item": "site_plan", "stage": "initiation", "record_type": "site_record"}],
    "key_steps": ["公告"],
}
ITEM: dict[str, Any] = {
    "item": "food_permit",
    "name": "食品经营许可",
    "steps": [
        {"step": "review", "from": "acceptance", "limit": {"value": 5, "unit": "working_days"}},
        {"step": "delivery", "from": "review"},
    ],
}


async def agency() -> MemoryLedger:
    ledger = MemoryLedger("intake", FOLDS, react)
    registered = AgencyRegisteredV1(name="某局", province="山东省", units=[])
    await ledger.follow("intake", "agency:xinzheng:xinzheng", registered)
    return ledger


def plan(**changed: Any) -> commands.PublishRecordPlan:
    return commands.PublishRecordPlan.model_validate_json(_json({**PLAN, **changed}))


def item(**changed: Any) -> commands.ConfigurePermitItem:
    return commands.ConfigurePermitItem.model_validate_json(_json({**ITEM, **changed}))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


async def refused(ledger: MemoryLedger, decide: Any, code: str) -> None:
    with pytest.raises(CasetrailError) as refusal:
        await ledger.execute(decide)
    assert refusal.value.code == code


async def test_a_record_plan_is_published_in_the_stream_of_the_agency() -> None:
    ledger = await agency()
    done = await ledger.execute(service.publish_record_plan(plan(), ADMIN))
    [new] = done.facts
    assert new.stream == "agency:xinzheng:xinzheng"
    assert isinstance(new.payload, RecordPlanPublishedV1)
    assert new.payload.model_dump(mode="json") == PLAN


async def test_the_steps_of_a_permit_item_run_from_the_beginning_or_from_an_earlier_step() -> None:
    ledger = await agency()
    done = await ledger.execute(service.configure_permit_item(item(), ADMIN))
    said = done.facts[0].payload
    assert isinstance(said, PermitItemConfiguredV1)
    assert [(step.step, step.starts_with, step.limit and step.limit.value) for step in said.steps] == [
        ("review", "acceptance", 5),
        ("delivery", "review", None),
    ]
    for steps in (ITEM["steps"][::-1], ITEM["steps"] * 2, [{"step": "a", "from": "a"}]):
        await refused(ledger, service.configure_permit_item(item(steps=steps), ADMIN), "field_missing")


async def test_a_plan_names_record_types_that_exist() -> None:
    wrong = plan(extra_items=[{"item": "x", "stage": "initiation", "record_type": "no_such_record"}])
    await refused(await agency(), service.publish_record_plan(wrong, ADMIN), "field_missing")


async def test_only_an_administrator_of_a_registered_agency_lays_things_down() -> None:
    await refused(await agency(), service.publish_record_plan(plan(), FENG), "role_not_allowed")
    nobody = MemoryLedger("intake", FOLDS, react)
    await refused(nobody, service.configure_permit_item(item(), ADMIN), "not_found")


async def test_every_plan_is_kept_and_of_an_item_the_latest_word() -> None:
    ledger = await agency()
    await ledger.execute(service.publish_record_plan(plan(), ADMIN))
    await ledger.execute(service.publish_record_plan(plan(version="RP-2025-2"), ADMIN))
    await ledger.execute(service.configure_permit_item(item(), ADMIN))
    await ledger.execute(service.configure_permit_item(item(name="食品生产许可"), ADMIN))
    kept = await ledger.view().found(LAID_DOWN, "xinzheng")
    assert [one.version for one in kept.plans] == ["RP-2025-1", "RP-2025-2"]
    assert [one.name for one in kept.items.values()] == ["食品生产许可"]
    assert LAID_DOWN.load(LAID_DOWN.dump(kept)) == kept
