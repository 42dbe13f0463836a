"""By when a requirement must be met, and what follows from when it was."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from casetrail_common.calendar import CALENDAR_UNITS, UNITS, Calendar, Due, Period, due, whole_second
from casetrail_common.facts.archive import FindingStatus
from casetrail_common.rules.anchors import BORN, Anchor, When
from casetrail_common.rules.casefile import Thing
from casetrail_common.rules.look import Look, Met, value_of


@dataclass(frozen=True, slots=True)
class PeriodOf:
    """A period that facts or an agency's settings give, and the pack only where they do not."""

    attribute: str | None = None
    """Attribute of the subject."""
    setting: str | None = None
    default: Period | None = None

    def of(self, look: Look, subject: Thing) -> Period | None:
        """Return the period; None if nothing gives one."""
        given = value_of(subject, self.attribute) if self.attribute else look.settings.get(self.setting or "")
        if isinstance(given, int) and not isinstance(given, bool) and self.default:
            return Period(self.default.unit, given)
        if isinstance(given, str):
            count, _, unit = given.partition(" ")
            return Period(unit, int(count)) if unit in UNITS and count.isdecimal() else self.default  # type: ignore[arg-type]
        return self.default


@dataclass(frozen=True, slots=True)
class Within:
    """期限: the text gives a period. Inclusive; what is late stays late."""

    period: Period | PeriodOf
    anchor: When
    is_hidden: bool = False
    """A tolerance of the product rather than a period of the text: no due date is shown."""


@dataclass(frozen=True, slots=True)
class Before:
    """事前: it must precede an event; afterwards it cannot be made good."""

    anchor: When


@dataclass(frozen=True, slots=True)
class Once:
    """届时: from an event on it must be there; what is missing can be made good (补正)."""

    anchor: When


@dataclass(frozen=True, slots=True)
class Promptly:
    """及时、立即: a duty without a number, never broken by time alone."""


Limit = Within | Before | Once | Promptly


def settled(limit: Limit, look: Look, subject: Thing) -> Limit:
    """Return a limit with the period that it has for a subject; a duty without any is one without a number."""
    if not isinstance(limit, Within) or isinstance(limit.period, Period):
        return limit
    period = limit.period.of(look, subject)
    return replace(limit, period=period) if period else Promptly()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The status of a duty, and the time it rests on."""

    status: FindingStatus
    due: datetime | None = None
    provisional: bool = False
    late_by_s: int | None = None
    calendar: str | None = None
    """Version of the calendar that the due date was counted on; None for periods that count no working days."""


ONE_SECOND: Final = timedelta(seconds=1)
"""The law counts whole seconds: until the next one begins a duty can be done in time."""

PENDING: Final = Verdict("pending")
SATISFIED: Final = Verdict("satisfied")
VIOLATED: Final = Verdict("violated")


@dataclass(frozen=True, slots=True)
class Clock:
    """What turns a period into a due date."""

    calendar: Calendar
    rolls_over: bool = True

    def due(self, limit: Within, trigger: datetime) -> Due:
        """Return when a period ends."""
        if not isinstance(limit.period, Period):
            raise TypeError(limit)
        return due(limit.period, trigger, calendar=self.calendar, rolls_over=self.rolls_over)


def judge(limit: Limit, met: Met | None, *, anchored: datetime | None, now: datetime, clock: Clock) -> Verdict:
    """Return the status of a duty.

    Parameters
    ----------
    anchored
        The instant that the limit hangs on; None as long as it is unknown.
    """
    match limit:
        case Promptly():
            return SATISFIED if met else PENDING
        case Once():
            if met:
                return SATISFIED
            return PENDING if anchored is None or now < anchored else VIOLATED
        case Before():
            if anchored is None or now < anchored:
                return SATISFIED if met else PENDING
            return SATISFIED if met and met.since <= anchored else VIOLATED
        case Within():
            if anchored is None:
                return SATISFIED if met else PENDING
            is_counted = isinstance(limit.period, Period) and limit.period.unit in CALENDAR_UNITS
            return _within(clock.due(limit, anchored), met, now, clock.calendar.version if is_counted else None)


def moves_at(limit: Limit, verdict: Verdict, *, anchored: datetime | None, now: datetime) -> datetime | None:
    """Return from when on a duty stands otherwise if nothing but time goes by; None if it does not."""
    if isinstance(limit, Within):
        return verdict.due + ONE_SECOND if verdict.status == "pending" and verdict.due else None
    return anchored if anchored is not None and now < anchored else None


def begun_at(limit: Limit, look: Look, subject: Thing, anchored: datetime | None) -> datetime | None:
    """Return when a period began that is still running.

    One that ends with the day that an order states began when the order stated it.
    """
    if not isinstance(limit, Within) or not isinstance(limit.period, Period):
        return None
    if limit.period.unit == "stated_day" and isinstance(limit.anchor, Anchor):
        return limit.anchor.known_since(look, subject)
    return anchored


def _within(end: Due, met: Met | None, now: datetime, calendar: str | None) -> Verdict:
    """Judge a period. Instants lose their fraction first, since the period lasts until its last second is over."""
    verdict = Verdict("satisfied", due=end.at, provisional=end.provisional, calendar=calendar)
    late = whole_second(met.since if met else now) - end.at
    if late.total_seconds() <= 0:
        return verdict if met else replace(verdict, status="pending")
    if met is None:
        return replace(verdict, status="overdue")
    return replace(verdict, status="violated", late_by_s=int(late.total_seconds()))


__all__ = [
    "BORN",
    "ONE_SECOND",
    "SATISFIED",
    "VIOLATED",
    "Anchor",
    "Before",
    "Clock",
    "Limit",
    "Once",
    "PeriodOf",
    "Promptly",
    "Verdict",
    "Within",
    "begun_at",
    "judge",
    "moves_at",
    "settled",
]
