"""What the scenarios that come with the tests touch between them."""

from typing import Final

from casetrail_embedded.scenarios.layout import is_ok
from casetrail_embedded.scenarios.vocabulary import commands
from support.scenarios import scenarios

GUARDS: Final = {
    "register_case": "conduct_type_out_of_scope",
    "start_emergency": "transition_not_allowed",
    "file_initiation": "transition_not_allowed",
    "open_investigation": "initiation_not_approved transition_not_allowed",
    "add_record": (
        "officer_not_qualified field_missing seal_missing issue_date_missing interruption_needs_two_officers "
        "demand_not_served"
    ),
    "refuse_signature": "refusal_needs_two_officers",
    "start_activity": "initiation_not_approved demand_not_served",
    "register_measure": "measure_not_approved",
    "give_opinion": "role_not_allowed legal_opinion_missing",
    "serve_document": "transition_not_allowed",
    "close_case": "transition_not_allowed",
    "record_storage_exception": "exception_not_available",
    "store_session": "unregistered_storage self_custody",
    "set_custodian": "self_custody",
    "modify_original": "worm_protected",
    "delete_original": "worm_protected",
    "submit_review": "transition_not_allowed",
    "issue_decision": "legal_review_missing head_or_collective_missing head_approval_missing transition_not_allowed",
    "decide_access": "role_not_allowed",
    "read_item": "access_not_approved head_approval_required classified_no_clearance",
    "export_items": "head_consent_required copy_not_approved disclosure_not_approved",
    "file_dossier": "transition_not_allowed retention_locked",
    "set_retention": "retention_locked",
    "load_pack": "relax_not_allowed",
}
"""Codes that each command is refused with, beside those of every command. Source: command vocabulary."""


def test_the_scenarios_use_every_command_and_meet_every_guard() -> None:
    steps = [step for scenario in scenarios() for step in scenario.text["steps"]]
    done = {step["do"] for step in steps if is_ok(step["expect"])}
    met = {(step["do"], step["expect"]["code"]) for step in steps if not is_ok(step["expect"])}
    assert commands().keys() - done == {"modify_original", "delete_original"}
    assert {(command, code) for command, codes in GUARDS.items() for code in codes.split()} <= met
