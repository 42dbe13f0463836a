"""When a period ends that the law sets.

Source: Civil Code of the People's Republic of China, articles 201 and 203: a period of days begins on the next day and
ends with its last day; a period of hours begins at the instant.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from casetrail_common.calendar.days import Calendar
from casetrail_common.facts.units import PeriodUnit

Unit = PeriodUnit | Literal["at_event"]
UNITS: Final[frozenset[str]] = frozenset({*get_args(PeriodUnit), "at_event"})
UNCOUNTED: Final[frozenset[str]] = frozenset({"calendar_day_of_trigger", "stated_day", "at_event"})
"""Units of periods that have no number: the trigger's own day, the day that an order states, the trigger itself."""
CALENDAR_UNITS: Final[frozenset[str]] = frozenset({"days", "working_days"})
"""Units whose periods end otherwise when another calendar is loaded."""

BEIJING: Final = ZoneInfo("Asia/Shanghai")
"""The zone in which days of the law begin and end."""

_LAST_SECOND: Final = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time as a regulation states it."""

    unit: Unit
    count: int = 0
    """How many of the unit; 0 for the units that are not counted."""


@dataclass(frozen=True, slots=True)
class Due:
    """The last second at which something is still in time."""

    at: datetime
    provisional: bool = False
    """It rests on a year whose holidays have not been announced, and is computed anew once they are."""


def local_day(instant: datetime) -> date:
    """Return the date of an instant in the zone of the law."""
    return instant.astimezone(BEIJING).date()


def end_of_day(day: date) -> datetime:
    """Return the last second of a day in the zone of the law."""
    return datetime.combine(day, _LAST_SECOND, BEIJING).astimezone(UTC)


def whole_second(instant: datetime) -> datetime:
    """Return an instant without its fraction of a second: the law counts no smaller unit."""
    return instant.replace(microsecond=0)


def due(period: Period, trigger: datetime, *, calendar: Calendar, rolls_over: bool = True) -> Due:
    """Return when a period ends that an instant triggers.

    Parameters
    ----------
    trigger
        For `stated_day` any instant of the day that the order states.
    rolls_over
        Whether a period of calendar days that would end on a day off ends on the next working day instead.
    """
    day = local_day(trigger)
    match period.unit:
        case "at_event":
            return Due(whole_second(trigger))
        case "seconds":
            return Due(whole_second(trigger) + timedelta(seconds=period.count))
        case "hours":
            return Due(whole_second(trigger) + timedelta(hours=period.count))
        case "calendar_day_of_trigger" | "stated_day":
            return Due(end_of_day(day))
        case "working_days":
            last = calendar.working_day_after(day, period.count)
            return Due(end_of_day(last), provisional=not calendar.knows(day + timedelta(days=1), last))
        case "days":
            unrolled = day + timedelta(days=period.count)
            last = calendar.working_day_from(unrolled) if rolls_over else unrolled
            return Due(end_of_day(last), provisional=rolls_over and not calendar.knows(unrolled, last))
