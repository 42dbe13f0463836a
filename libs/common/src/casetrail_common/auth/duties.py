"""Who gives which command (职责): asked by every service, and told to whoever looks for somebody to give it."""

from collections.abc import Mapping
from typing import Final

_GIVEN_BY: Final[Mapping[tuple[str, ...], str]] = {
    ("case_officer",): """
        register_case start_emergency file_initiation open_investigation refuse_acceptance convert_case close_case
        end_case start_activity end_activity officer_returned register_measure serve_document fail_service
        correct_record refuse_signature start_session annotate_session interrupt_session resume_session end_session
        report_interruption record_storage_exception mark_evidence collect_electronic_data submit_review issue_decision
        terminate_review
    """,
    ("case_officer", "intake_clerk"): "request_supplement",
    ("case_officer", "intake_clerk", "party"): "record_party_event",
    ("case_officer", "intake_clerk", "unit_head", "archivist"): "add_record",
    ("case_officer", "party", "witness"): "sign_record",
    ("case_officer", "unit_head", "agency_head"): "set_flag",
    ("case_officer", "unit_head", "legal_reviewer", "agency_head"): "give_opinion discuss",
    ("case_officer", "records_custodian"): "store_session set_custodian save_electronic_data",
    ("case_officer", "records_custodian", "archivist"): "register_disc annotate_disc",
    ("case_officer", "device_custodian"): "report_device_fault",
    ("case_officer", "device_custodian", "supervisor", "unit_head"): "report_private_alteration",
    ("case_officer", "archivist"): "file_dossier transfer_dossier set_retention append_supplement",
    ("case_officer", "unit_head", "agency_head", "archivist"): "mark_long_term",
    ("unit_head", "legal_reviewer", "agency_head"): "return_submission",
    ("unit_head", "agency_head"): "decide_access",
    ("agency_head",): "delegate_head",
    ("agency_head", "archivist"): "override_retention",
    ("archivist",): "erase_content",
    ("records_custodian",): "create_derivative store_derivative",
    ("device_custodian",): "maintain_device repair_device alter_device",
    ("supervisor", "administrator"): "hold_round open_rectification close_rectification make_report",
    ("administrator", "agency_head"): "publish_item_list publish_wording_guide",
    ("administrator", "device_custodian"): "register_device",
    ("administrator", "records_custodian"): "register_repository",
    ("administrator", "pack_admin"): "load_pack load_calendar set_parameters set_retention_table",
    ("administrator",): """
        register_agency register_person publish_record_plan configure_permit_item set_test_clock
    """,
}
GIVERS: Final[Mapping[str, tuple[str, ...]]] = {
    command: roles for roles, commands in _GIVEN_BY.items() for command in commands.split()
}
"""Roles by command; what anybody may do (asking for access, for one) is not among them."""

ROLE_OF_SLOT: Final[Mapping[str, str]] = {
    "undertaker": "case_officer",
    "unit": "unit_head",
    "reviewer": "unit_head",
    "legal": "legal_reviewer",
    "head": "agency_head",
}
"""Whose opinion a slot of a form takes."""
