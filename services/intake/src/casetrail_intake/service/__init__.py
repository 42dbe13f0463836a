"""One function per command: each returns the decision, a pure function of what a view shows."""

from casetrail_intake.service.activities import end_activity, start_activity
from casetrail_intake.service.approvals import file_initiation, give_opinion
from casetrail_intake.service.beginnings import (
    convert_case,
    end_case,
    open_investigation,
    refuse_acceptance,
    request_supplement,
    start_emergency,
)
from casetrail_intake.service.cases import close_case, register_case, serve_document, set_flag
from casetrail_intake.service.erasure import erase_content
from casetrail_intake.service.items import refuse_change
from casetrail_intake.service.laying_down import configure_permit_item, publish_record_plan
from casetrail_intake.service.parties import (
    correct_record,
    delegate_head,
    fail_service,
    officer_returned,
    record_party_event,
    refuse_signature,
    register_measure,
)
from casetrail_intake.service.people import register_agency, register_person
from casetrail_intake.service.records import add_record, sign_record

__all__ = [
    "add_record",
    "close_case",
    "configure_permit_item",
    "convert_case",
    "correct_record",
    "delegate_head",
    "end_activity",
    "end_case",
    "erase_content",
    "fail_service",
    "file_initiation",
    "give_opinion",
    "officer_returned",
    "open_investigation",
    "publish_record_plan",
    "record_party_event",
    "refuse_acceptance",
    "refuse_change",
    "refuse_signature",
    "register_agency",
    "register_case",
    "register_measure",
    "register_person",
    "request_supplement",
    "serve_document",
    "set_flag",
    "sign_record",
    "start_activity",
    "start_emergency",
]
