"""What a command may not do: a rule refuses it if the case after it would newly break the rule."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from casetrail_common.ledger.append import NewFact
from casetrail_common.rules.casefile import CaseFile
from casetrail_common.rules.derived import with_steps
from casetrail_common.rules.engine import finding_on, subjects
from casetrail_common.rules.happenings import Happening, after
from casetrail_common.rules.judging import BROKEN, Judging, LawBook
from casetrail_common.rules.look import Look
from casetrail_common.rules.pack import ActivePack, Gate, Rule


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
    gating = [
        (active, rule, gate_)
        for active, rule in book.versions.rules()
        for gate_ in rule.gates
        if gate_.refuses == command
    ]
    if not gating:
        return None
    proposed = after(file, *(Happening.proposed(new, now=now) for new in facts))
    before, then = (Judging(book, Look(with_steps(seen), now, book.settings)) for seen in (file, proposed))
    for active, rule, gate_ in gating:
        judged = as_gated(rule, gate_)
        if _broken(judged, active, then) - _broken(judged, active, before):
            return Refusal(gate_.code, rule.id, active.pack.name)
    return None


def as_gated(rule: Rule, gate_: Gate) -> Rule:
    """Return the rule as the gate asks it: of what the command brings about, if that is not the subject.

    The act that shows which conduct type it is comes only afterwards.
    """
    return replace(rule, duties=(gate_.target,), relaxes=None, conduct=None) if gate_.target else rule


def _broken(rule: Rule, active: ActivePack, judging: Judging) -> set[str]:
    found = (finding_on(subject, rule, active, judging) for subject in subjects(rule, judging.look.file))
    return {finding.subject for finding in found if finding and finding.status in BROKEN}
