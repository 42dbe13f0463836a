"""Putting configuration in force: calendars, parameters, retention tables."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from casetrail_archive.commands import (
    HolidayWish,
    LoadCalendar,
    ParameterValue,
    PeriodWish,
    SetParameters,
    SetRetentionTable,
)
from casetrail_common.agencies import AGENCY
from casetrail_common.auth import Principal
from casetrail_common.calendar import calendar_document
from casetrail_common.errors import CasetrailError, not_found
from casetrail_common.facts.archive import (
    CalendarLoadedV1,
    Holiday,
    ParametersSetV1,
    RetentionEntry,
    RetentionTableSetV1,
)
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View

LONGEST_HOLIDAY_DAYS: Final = 31
"""A longer one is a slip of the pen: the arrangements of the State Council know none above ten days."""


def load_calendar(wish: LoadCalendar, who: Principal) -> Decide:
    """Put a calendar in force; the latest one loaded is the one that counts."""

    async def decide(view: View) -> Plan:
        payload = _shipped(wish.calendar) if wish.years is None else _announced(wish, wish.years)
        await view.found(AGENCY, view.agency)
        who.require_for("load_calendar")
        return Plan([view.new_fact("calendar", wish.calendar, payload)], {"calendar": wish.calendar})

    return decide


def _shipped(calendar: str) -> CalendarLoadedV1:
    try:
        return calendar_document(calendar)
    except LookupError:
        raise not_found(calendar) from None


def _announced(wish: LoadCalendar, years: Sequence[int]) -> CalendarLoadedV1:
    for holiday in wish.holidays:
        if not _is_sound(holiday, years):
            raise CasetrailError("field_missing", {"fields": "holidays"})
    if any(day.year not in years for day in wish.make_up_workdays):
        raise CasetrailError("field_missing", {"fields": "make_up_workdays"})
    return CalendarLoadedV1(
        calendar=wish.calendar,
        years=sorted(set(years)),
        holidays=[Holiday(first=one.first, last=one.last) for one in wish.holidays],
        make_up_workdays=sorted(set(wish.make_up_workdays)),
    )


def _is_sound(holiday: HolidayWish, years: Sequence[int]) -> bool:
    """Whether a holiday begins before it ends, is no longer than one can be, and lies in years that are announced."""
    named: tuple[date, date] = (holiday.first, holiday.last)
    days = (holiday.last - holiday.first).days
    return 0 <= days < LONGEST_HOLIDAY_DAYS and all(day.year in years for day in named)


def set_parameters(wish: SetParameters, who: Principal) -> Decide:
    """Set values of the agency's own that rules refer to."""

    async def decide(view: View) -> Plan:
        await view.found(AGENCY, view.agency)
        who.require_for("set_parameters")
        values = {name: _plain(value) for name, value in wish.values.items()}
        return Plan([view.new_fact("agency", view.agency, ParametersSetV1(values=values))])

    return decide


def _plain(value: ParameterValue | PeriodWish) -> ParameterValue:
    """Return a value as rules read it; a period is its number and its unit."""
    return f"{value.value} {value.unit}" if isinstance(value, PeriodWish) else value


def set_retention_table(wish: SetRetentionTable, who: Principal) -> Decide:
    """Replace the retention table: no regulation names years, so the agency does."""

    async def decide(view: View) -> Plan:
        await view.found(AGENCY, view.agency)
        who.require_for("set_retention_table")
        entries = [RetentionEntry(**entry.model_dump()) for entry in wish.entries]
        return Plan([view.new_fact("agency", view.agency, RetentionTableSetV1(entries=entries))])

    return decide
