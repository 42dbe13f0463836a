"""The four limits, before, at and after their end, met or not."""

from datetime import datetime, timedelta

import pytest

from casetrail_common.calendar import UNKNOWN, Period
from casetrail_common.rules.limits import BORN, Before, Clock, Limit, Once, Promptly, Verdict, Within, judge
from casetrail_common.rules.look import Met
from support.penalty import at

EVENT = at("2025-08-20T12:00")
TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
WITHIN = Within(Period("hours", 1), BORN)
DUE = EVENT + timedelta(hours=1)
CLOCK = Clock(UNKNOWN)


def verdict(limit: Limit, met: datetime | None, now: datetime, *, anchored: datetime | None = EVENT) -> Verdict:
    """Return how a duty stands."""
    return judge(limit, Met(met) if met else None, anchored=anchored, now=now, clock=CLOCK)


@pytest.mark.parametrize(
    ("limit", "met", "now", "status"),
    [
        (Promptly(), None, EVENT + timedelta(days=900), "pending"),
        (Promptly(), EVENT, EVENT, "satisfied"),
        (Once(BORN), None, EVENT - TICK, "pending"),
        (Once(BORN), None, EVENT, "violated"),
        (Once(BORN), EVENT - SECOND, EVENT, "satisfied"),
        (Once(BORN), EVENT + SECOND, EVENT + SECOND, "satisfied"),
        (Before(BORN), None, EVENT - TICK, "pending"),
        (Before(BORN), None, EVENT, "violated"),
        (Before(BORN), EVENT, EVENT, "satisfied"),
        (Before(BORN), EVENT + TICK, EVENT + SECOND, "violated"),
        (Before(BORN), EVENT - SECOND, EVENT - TICK, "satisfied"),
        (WITHIN, None, DUE, "pending"),
        (WITHIN, None, DUE + SECOND - TICK, "pending"),
        (WITHIN, None, DUE + SECOND, "overdue"),
        (WITHIN, DUE, DUE, "satisfied"),
        (WITHIN, DUE + SECOND, DUE + SECOND, "violated"),
        (WITHIN, EVENT - timedelta(days=9), DUE + timedelta(days=9), "satisfied"),
    ],
)
def test_a_duty_stands_as_its_limit_says(limit: Limit, met: datetime | None, now: datetime, status: str) -> None:
    assert verdict(limit, met, now).status == status


@pytest.mark.parametrize("limit", [Once(BORN), Before(BORN), WITHIN])
@pytest.mark.parametrize("met", [None, EVENT])
def test_as_long_as_the_event_is_unknown_nothing_is_broken_and_nothing_due(limit: Limit, met: datetime | None) -> None:
    expected = Verdict("satisfied" if met else "pending")
    assert verdict(limit, met, EVENT + timedelta(days=900), anchored=None) == expected


def test_only_a_period_has_a_due_date_and_only_what_is_done_late_has_a_delay() -> None:
    assert verdict(WITHIN, None, DUE + SECOND) == Verdict("overdue", due=DUE)
    assert verdict(WITHIN, DUE + 90 * SECOND, DUE + timedelta(days=1)) == Verdict("violated", due=DUE, late_by_s=90)
    assert verdict(Once(BORN), EVENT + SECOND, EVENT + SECOND) == Verdict("satisfied")


def test_a_due_date_beyond_the_calendar_is_provisional_whatever_the_status() -> None:
    limit = Within(Period("working_days", 1), BORN)
    assert verdict(limit, None, EVENT).provisional
    assert verdict(limit, EVENT, EVENT).provisional
    assert (verdict(limit, None, EVENT).calendar, verdict(WITHIN, None, EVENT).calendar) == ("none", None)
