"""One function per command: each returns the decision, a pure function of what a view shows."""

from casetrail_media.service.devices import (
    alter_device,
    maintain_device,
    register_device,
    repair_device,
    report_device_fault,
)
from casetrail_media.service.electronic_data import collect_electronic_data, save_electronic_data
from casetrail_media.service.items import refuse_change
from casetrail_media.service.keeping import (
    create_derivative,
    mark_evidence,
    record_storage_exception,
    set_custodian,
)
from casetrail_media.service.registers import publish_item_list, publish_wording_guide, register_repository
from casetrail_media.service.sessions import (
    annotate_session,
    end_session,
    interrupt_session,
    report_interruption,
    resume_session,
    start_session,
)
from casetrail_media.service.uploads import declare_copy, declare_upload, receive_upload

__all__ = [
    "alter_device",
    "annotate_session",
    "collect_electronic_data",
    "create_derivative",
    "declare_copy",
    "declare_upload",
    "end_session",
    "interrupt_session",
    "maintain_device",
    "mark_evidence",
    "publish_item_list",
    "publish_wording_guide",
    "receive_upload",
    "record_storage_exception",
    "refuse_change",
    "register_device",
    "register_repository",
    "repair_device",
    "report_device_fault",
    "report_interruption",
    "resume_session",
    "save_electronic_data",
    "set_custodian",
    "start_session",
]
