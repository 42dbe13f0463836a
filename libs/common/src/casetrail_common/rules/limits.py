"""By when a requirement must be met, and what follows from when it was."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from casetrail_common.calendar import CALENDAR_UNITS, Calendar, Due, Period, due, whole_second
from casetrail_common.facts.archive import FindingStatus
from casetrail_common.rules.casefile import BIRTH, Thing
from casetrail_common.rules.nodes import Look, Met


@dataclass(frozen=True, slots=True)
class Anchor:
    """A point in time: an attribute of the subject or of what is linked to it."""

    kind: str | None
    """Kind of the linked objects; None for the subject itself."""
    attribute: str

    def at(self, look: Look, subject: Thing) -> datetime | None:
        """Return the latest of the instants, once all of them are known."""
        things = look.file.near(subject, self.kind) if self.kind else (subject,)
        instants = [_instant(thing, self.attribute) for thing in things]
        known = [instant for instant in instants if instant is not None]
        return max(known) if known and len(known) == len(instants) else None


BORN: Final = Anchor(None, BIRTH)
"""The instant at which the subject came into being."""


@dataclass(frozen=True, slots=True)
class Within:
    """期限: the text gives a period. Inclusive; what is late stays late."""

    period: Period
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class Before:
    """事前: it must precede an event; afterwards it cannot be made good."""

    anchor: Anchor


@dataclass(frozen=True, slots=True)
class Once:
    """届时: from an event on it must be there; what is missing can be made good (补正)."""

    anchor: Anchor


@dataclass(frozen=True, slots=True)
class Promptly:
    """及时、立即: a duty without a number, never broken by time alone."""


Limit = Within | Before | Once | Promptly


@dataclass(frozen=True, slots=True)
class Verdict:
    """The status of a duty, and the time it rests on."""

    status: FindingStatus
    due: datetime | None = None
    provisional: bool = False
    late_by_s: int | None = None
    calendar: str | None = None
    """Version of the calendar that the due date was counted on; None for periods that count no working days."""


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
            is_counted = limit.period.unit in CALENDAR_UNITS
            return _within(clock.due(limit, anchored), met, now, clock.calendar.version if is_counted else None)


def _within(end: Due, met: Met | None, now: datetime, calendar: str | None) -> Verdict:
    """Judge a period. Instants lose their fraction first, since the period lasts until its last second is over."""
    verdict = Verdict("satisfied", due=end.at, provisional=end.provisional, calendar=calendar)
    late = whole_second(met.since if met else now) - end.at
    if late.total_seconds() <= 0:
        return verdict if met else replace(verdict, status="pending")
    if met is None:
        return replace(verdict, status="overdue")
    return replace(verdict, status="violated", late_by_s=int(late.total_seconds()))


def _instant(thing: Thing, name: str) -> datetime | None:
    if name == BIRTH:
        return thing.at
    held = thing.held.get(name)
    return held.value if held and isinstance(held.value, datetime) else None
