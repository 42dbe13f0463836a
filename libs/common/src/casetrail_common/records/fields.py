"""Telling the coded values of a form from what people wrote."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from casetrail_common.canonical import MAX_INTEGER
from casetrail_common.facts.model import format_instant
from casetrail_common.records.catalogue import CONTENT, Coding, RecordType, enumerations

_ID: Final = re.compile(r"[imra]-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""A configured name, such as that of a step of a permit item. Letters first, so that no number of a person passes."""
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EARLIEST: Final = datetime(1000, 1, 1, tzinfo=UTC)
"""Below it the year would not print with four digits."""


def is_empty(value: Any) -> bool:
    """Whether a value is as good as absent; `false` and 0 are values, blanks are not."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def split_fields(record_type: RecordType, fields: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the coded values of a form and its content, without the empty fields.

    A value that is undeclared or of the wrong type is content. Instants come out in UTC as they stand in facts.
    """
    coded: dict[str, Any] = {}
    content: dict[str, Any] = {}
    for name, value in fields.items():
        if is_empty(value):
            continue
        declared = record_type.field(name)
        code = _coded(CONTENT if declared is None else declared.coding, value)
        if code is None:
            content[name] = value
        else:
            coded[name] = code
    return coded, content


def _coded(coding: Coding, value: Any) -> Any:
    """Return the value as it stands in a fact, or None if it is content."""
    read = _READERS.get(coding.kind)
    if read is not None:
        return read(value)
    codes = enumerations().get(coding.enumeration or "", {})
    if coding.kind == "enum":
        return value if isinstance(value, str) and value in codes else None
    if coding.kind == "enums" and isinstance(value, list):
        return value if all(isinstance(item, str) and item in codes for item in value) else None
    return None


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_INTEGER else None


def _date(value: Any) -> str | None:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return None


def _instant(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None or instant < _EARLIEST:
            return None
        return format_instant(instant)
    except (ValueError, OverflowError):
        return None


def _matching(pattern: re.Pattern[str]) -> Callable[[Any], str | None]:
    return lambda value: value if isinstance(value, str) and pattern.fullmatch(value) else None


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "boolean": _boolean,
    "integer": _integer,
    "date": _date,
    "instant": _instant,
    "id": _matching(_ID),
    "name": _matching(_NAME),
}
