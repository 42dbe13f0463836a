"""Byte ranges of an original, as players ask for them."""

import re
from typing import Final

from casetrail_common.errors import CasetrailError

_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return first byte and length of what a Range header asks for; None if it asks for everything.

    Source: RFC 9110 section 14.2; several ranges at once are answered with the whole, a malformed one is ignored.

    Raises
    ------
    CasetrailError
        `range_not_satisfiable`.
    """
    found = _RANGE.fullmatch(header or "")
    if found is None or found[0] == "bytes=-":
        return None
    if found[1] and found[2] and int(found[2]) < int(found[1]):
        return None
    if found[1]:
        first, last = int(found[1]), min(int(found[2] or size - 1), size - 1)
    else:
        first, last = max(0, size - int(found[2])), size - 1
    if first > last:
        raise CasetrailError("range_not_satisfiable", {"size_bytes": size})
    return first, last - first + 1
