"""What a command may not do: a rule refuses it if the case after it would newly break the rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casetrail_common.ledger.append import NewFact
from casetrail_common.rules.casefile import CaseFile
from casetrail_common.rules.engine import BROKEN, LawBook, findings_of
from casetrail_common.rules.happenings import Happening, after
from casetrail_common.rules.nodes import Look
from casetrail_common.rules.pack import ActivePack, Rule, Versions


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command would break the law."""

    code: str
    clause: str
    pack: str
    """`pack@version`."""


def gate(book: LawBook, file: CaseFile, facts: Sequence[NewFact], *, command: str, now: datetime) -> Refusal | None:
    """Return why a command is refused, or None.

    Parameters
    ----------
    facts
        What the command would append.
    """
    versions = Versions(book.packs)
    gating = [(active, rule) for active, rule in versions.rules() if rule.gate and rule.gate.refuses == command]
    if not gating:
        return None
    proposed = after(file, *(Happening.proposed(new, now=now) for new in facts))
    for active, rule in gating:
        broken = [_broken(rule, active, book, versions, Look(seen, now)) for seen in (file, proposed)]
        if rule.gate and broken[1] - broken[0]:
            return Refusal(rule.gate.code, rule.id, active.pack.name)
    return None


def _broken(rule: Rule, active: ActivePack, book: LawBook, versions: Versions, look: Look) -> set[str]:
    found = findings_of(rule, active, book, versions, look)
    return {finding.subject for finding in found if finding.status in BROKEN}
