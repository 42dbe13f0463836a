"""Judging one object by one sentence."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Final

from casetrail_common.calendar import UNKNOWN, Calendar, local_day
from casetrail_common.facts.archive import FindingStatus
from casetrail_common.rules.casefile import AGENCY, CASE, Thing, Value
from casetrail_common.rules.limits import Clock, Promptly, Verdict, Within, begun_at, judge, moves_at, settled
from casetrail_common.rules.look import Look, Met, Settings
from casetrail_common.rules.model import model
from casetrail_common.rules.pack import ActivePack, Duty, Rule, Versions

ROLLS_OVER: Final = "calendar_day_rollover"
"""Setting of an agency: whether periods of calendar days end on a working day."""

BROKEN: Final = frozenset({"violated", "overdue"})
"""The statuses of a duty that is not fulfilled."""

WORSE: Final[tuple[FindingStatus, ...]] = (
    "not_applicable",
    "satisfied",
    "pending",
    "needs_review",
    "overdue",
    "violated",
)
"""The statuses, the worst last."""

NOT_APPLICABLE: Final = Verdict("not_applicable")


@dataclass(frozen=True)
class LawBook:
    """What a case is judged by: everything but the facts and the instant."""

    packs: tuple[ActivePack, ...]
    calendar: Calendar = UNKNOWN
    settings: Settings = field(default_factory=dict)
    """The agency's own, by name."""

    @cached_property
    def versions(self) -> Versions:
        """Which law is that of a day."""
        return Versions(self.packs)

    @cached_property
    def clock(self) -> Clock:
        """What turns periods into due dates."""
        return Clock(self.calendar, rolls_over=bool(self.settings.get(ROLLS_OVER, True)))


@dataclass(frozen=True, slots=True)
class Judged:
    """How one object stands to one sentence."""

    subject: Thing
    verdict: Verdict
    met: Met | None
    day: datetime
    """The instant whose law it is: a period's is that of its trigger, any other duty's that of the subject's birth."""
    ends_at: datetime | None = None
    """When the period ends, if that is still ahead: one second later the status is another one."""
    begun_at: datetime | None = None
    """When that period began."""


@dataclass(frozen=True)
class Judging:
    """Judges objects of one case file in one instant."""

    book: LawBook
    look: Look
    _looks: dict[str, Look] = field(default_factory=dict)
    """The look with each subject in it, by the id of the subject."""

    def _at(self, subject: Thing, base_due: datetime | None = None) -> Look:
        if base_due is not None:
            return replace(self.look, subject=subject, base_due=base_due)
        if subject.id not in self._looks:
            self._looks[subject.id] = replace(self.look, subject=subject)
        return self._looks[subject.id]

    def judged(self, rule: Rule, duty: Duty, subject: Thing) -> Judged | None:
        """Return how an object stands to a sentence; None if the sentence does not reach it."""
        if rule.relaxes:
            return self._relaxing(rule, duty, subject)
        judged = self._plain(rule, duty, subject)
        if judged is None:
            return None
        if self._is_superseded(rule, judged) or self._is_relaxed(rule, judged):
            return replace(judged, verdict=NOT_APPLICABLE, met=None, ends_at=None)
        return judged

    def _plain(self, rule: Rule, duty: Duty, subject: Thing, base_due: datetime | None = None) -> Judged | None:
        look = self._at(subject, base_due)
        if not reaches(rule, duty, look, subject):
            return None
        if not rule.sets and duty.must is None:
            return Judged(subject, Verdict("satisfied"), None, self._day(subject))
        met = self._met(rule, duty, look, subject)
        limit = settled(duty.limit, look, subject)
        anchored = None if isinstance(limit, Promptly) else limit.anchor.at(look, subject)
        verdict = judge(limit, met, anchored=anchored, now=look.now, clock=self.book.clock)
        if moves := moves_at(limit, verdict, anchored=anchored, now=look.now):
            look.asked.stands_until(moves)
        day = self._day(subject)
        if isinstance(limit, Within):
            day = anchored or day
        ends_at = verdict.due if verdict.status == "pending" else None
        begun = begun_at(limit, look, subject, anchored) if ends_at else None
        return Judged(subject, _shown(rule, limit, verdict), met, day, ends_at, begun)

    def _met(self, rule: Rule, duty: Duty, look: Look, subject: Thing) -> Met | None:
        if rule.sets:
            born = subject.at or look.moment()
            return duty.when.met(look, subject) if duty.when else Met(born, (subject.id,))
        ways = (duty.must, *duty.unless)
        return next((met for way in ways if way and (met := way.met(look, subject))), None)

    def _day(self, subject: Thing) -> datetime:
        if subject.at is None or model()[subject.kind].is_standing:
            return self.look.moment()
        return subject.at

    def _is_superseded(self, rule: Rule, judged: Judged) -> bool:
        versions = self.book.versions
        return versions.has_children(rule.id) and versions.superseding(rule.id, local_day(judged.day)) is not None

    # --- 放宽 --------------------------------------------------------------------------------------------------------

    def _is_relaxed(self, rule: Rule, base: Judged) -> bool:
        relaxing = self.book.versions.relaxing(rule.id)
        if not relaxing:
            return False
        found = (
            self._exception(exception, duty, base.subject, base.verdict.due)
            for exception in relaxing
            for duty in exception.duties
            if duty.kind == base.subject.kind
        )
        return any(judged and judged.verdict.status != "not_applicable" for judged in found)

    def _relaxing(self, rule: Rule, duty: Duty, subject: Thing) -> Judged | None:
        bases = (
            judged
            for base in self.book.versions.named(rule.relaxes or "")
            for base_duty in base.duties
            if base_duty.kind == subject.kind and (judged := self._plain(base, base_duty, subject))
        )
        base = next(bases, None)
        return self._exception(rule, duty, subject, base.verdict.due if base else None)

    def _exception(self, rule: Rule, duty: Duty, subject: Thing, base_due: datetime | None) -> Judged | None:
        """Judge by an exceptional rule, which may only relax: where it ends no later, the base rule stands."""
        judged = self._plain(rule, duty, subject, base_due=base_due)
        if judged is None or not isinstance(duty.limit, Within):
            return judged
        anchored = duty.limit.anchor.at(self._at(subject, base_due), subject)
        if anchored is None:
            return judged
        if judged.met and judged.met.since < anchored:
            return replace(judged, verdict=Verdict("satisfied"), ends_at=None)
        own = judged.verdict.due
        if own is not None and base_due is not None and own <= base_due:
            return replace(judged, verdict=NOT_APPLICABLE, met=None, ends_at=None)
        return judged


def _shown(rule: Rule, limit: object, verdict: Verdict) -> Verdict:
    """Return a verdict as the rule wants it told when a period has passed."""
    if not isinstance(limit, Within):
        return verdict
    match rule.missed, verdict.status:
        case _, "overdue":
            verdict = replace(verdict, status=rule.missed)
        case "needs_review", "violated":  # What somebody had to look at has been put right since.
            verdict = replace(verdict, status="satisfied")
    if limit.is_hidden or (rule.missed == "needs_review" and verdict.status == "satisfied"):
        verdict = replace(verdict, due=None, late_by_s=None, provisional=False, calendar=None)
    return verdict


def reaches(rule: Rule, duty: Duty, look: Look, subject: Thing) -> bool:
    """Whether a sentence speaks of an object as it is now."""
    return (
        duty.where.match(look, subject) is not None
        and _is_of_its_conduct(rule, look, subject)
        and not (duty.except_ and duty.except_.met(look, subject))
        and (duty.when is None or duty.when.met(look, subject) is not None)
    )


def _is_of_its_conduct(rule: Rule, look: Look, subject: Thing) -> bool:
    """Whether a rule applies to the conduct that an object belongs to; what belongs to none is of every regulation."""
    conduct = frozenset(_conduct_types(look, subject))
    if rule.conduct is None:
        return not conduct or not rule.scope.isdisjoint(conduct)
    return not rule.conduct.isdisjoint(conduct)


def _conduct_types(look: Look, subject: Thing) -> Iterator[Value]:
    """Yield the conduct type of the case, and those of the acts embedded in it that the subject belongs to."""
    if subject.kind == AGENCY:
        return  # It is bound by each regulation that is in force for it, whatever was done of late.
    cases = () if model()[subject.kind].is_targeted else look.near(subject, CASE)
    for thing in (subject, *cases, *look.near(subject, "activity")):
        if held := thing.held.get("conduct_type"):
            yield held.value
