"""Clauses that are the sum of others: the worst of their leaves."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from casetrail_common.facts.archive import FindingStatus
from casetrail_common.rules.engine import Finding
from casetrail_common.rules.judging import WORSE
from casetrail_common.rules.pack import Pack


@dataclass(frozen=True, slots=True)
class RollUp:
    """How a whole clause stands in a scope."""

    rule: str
    status: FindingStatus
    due: datetime | None
    """The earliest period that is still running."""
    leaves: tuple[str, ...]


def leaves(pack: Pack) -> Mapping[str, tuple[str, ...]]:
    """Return the clauses that are the sum of others, with these.

    Where the pack names none, they are those whose ids add an item number; `x*` stands for all that begin with x.
    """
    return {
        whole: tuple(rule.id for rule in pack.rules if _is_leaf(rule.id, named or (f"{whole}(*",)))
        for whole, named in pack.text.rollups.items()
    }


def _is_leaf(rule: str, named: tuple[str, ...]) -> bool:
    return any(rule.startswith(name[:-1]) if name.endswith("*") else rule == name for name in named)


def rolled_up(pack: Pack, findings: Iterable[Finding]) -> Iterator[RollUp]:
    """Yield how each such clause of a pack stands, over all subjects of the findings."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    for whole, parts in leaves(pack).items():
        found = [finding for part in parts for finding in by_rule.get(part, ())]
        worst = max((WORSE.index(finding.status) for finding in found), default=0)
        running = (finding.next_due for finding in found if finding.next_due is not None)
        yield RollUp(whole, WORSE[worst], min(running, default=None), parts)
