"""Judging a case: a pure function of the law, the facts and the instant."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from casetrail_common.calendar import local_day
from casetrail_common.facts.archive import FindingChangedV1, FindingStatus
from casetrail_common.rules.casefile import CaseFile, Thing
from casetrail_common.rules.derived import STEP, with_steps
from casetrail_common.rules.judging import BROKEN, WORSE, Judged, Judging, LawBook
from casetrail_common.rules.look import Look
from casetrail_common.rules.pack import ActivePack, Rule

ENGINE: Final = "1"
"""Version of the engine; another one may judge the same facts otherwise."""

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """How a rule judges a subject."""

    rule: str
    subject: str
    subject_kind: str
    status: FindingStatus
    severity: Severity | None
    due: datetime | None
    provisional: bool
    """The due date rests on a year whose calendar is not announced."""
    late_by_s: int | None
    basis: str | None
    evidence: tuple[str, ...]
    """Ids of the objects that show it."""
    incidents: int
    """Refused attempts to break a prohibition."""
    next_due: datetime | None
    """The due date, if it is still ahead: one second later the duty would be overdue."""
    pack: str
    calendar: str | None
    """Version of the calendar that the due date was counted on; None if it counts no working days."""
    mitigation: str | None = None
    """The rule whose fulfilment makes the breach less grave."""
    since: datetime | None = None
    """Since when a consequence that the clause sets has held."""
    sets: Mapping[str, str] = field(default_factory=dict)
    """What follows by operation of law, as long as it does."""
    begun: datetime | None = None
    """When the period began that ends at `next_due`."""
    engine: str = ENGINE

    def as_fact(self, case: str | None) -> FindingChangedV1:
        """Return the finding as archive records it."""
        return FindingChangedV1(
            case=case,
            rule=self.rule,
            subject=self.subject,
            status=self.status,
            severity=self.severity,
            due=self.due,
            provisional=self.provisional,
            late_by_s=self.late_by_s,
            basis=self.basis,
            evidence=list(self.evidence),
            pack=self.pack,
            calendar=self.calendar,
            engine=self.engine,
            mitigation=self.mitigation,
            incidents=self.incidents,
            since=self.since,
        )


def evaluate(
    book: LawBook, file: CaseFile, *, as_of: datetime, of: Container[str] | None = None
) -> tuple[Finding, ...]:
    """Return every finding on a case, in the order of the packs, their rules, and the age of the subjects.

    A rule that does not reach a subject yields no finding on it.

    Parameters
    ----------
    of
        Judge only objects with these ids: where the file also holds what other cases share with it.
    """
    judging = Judging(book, Look(with_steps(file), as_of, book.settings))
    return tuple(
        finding
        for active, rule in book.versions.rules()
        for subject in subjects(rule, judging.look.file, of=of)
        if (finding := finding_on(subject, rule, active, judging))
    )


def subjects(rule: Rule, file: CaseFile, *, of: Container[str] | None = None) -> Iterator[Thing]:
    """Yield the objects that a rule may speak of: kind by kind, oldest first."""
    for kind in rule.kinds:
        for subject in file.of_kind(kind):
            if of is None or subject.id in of or kind == STEP:
                yield subject


def finding_on(subject: Thing, rule: Rule, active: ActivePack, judging: Judging) -> Finding | None:
    """Return the finding of a rule on an object; None if it does not reach it, or if another version is its law."""
    parts = [
        judged
        for duty in rule.duties
        if duty.kind == subject.kind
        and (judged := judging.judged(rule, duty, subject))
        and judging.book.versions.is_law_of(active, local_day(judged.day))
    ]
    return _finding(rule, active, judging, parts) if parts else None


def _finding(rule: Rule, active: ActivePack, judging: Judging, parts: Sequence[Judged]) -> Finding:
    """Return the finding on a subject: the worst of its parts, with the time of those that have one."""
    worst = timed = parts[0]
    if len(parts) > 1:
        worst = max(parts, key=lambda part: WORSE.index(part.verdict.status))
        timed = max(parts, key=_weight_of_time)
    verdict, met, subject = worst.verdict, worst.met, worst.subject
    is_broken = verdict.status in BROKEN
    offences = [
        i
        for i in judging.look.near(subject, "incident")
        if (clause := i.held.get("clause")) and clause.value == rule.id
    ]
    applies = verdict.status != "not_applicable"
    ending = [(part.ends_at, part.begun_at) for part in parts if part.ends_at and verdict.status == "pending"]
    next_due, begun = min(ending, key=lambda one: one[0], default=(None, None))
    return Finding(
        rule=rule.id,
        subject=subject.id,
        subject_kind=subject.kind,
        status=verdict.status,
        severity=("warning" if rule.modality == "must_as_appropriate" else "error") if is_broken else None,
        due=timed.verdict.due if applies else None,
        provisional=timed.verdict.provisional and applies,
        late_by_s=timed.verdict.late_by_s if applies else None,
        basis=met.basis if met and not is_broken else None,
        evidence=met.evidence if met else tuple(incident.id for incident in offences),
        incidents=len(offences),
        next_due=next_due,
        pack=active.pack.name,
        calendar=timed.verdict.calendar if applies else None,
        mitigation=_mitigation(rule, judging.look, subject) if is_broken else None,
        since=met.since if met and rule.sets else None,
        sets=dict(rule.sets) if verdict.status == "satisfied" else {},
        begun=begun,
    )


def _weight_of_time(part: Judged) -> tuple[bool, int, float]:
    """Return how much the period of a part counts: of equals the first to end, or once kept the last."""
    verdict = part.verdict
    if verdict.due is None:
        return False, WORSE.index(verdict.status), 0
    end = verdict.due.timestamp()
    return True, WORSE.index(verdict.status), end if verdict.status == "satisfied" else -end


def _mitigation(rule: Rule, look: Look, subject: Thing) -> str | None:
    for mitigation in rule.mitigations:
        if mitigation.kind == subject.kind and mitigation.node.met(look, subject):
            return mitigation.rule
    return None
