"""Lists in pages that neither skip nor repeat: each page begins after the key of the last item of the one before."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from casetrail_common.canonical import MAX_INTEGER
from casetrail_common.errors import CasetrailError
from casetrail_common.web.wish import is_storable

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 200
MAX_CURSOR_CHARACTERS: Final = 1000

KeyPart = str | int
T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """A part of a list."""

    items: list[T]
    next: str | None = Field(default=None, description="Cursor of the next page; null on the last one.")


@dataclass(frozen=True, slots=True)
class PageWish:
    """Which part of a list is asked for."""

    limit: int
    cursor: str | None

    def after(self, *kinds: type[KeyPart]) -> tuple[KeyPart, ...] | None:
        """Return the key the page begins after, with parts of the given types; None on the first page.

        Raises
        ------
        CasetrailError
            `cursor_invalid` if it is none of ours: a client must not be able to bring the database to an error.
        """
        return None if self.cursor is None else _decoded(self.cursor, kinds)

    def page(self, rows: Sequence[T], key: Callable[[T], tuple[KeyPart, ...]]) -> Page[T]:
        """Return the page made of up to `limit + 1` rows; the surplus row only tells that there is a next page."""
        items = list(rows[: self.limit])
        more = len(rows) > self.limit
        return Page[T](items=items, next=_encoded(key(items[-1])) if more else None)


async def page_wish(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Most items of a page.")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=MAX_CURSOR_CHARACTERS, description="`next` of the page before.")
    ] = None,
) -> PageWish:
    """Read which part of a list is asked for."""
    return PageWish(limit=limit, cursor=cursor or None)


Paging = Annotated[PageWish, Depends(page_wish)]


def _encoded(key: tuple[KeyPart, ...]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def _decoded(cursor: str, kinds: tuple[type[KeyPart], ...]) -> tuple[KeyPart, ...]:
    try:
        key = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise CasetrailError("cursor_invalid") from error
    if not isinstance(key, list) or [type(part) for part in key] != list(kinds):
        raise CasetrailError("cursor_invalid")
    if not all(is_storable(part) if isinstance(part, str) else abs(part) <= MAX_INTEGER for part in key):
        raise CasetrailError("cursor_invalid")
    return tuple(key)
