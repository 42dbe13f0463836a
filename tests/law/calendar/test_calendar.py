"""The working-day calendar, and the ends of periods."""

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail_common.calendar import BEIJING, UNKNOWN, Calendar, Period, calendar_document, due

SHIPPED = Calendar.of(calendar_document())


def at(text: str) -> datetime:
    """Return a local instant."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def ends(period: Period, trigger: str, calendar: Calendar = SHIPPED, *, rolls_over: bool = True) -> str:
    """Return the local end of a period."""
    end = due(period, at(trigger), calendar=calendar, rolls_over=rolls_over).at
    return end.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M:%S")


def test_every_day_of_the_shipped_years_agrees_with_an_independent_source() -> None:
    day = date(2024, 1, 1)
    while day.year <= 2026:
        assert SHIPPED.is_working_day(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_twenty_working_days_after_the_eve_of_the_holidays_pass_over_national_day() -> None:
    assert ends(Period("working_days", 20), "2025-09-19T17:00:00") == "2025-10-23T23:59:59"
    assert ends(Period("working_days", 20), "2025-09-30T17:00:00") == "2025-11-04T23:59:59"


def test_a_make_up_workday_is_counted() -> None:
    assert ends(Period("working_days", 1), "2025-09-27T10:00:00") == "2025-09-28T23:59:59"


def test_hours_run_through_nights_and_holidays_and_drop_the_fraction_of_a_second() -> None:
    assert ends(Period("hours", 24), "2025-10-01T19:30:00.999999") == "2025-10-02T19:30:00"


def test_seconds_are_exact() -> None:
    assert ends(Period("seconds", 60), "2025-10-01T19:30:00") == "2025-10-01T19:31:00"


@pytest.mark.parametrize(
    ("trigger", "end"),
    [
        ("2025-08-13T00:00:00", "2025-08-13T23:59:59"),
        ("2025-08-13T23:59:59", "2025-08-13T23:59:59"),
        ("2025-08-14T00:00:00", "2025-08-14T23:59:59"),
    ],
)
def test_the_same_day_is_that_of_the_local_clock(trigger: str, end: str) -> None:
    assert ends(Period("calendar_day_of_trigger"), trigger) == end


def test_calendar_days_roll_over_to_the_next_working_day_unless_the_agency_says_no() -> None:
    thirty = Period("days", 30)
    assert ends(thirty, "2025-09-06T09:00:00") == "2025-10-09T23:59:59"
    assert ends(thirty, "2025-09-06T09:00:00", rolls_over=False) == "2025-10-06T23:59:59"


def test_a_make_up_saturday_is_a_working_day_and_does_not_move() -> None:
    assert ends(Period("days", 10), "2025-10-01T09:00:00") == "2025-10-11T23:59:59"


def test_the_day_an_order_states_does_not_roll_over() -> None:
    assert ends(Period("stated_day"), "2025-10-01T00:00:00") == "2025-10-01T23:59:59"


def test_a_year_not_yet_announced_makes_the_due_date_provisional() -> None:
    reached = due(Period("working_days", 20), at("2026-12-20T09:00:00"), calendar=SHIPPED)
    inside = due(Period("working_days", 5), at("2026-12-20T09:00:00"), calendar=SHIPPED)
    assert reached.provisional
    assert reached.at.astimezone(BEIJING).date() == date(2027, 1, 15)
    assert not inside.provisional


def test_without_any_calendar_weekends_are_known_and_nothing_fails() -> None:
    end = due(Period("working_days", 1), at("2031-05-02T09:00:00"), calendar=UNKNOWN)
    assert (end.at.astimezone(BEIJING).date(), end.provisional) == (date(2031, 5, 5), True)
    assert not due(Period("hours", 24), at("2031-05-02T09:00:00"), calendar=UNKNOWN).provisional


@given(
    start=st.dates(date(2023, 1, 1), date(2028, 12, 31)),
    count=st.integers(min_value=1, max_value=400),
)
def test_the_nth_working_day_is_worked_and_has_n_working_days_up_to_it(start: date, count: int) -> None:
    last = SHIPPED.working_day_after(start, count)
    days = [start + timedelta(days=n) for n in range(1, (last - start).days + 1)]
    assert SHIPPED.is_working_day(last)
    assert sum(map(SHIPPED.is_working_day, days)) == count


@given(st.integers(0, 90_000_000).map(lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)))
def test_no_period_ends_before_its_trigger(trigger: datetime) -> None:
    for period in (Period("hours", 1), Period("calendar_day_of_trigger"), Period("days", 1), Period("working_days", 1)):
        assert due(period, trigger, calendar=SHIPPED).at >= trigger.replace(microsecond=0)
