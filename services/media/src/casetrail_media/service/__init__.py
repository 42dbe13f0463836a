"""One function per command: each returns the decision, a pure function of what a view shows."""

from casetrail_media.service.registers import register_device, register_repository
from casetrail_media.service.sessions import annotate_session, end_session, refuse_change, start_session
from casetrail_media.service.uploads import declare_upload, receive_upload

__all__ = [
    "annotate_session",
    "declare_upload",
    "end_session",
    "receive_upload",
    "refuse_change",
    "register_device",
    "register_repository",
    "start_session",
]
