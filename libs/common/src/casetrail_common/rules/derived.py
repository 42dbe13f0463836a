"""Objects that no single fact brings into being.

The steps of a permit case, from its item and what was recorded; the key steps of an activity, from the record plan.
"""

from datetime import datetime
from typing import Final

from casetrail_common.rules.casefile import CASE, CaseFile, Thing
from casetrail_common.rules.draft import Draft
from casetrail_common.rules.look import instant_of, value_of
from casetrail_common.rules.model import FIELDS

STEP: Final = "step"
"""The kind of the objects made here; they belong to the case."""

_BEGINS: Final = {"registration": "at", "acceptance": "opened_at"}
"""What a step may run from, beside another step: the attribute of the case."""


KEY_STEP: Final = "key_step"


def with_steps(file: CaseFile) -> CaseFile:
    """Return a case file with the steps that its permit item goes through, and the key steps of its activities."""
    configured = file.of_kind("item_step")
    plans = [plan for plan in file.of_kind("record_plan") if value_of(plan, "key_steps")]
    if not configured and not plans:
        return file
    draft = Draft.of(file)
    for case in file.of_kind(CASE):
        for step in configured:
            if value_of(step, "item") == value_of(case, "item"):
                _bear(file, draft, case, step)
        for plan in plans:
            if all(value_of(plan, name) == value_of(case, name) for name in ("conduct_type", "procedure")):
                _bear_key_steps(file, draft, plan)
    return draft.done()


def _bear_key_steps(file: CaseFile, draft: Draft, plan: Thing) -> None:
    """Give each activity that names no key steps itself those of the record plan."""
    for activity in file.of_kind("activity"):
        if activity.at is None or file.near(activity, KEY_STEP):
            continue
        for name in value_of(plan, "key_steps") or ():  # type: ignore[union-attr]  # names come as a tuple
            id_ = f"{activity.id}/key_step/{name}"
            draft.bear(KEY_STEP, id_, activity.at, name=name)
            draft.link(id_, activity.id)


def _bear(file: CaseFile, draft: Draft, case: Thing, step: Thing) -> None:
    name = str(value_of(step, "name"))
    begun = _begun(file, case, str(value_of(step, "starts_with")))
    if begun is None:
        return
    id_ = f"{case.id}/step/{name}"
    draft.bear(STEP, id_, begun, name=name, limit=value_of(step, "limit"), begun_at=begun)
    draft.link(id_, *(record.id for record in _opinions(file, name)))


def _begun(file: CaseFile, case: Thing, starts_with: str) -> datetime | None:
    if attribute := _BEGINS.get(starts_with):
        return instant_of(case, attribute)
    return min((record.at for record in _opinions(file, starts_with) if record.at), default=None)


def _opinions(file: CaseFile, step: str) -> list[Thing]:
    """Return the records that complete a step."""
    return [record for record in file.of_kind("record") if value_of(record, f"{FIELDS}step") == step]
