"""Which command a fact came of, in the words in which rule packs cite clauses for steps."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from casetrail_common.ledger.fact import Fact
from casetrail_common.records import record_type, record_types
from casetrail_common.rules import Pack

Step = tuple[str, str | None]
"""Command, and what tells steps of one command apart."""


def _annotation(payload: Mapping[str, Any]) -> Step:
    return "annotate_session", next((name for name in ("voice", "tags", "not_present") if payload.get(name)), None)


def _plain(command: str) -> Callable[[Mapping[str, Any]], Step]:
    return lambda _payload: (command, None)


def _by(command: str, member: str) -> Callable[[Mapping[str, Any]], Step]:
    return lambda payload: (command, payload[member])


STEPS: Final[Mapping[str, Callable[[Mapping[str, Any]], Step]]] = {
    "case.registered": _by("register_case", "start_mode"),
    "case.flagged": _by("set_flag", "flag"),
    "initiation.emergency_started": _plain("start_emergency"),
    "initiation.filed": _plain("file_initiation"),
    "initiation.approved": _plain("approve_initiation"),
    "initiation.rejected": _plain("reject_initiation"),
    "investigation.opened": _by("open_investigation", "ground"),
    "supplement.requested": _plain("request_supplement"),
    "acceptance.refused": _plain("refuse_acceptance"),
    "record.added": _by("add_record", "record_type"),
    "record.signed": _plain("sign_record"),
    "record.refused": _plain("refuse_signature"),
    "record.corrected": _plain("correct_record"),
    "opinion.given": _by("give_opinion", "slot"),
    "review.opined": _by("give_opinion", "slot"),
    "review.legal_opined": _by("give_opinion", "slot"),
    "review.head_approved": _by("give_opinion", "slot"),
    "activity.started": _by("start_activity", "kind"),
    "activity.ended": _plain("end_activity"),
    "officer.returned": _plain("officer_returned"),
    "party.objected": _by("record_party_event", "kind"),
    "party.obstructed": _by("record_party_event", "kind"),
    "party.responded": _by("record_party_event", "kind"),
    "measure.registered": _by("register_measure", "kind"),
    "av.session_started": _plain("start_session"),
    "av.notice_given": _plain("give_notice"),
    "av.annotated": _annotation,
    "av.session_interrupted": _by("interrupt_session", "cause"),
    "av.session_resumed": _plain("resume_session"),
    "av.interruption_reported": _plain("report_interruption"),
    "av.session_ended": _plain("end_session"),
    "av.exception_recorded": _by("record_storage_exception", "ground"),
    "av.stored": _plain("store_session"),
    "av.custody_changed": _plain("set_custodian"),
    "av.marked_evidence": _plain("mark_evidence"),
    "av.derivative_created": _plain("create_derivative"),
    "device.fault_reported": _plain("report_device_fault"),
    "review.submitted": _plain("submit_review"),
    "review.discussed": _plain("discuss"),
    "review.returned": _plain("return_submission"),
    "decision.issued": _plain("issue_decision"),
    "service.performed": _by("serve_document", "method"),
    "service.failed": _by("serve_document", "method"),
    "access.requested": _by("request_access", "mode"),
    "access.approved": _plain("decide_access"),
    "access.denied": _plain("decide_access"),
    "case.closed": _plain("close_case"),
    "disc.registered": _plain("register_disc"),
    "disc.annotated": _plain("annotate_disc"),
    "dossier.filed": _plain("file_dossier"),
    "dossier.transferred": _plain("transfer_dossier"),
}


def clauses_of(fact: Fact, packs: Mapping[str, Pack], kinds: Mapping[str, str]) -> list[str]:
    """Return the clause beside a step, one for each pack it was recorded under that names one.

    Parameters
    ----------
    packs
        By `pack@version`.
    kinds
        Record types of the records of the case, by id.
    """
    cited = fact.fields.get("rule") or fact.fields.get("clause")
    if cited is not None:  # a judgement, or an incident: the fact names its clause itself
        return [str(cited)]
    steps = _steps_of(fact, kinds)
    under = [packs[name] for name in fact.packs if name in packs]
    found = [next(filter(None, (pack.clause_of_command(*step) for step in steps)), None) for pack in under]
    return [clause for clause in found if clause is not None]


def _steps_of(fact: Fact, kinds: Mapping[str, str]) -> list[Step]:
    """Return what a fact may be cited as, the narrowest first."""
    step_of = STEPS.get(fact.type)
    if step_of is None:
        return []
    kind = kinds.get(fact.fields["form"]) if fact.type == "opinion.given" else None
    if kind is None:
        return [step_of(fact.fields)]
    # A slot is cited of the form on which the decision rests; on another it serves what that form is for.
    of_decision = kind in record_types() and record_type(kind).stage == "decision"
    return [("give_opinion", kind), step_of(fact.fields) if of_decision else ("add_record", kind)]
