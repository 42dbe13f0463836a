"""Judging a case: a pure function of the law, the facts and the instant."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from casetrail_common.calendar import UNKNOWN, Calendar, local_day
from casetrail_common.facts.archive import FindingChangedV1, FindingStatus
from casetrail_common.rules.casefile import CASE, CaseFile, Thing, Value
from casetrail_common.rules.limits import BORN, Clock, Promptly, Verdict, Within, judge
from casetrail_common.rules.nodes import Look, Met
from casetrail_common.rules.pack import ActivePack, Duty, Rule, Versions

ENGINE: Final = "1"
"""Version of the engine; another one may judge the same facts otherwise."""

Severity = Literal["error", "warning"]
Settings = Mapping[str, str | int | bool]
ROLLS_OVER: Final = "calendar_day_rollover"
"""Setting of an agency: whether periods of calendar days end on a working day."""

BROKEN: Final = frozenset({"violated", "overdue"})
"""The statuses of a duty that is not fulfilled."""


@dataclass(frozen=True, slots=True)
class LawBook:
    """What a case is judged by: everything but the facts and the instant."""

    packs: tuple[ActivePack, ...]
    calendar: Calendar = UNKNOWN
    settings: Settings = field(default_factory=dict)
    """The agency's own, by name."""

    @property
    def clock(self) -> Clock:
        """Return what turns periods into due dates."""
        return Clock(self.calendar, rolls_over=bool(self.settings.get(ROLLS_OVER, True)))


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
    engine: str = ENGINE

    def as_fact(self, case: str) -> FindingChangedV1:
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
        )


def evaluate(book: LawBook, file: CaseFile, *, as_of: datetime) -> tuple[Finding, ...]:
    """Return every finding on a case, in the order of the packs, their rules, and the age of the subjects.

    A rule that does not reach a subject yields no finding on it.
    """
    versions, look = Versions(book.packs), Look(file, as_of)
    return tuple(f for active, rule in versions.rules() for f in findings_of(rule, active, book, versions, look))


def findings_of(rule: Rule, active: ActivePack, book: LawBook, versions: Versions, look: Look) -> Iterator[Finding]:
    """Yield the findings of one rule, on the subjects whose law this version of the pack is."""
    for duty in rule.duties:
        for subject in look.file.of_kind(duty.kind):
            if _reaches(rule, duty, look, subject):
                judged = _judge(duty, book, look, subject)
                if versions.is_law_of(active, local_day(judged.day)):
                    yield _finding(rule, active, look, judged)


@dataclass(frozen=True, slots=True)
class _Judged:
    subject: Thing
    verdict: Verdict
    met: Met | None
    day: datetime
    """The instant whose law it is: a period's is that of its trigger, any other duty's that of the subject's birth."""


def _reaches(rule: Rule, duty: Duty, look: Look, subject: Thing) -> bool:
    return (
        not rule.conduct.isdisjoint(_conduct_types(look.file, subject))
        and duty.where.match(look, subject) is not None
        and not (duty.except_ and duty.except_.met(look, subject))
        and (duty.when is None or duty.when.met(look, subject) is not None)
    )


def _conduct_types(file: CaseFile, subject: Thing) -> Iterator[Value]:
    """Yield the conduct type of the case, and those of the acts embedded in it that the subject belongs to."""
    for thing in (subject, *file.of_kind(CASE), *file.near(subject, "activity")):
        if held := thing.held.get("conduct_type"):
            yield held.value


def _judge(duty: Duty, book: LawBook, look: Look, subject: Thing) -> _Judged:
    born = BORN.at(look, subject) or look.now
    if duty.must is None:
        return _Judged(subject, Verdict("satisfied"), None, born)
    ways = (duty.must, *duty.unless)
    met = next((met for way in ways if (met := way.met(look, subject))), None)
    anchored = None if isinstance(duty.limit, Promptly) else duty.limit.anchor.at(look, subject)
    verdict = judge(duty.limit, met, anchored=anchored, now=look.now, clock=book.clock)
    return _Judged(subject, verdict, met, anchored or born if isinstance(duty.limit, Within) else born)


def _finding(rule: Rule, active: ActivePack, look: Look, judged: _Judged) -> Finding:
    verdict, met, subject = judged.verdict, judged.met, judged.subject
    is_broken = verdict.status in BROKEN
    offences = [
        i for i in look.file.near(subject, "incident") if (clause := i.held.get("clause")) and clause.value == rule.id
    ]
    return Finding(
        rule=rule.id,
        subject=subject.id,
        subject_kind=subject.kind,
        status=verdict.status,
        severity=("warning" if rule.modality == "must_as_appropriate" else "error") if is_broken else None,
        due=verdict.due,
        provisional=verdict.provisional,
        late_by_s=verdict.late_by_s,
        basis=met.basis if met and not is_broken else None,
        evidence=met.evidence if met else tuple(incident.id for incident in offences),
        incidents=len(offences),
        next_due=verdict.due if verdict.status == "pending" else None,
        pack=active.pack.name,
        calendar=verdict.calendar,
    )
