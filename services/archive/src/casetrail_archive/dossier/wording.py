"""How a document words dates, amounts and what people wrote."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from casetrail_common.calendar import BEIJING, local_day
from casetrail_common.records import Coding, label

ERASED: Final = "（内容已依法消除）"


def day(value: date) -> str:
    """Return a date as documents write it."""
    return f"{value.year}年{value.month}月{value.day}日"


def moment(instant: datetime) -> str:
    """Return an instant as documents write it, to the minute."""
    local = instant.astimezone(BEIJING)
    return f"{day(local.date())}{local.hour}时{local.minute:02}分"


def exact(instant: datetime) -> str:
    """Return an instant to the second, for tables."""
    return instant.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def compact(value: date) -> str:
    """Return a date as eight digits, as catalogues write it."""
    return value.strftime("%Y%m%d")


def span(start: datetime, end: datetime) -> str:
    """Return a period, naming the day once if it began and ended on the same."""
    if local_day(start) != local_day(end):
        return f"{moment(start)}至{moment(end)}"
    local = end.astimezone(BEIJING)
    return f"{moment(start)}至{local.hour}时{local.minute:02}分"


def duration(seconds: int) -> str:
    """Return how long something took."""
    hours, rest = divmod(max(seconds, 0), 3600)
    minutes, left = divmod(rest, 60)
    words = [(hours, "小时"), (minutes, "分"), (left, "秒")]
    return "".join(f"{amount}{unit}" for amount, unit in words if amount) or "0秒"


def short_size(count: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{count / 1024:.1f} KB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MB"


def size(count: int) -> str:
    """Return a number of bytes, as people read it and exactly."""
    return f"{short_size(count)}（{count:,}字节）"


def prose(value: Any) -> str:
    """Return what people wrote, whatever its shape, as lines of text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None:
        return ""
    if isinstance(value, list):
        return _listing(value)
    if isinstance(value, Mapping):
        return _dialogue(value) or "\n".join(f"{name}：{prose(item)}" for name, item in value.items())
    return str(value)


def _listing(items: list[Any]) -> str:
    if all(isinstance(item, Mapping) for item in items):
        return "\n".join(prose(item) for item in items)
    if len(items) == 1:
        return prose(items[0])
    return "\n".join(f"{place}．{prose(item)}" for place, item in enumerate(items, 1))


def _dialogue(item: Mapping[str, Any]) -> str:
    """Return a question and its answer as a record (笔录) writes them, or nothing if it is neither."""
    for question, answer in (("q", "a"), ("question", "answer"), ("问", "答")):
        if set(item) == {question, answer}:
            return f"问：{prose(item[question])}\n答：{prose(item[answer])}"
    return ""


def coded(coding: Coding, value: Any) -> str:
    """Return a coded value of a form in words."""
    if coding.enumeration is not None:
        codes = value if isinstance(value, list) else [value]
        return "、".join(label(coding.enumeration, str(code)) for code in codes)
    if coding.kind == "date":
        return day(date.fromisoformat(value))
    if coding.kind == "instant":
        return moment(datetime.fromisoformat(value))
    return prose(value)
