"""The headers of our own: idempotency keys, expected positions, what a caller has already seen.

What reads them is asynchronous without need: FastAPI would run a plain function in a thread, which takes longer.
"""

import re
from typing import Annotated, Final

from fastapi import Depends, Header, Request

from casetrail_common.canonical import MAX_INTEGER
from casetrail_common.errors import CasetrailError
from casetrail_common.ids import SERVICES, Service

POSITION_HEADER: Final = "Casetrail-Position"
"""On an answer: where the write stands, `service:n`."""

POSITIONS_HEADER: Final = "Casetrail-Positions"
"""On a request: what must have been followed before it is served, `intake:42, media:7`."""

_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")
_ENTITY_TAG: Final = re.compile(r'"?(\d{1,16})"?')
_POSITION: Final = re.compile(r"(\w+):(\d{1,16})")


async def idempotency_key(
    key: Annotated[
        str | None,
        Header(alias="Idempotency-Key", description="Names this wish; repeat it unchanged when retrying. 1-200 ASCII."),
    ] = None,
) -> str:
    """Return the key of a POST.

    Raises
    ------
    CasetrailError
        `idempotency_key_missing`, or `idempotency_key_invalid` if it is not 1 to 200 visible ASCII characters.
    """
    if not key:
        raise CasetrailError("idempotency_key_missing")
    if not _KEY.fullmatch(key):
        raise CasetrailError("idempotency_key_invalid")
    return key


async def if_match(
    tag: Annotated[
        str | None, Header(alias="If-Match", description='Expected position of the stream, e.g. `"42"`.')
    ] = None,
) -> int | None:
    """Return the stream position the caller decided on, or None if it leaves that open.

    Raises
    ------
    CasetrailError
        `if_match_invalid` if it is not an integer, bare or in quotes.
    """
    if tag is None:
        return None
    found = _ENTITY_TAG.fullmatch(tag.strip())
    if found is None or tag.count('"') == 1:
        raise CasetrailError("if_match_invalid")
    return _position(found[1], otherwise="if_match_invalid")


async def positions(
    request: Request,
    _documented: Annotated[
        str | None,
        Header(alias=POSITIONS_HEADER, description="Positions to wait for, e.g. `intake:42, media:7`."),
    ] = None,
) -> dict[Service, int]:
    """Return what must have been followed before the request is served; empty if nothing.

    Where a service is named twice the greater position holds, so that a client may simply join what it was answered.

    Raises
    ------
    CasetrailError
        `positions_invalid` if it is malformed or names an unknown service.
    """
    found: dict[Service, int] = {}
    for line in request.headers.getlist(POSITIONS_HEADER):
        for entry in filter(None, (part.strip() for part in line.split(","))):
            service, n = _service_position(entry)
            found[service] = max(n, found.get(service, 0))
    return found


IdempotencyKey = Annotated[str, Depends(idempotency_key)]
IfMatch = Annotated[int | None, Depends(if_match)]
Positions = Annotated[dict[Service, int], Depends(positions)]


def _service_position(entry: str) -> tuple[Service, int]:
    parts = _POSITION.fullmatch(entry)
    service = next((known for known in SERVICES if parts and parts[1] == known), None)
    if parts is None or service is None:
        raise CasetrailError("positions_invalid")
    return service, _position(parts[2], otherwise="positions_invalid")


def _position(digits: str, *, otherwise: str) -> int:
    position = int(digits) if digits.isascii() else MAX_INTEGER + 1
    if position > MAX_INTEGER:
        raise CasetrailError(otherwise)
    return position
