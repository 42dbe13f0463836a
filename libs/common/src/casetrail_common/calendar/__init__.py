"""Working days and the ends of periods, on versioned data."""

from casetrail_common.calendar.days import UNKNOWN, Calendar
from casetrail_common.calendar.periods import (
    BEIJING,
    CALENDAR_UNITS,
    UNITS,
    Due,
    Period,
    Unit,
    due,
    end_of_day,
    local_day,
    whole_second,
)
from casetrail_common.calendar.shipped import SHIPPED, calendar_document

__all__ = [
    "BEIJING",
    "CALENDAR_UNITS",
    "SHIPPED",
    "UNITS",
    "UNKNOWN",
    "Calendar",
    "Due",
    "Period",
    "Unit",
    "calendar_document",
    "due",
    "end_of_day",
    "local_day",
    "whole_second",
]
