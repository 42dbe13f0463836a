"""HTTP edges: what every route of every service shares."""

from casetrail_common.web.app import create_service_app, service_router
from casetrail_common.web.headers import (
    POSITION_HEADER,
    POSITIONS_HEADER,
    IdempotencyKey,
    IfMatch,
    Positions,
    write_position,
)
from casetrail_common.web.health import Check
from casetrail_common.web.paging import Page, PageWish, Paging
from casetrail_common.web.wish import Kept, NonNegative, SaidText, Sent, Wish, WishRoute, WrittenInstant

__all__ = [
    "POSITIONS_HEADER",
    "POSITION_HEADER",
    "Check",
    "IdempotencyKey",
    "IfMatch",
    "Kept",
    "NonNegative",
    "Page",
    "PageWish",
    "Paging",
    "Positions",
    "SaidText",
    "Sent",
    "Wish",
    "WishRoute",
    "WrittenInstant",
    "create_service_app",
    "service_router",
    "write_position",
]
