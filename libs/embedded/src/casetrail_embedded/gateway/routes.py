"""Which service answers under which path."""

from typing import Final

from casetrail_common.ids import OWNER_OF_PREFIX, Service

SERVICE_OF_COLLECTION: Final[dict[str, Service]] = {
    "cases": "intake",
    "people": "intake",
    "agencies": "intake",
    "records": "intake",
    "activities": "intake",
    "record-plans": "intake",
    "permit-items": "intake",
    "media": "media",
    "reviews": "review",
    "decisions": "review",
    "access-requests": "review",
    "exports": "review",
    "dossiers": "archive",
    "discs": "archive",
    "rules": "archive",
    "findings": "archive",
    "archive": "archive",
    "test": "archive",
}
"""The first segment after `/v1`. The Gateway API routes of a cluster say the same."""


def service_of(path: str) -> Service | None:
    """Return the service a path belongs to; None if it belongs to none.

    An item belongs to the service that created it, which the first letter of its id names.
    """
    match path.split("/"):
        case ["", "v1", "items", item, *_]:
            prefix, dash, _ = item.partition("-")
            return OWNER_OF_PREFIX.get(prefix) if dash else None
        case ["", "v1", collection, *_]:
            return SERVICE_OF_COLLECTION.get(collection)
    return None
