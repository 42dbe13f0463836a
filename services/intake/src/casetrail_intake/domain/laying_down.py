"""What an agency has laid down for its cases: record plans (记录方案) and permit items (许可事项)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from casetrail_common.facts.acts import PermitItemConfiguredV1, RecordPlanPublishedV1
from casetrail_common.ledger.fact import Fact


@dataclass(frozen=True)
class LaidDown:
    """Every version of every record plan, in the order in which they were published, and each permit item."""

    plans: tuple[RecordPlanPublishedV1, ...] = ()
    items: Mapping[str, PermitItemConfiguredV1] = field(default_factory=dict)
    """By code; the latest word on an item counts."""


def evolve_laid_down(known: LaidDown | None, fact: Fact) -> LaidDown | None:
    """Return what is laid down after a fact."""
    before = known or LaidDown()
    match fact.payload:
        case RecordPlanPublishedV1() as plan:
            return replace(before, plans=(*before.plans, plan))
        case PermitItemConfiguredV1() as item:
            return replace(before, items={**before.items, item.item: item})
    return known
