"""HTTP edges: what every route of every service shares."""

from casetrail_common.web.app import create_service_app, service_router
from casetrail_common.web.headers import (
    IdempotencyKey,
    IfMatch,
    Positions,
)
from casetrail_common.web.health import Check
from casetrail_common.web.paging import Page, PageWish, Paging
from casetrail_common.web.wish import Kept, NonNegative, Sent, Wish, WishRoute, WrittenInstant

__all__ = [
    "Check",
    "IdempotencyKey",
    "IfMatch",
    "Kept",
    "NonNegative",
    "Page",
    "PageWish",
    "Paging",
    "Positions",
    "Sent",
    "Wish",
    "WishRoute",
    "WrittenInstant",
    "create_service_app",
    "service_router",
]
