"""Which days are working days: Monday to Friday, less the holidays, plus the make-up workdays."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from typing import Final

from casetrail_common.facts.archive import CalendarLoadedV1

_WORKDAYS_A_WEEK: Final = 5
_DAYS_A_WEEK: Final = 7


@dataclass(frozen=True)
class Calendar:
    """One version of the working-day calendar; days are counted by their ordinals.

    It answers for every year. Beyond `years` it knows no holiday, so what rests on such a year is provisional.
    """

    version: str
    years: frozenset[int]
    """Years whose arrangement has been announced."""
    free_weekdays: tuple[int, ...]
    """Ordinals of the days from Monday to Friday that are holidays, ascending."""
    worked_weekend_days: tuple[int, ...]
    """Ordinals of the Saturdays and Sundays that are worked, ascending."""

    @classmethod
    def of(cls, loaded: CalendarLoadedV1) -> "Calendar":
        """Return the calendar that a fact carries; a make-up workday wins over a holiday."""
        worked = {day.toordinal() for day in loaded.make_up_workdays}
        free = {
            day
            for holiday in loaded.holidays
            for day in range(holiday.first.toordinal(), holiday.last.toordinal() + 1)
            if _is_weekday(day)
        }
        return cls(
            version=loaded.calendar,
            years=frozenset(loaded.years),
            free_weekdays=tuple(sorted(free - worked)),
            worked_weekend_days=tuple(sorted(day for day in worked if not _is_weekday(day))),
        )

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on a day, as far as is known."""
        return self._worked(day.toordinal()) > self._worked(day.toordinal() - 1)

    def working_day_after(self, day: date, count: int) -> date:
        """Return the `count`-th working day after a day, which itself is not counted."""
        start = day.toordinal()
        # Two days for each one wanted outlast the weekends; each holiday takes at most one more weekday away.
        far_enough = 2 * (count + len(self.free_weekdays) + _DAYS_A_WEEK)
        beyond = range(start + 1, start + far_enough)
        return date.fromordinal(beyond[bisect_left(beyond, self._worked(start) + count, key=self._worked)])

    def working_day_from(self, day: date) -> date:
        """Return a day itself if it is worked, otherwise the next working day."""
        return self.working_day_after(date.fromordinal(day.toordinal() - 1), 1)

    def knows(self, first: date, last: date) -> bool:
        """Whether the arrangement of every year from one day to another has been announced."""
        return self.years.issuperset(range(first.year, last.year + 1))

    def _worked(self, day: int) -> int:
        """Count the working days from the beginning of time to a day, inclusive. Ordinal 1 is a Monday."""
        weeks, rest = divmod(day, _DAYS_A_WEEK)
        weekdays = _WORKDAYS_A_WEEK * weeks + min(rest, _WORKDAYS_A_WEEK)
        return weekdays - bisect_right(self.free_weekdays, day) + bisect_right(self.worked_weekend_days, day)


UNKNOWN: Final = Calendar("none", frozenset(), (), ())
"""What is known before a calendar is loaded: weekends. Every due date that counts working days is provisional."""


def _is_weekday(day: int) -> bool:
    return 0 < day % _DAYS_A_WEEK <= _WORKDAYS_A_WEEK
