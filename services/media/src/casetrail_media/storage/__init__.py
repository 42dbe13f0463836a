"""Tables of media beside its ledger."""

from casetrail_media.storage.rows import MultipartRow, OverlayRow

__all__ = ["MultipartRow", "OverlayRow"]
