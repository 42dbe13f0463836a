"""Units of periods, as facts and packs name them."""

from typing import Literal

PeriodUnit = Literal["seconds", "hours", "calendar_day_of_trigger", "days", "working_days", "stated_day"]
"""秒, 小时, 当日, 日, 工作日, 载明的日期."""
