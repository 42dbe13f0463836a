"""Every fact the services publish, as versioned pydantic models: the contract between them.

Only optional fields may be added to a model; a new meaning is a new version beside the old one.
"""

from casetrail_common.facts import acts, archive, common, intake, keeping, media, recording, review, use
from casetrail_common.facts.model import REGISTRY, ContentRef, Payload, parse_payload

__all__ = [
    "REGISTRY",
    "ContentRef",
    "Payload",
    "acts",
    "archive",
    "common",
    "intake",
    "keeping",
    "media",
    "parse_payload",
    "recording",
    "review",
    "use",
]
