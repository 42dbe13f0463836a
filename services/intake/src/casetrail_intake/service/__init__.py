"""One function per command: each returns the decision, a pure function of what a view shows."""

from casetrail_intake.service.activities import end_activity, start_activity
from casetrail_intake.service.approvals import file_initiation, give_opinion
from casetrail_intake.service.cases import close_case, register_case, serve_document, set_flag
from casetrail_intake.service.erasure import erase_content
from casetrail_intake.service.people import register_agency, register_person
from casetrail_intake.service.records import add_record, refuse_change, sign_record

__all__ = [
    "add_record",
    "close_case",
    "end_activity",
    "erase_content",
    "file_initiation",
    "give_opinion",
    "refuse_change",
    "register_agency",
    "register_case",
    "register_person",
    "serve_document",
    "set_flag",
    "sign_record",
    "start_activity",
]
