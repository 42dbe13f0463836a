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
from casetrail_common.rules.pack import ActivePack, Rule, Versions

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
    versions, look = Versions(book.packs), Look(with_steps(file), as_of, book.settings)
    judging = Judging(book, versions, look)
    return tuple(finding for active, rule in versions.rules() for finding in findings_of(rule, active, judging, of=of))


def findings_of(
    rule: Rule, active: ActivePack, judging: Judging, *, of: Container[str] | None = None
) -> Iterator[Finding]:
    """Yield the findings of one rule, on the subjects whose law this version of the pack is."""
    found: dict[str, list[Judged]] = {}
    for duty in rule.duties:
        for subject in judging.look.file.of_kind(duty.kind):
            if of is not None and subject.id not in of and duty.kind != STEP:
                continue
            judged = judging.judged(rule, duty, subject)
            if judged and judging.versions.is_law_of(active, local_day(judged.day)):
                found.setdefault(subject.id, []).append(judged)
    for parts in found.values():
        yield _finding(rule, active, judging, parts)


def _finding(rule: Rule, active: ActivePack, judging: Judging, parts: Sequence[Judged]) -> Finding:
    """Return the finding on a subject: the worst of its parts, with the time of those that have one."""
    worst = max(parts, key=lambda part: WORSE.index(part.verdict.status))
    timed = max(parts, key=lambda part: (part.verdict.due is not None, WORSE.index(part.verdict.status)))
    verdict, met, subject = worst.verdict, worst.met, worst.subject
    is_broken = verdict.status in BROKEN
    offences = [
        i
        for i in judging.look.file.near(subject, "incident")
        if (clause := i.held.get("clause")) and clause.value == rule.id
    ]
    applies = verdict.status != "not_applicable"
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
        next_due=worst.ends_at,
        pack=active.pack.name,
        calendar=timed.verdict.calendar if applies else None,
        mitigation=_mitigation(rule, judging.look, subject) if is_broken else None,
        since=met.since if met and rule.sets else None,
        sets=dict(rule.sets) if verdict.status == "satisfied" else {},
    )


def _mitigation(rule: Rule, look: Look, subject: Thing) -> str | None:
    for mitigation in rule.mitigations:
        if mitigation.kind == subject.kind and mitigation.node.met(look, subject):
            return mitigation.rule
    return None
