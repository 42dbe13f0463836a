"""Which command a fact came of, in the words in which rule packs cite clauses for steps."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from casetrail_common.ledger.fact import Fact
from casetrail_common.rules import Pack

Step = tuple[str, str | None]
"""Command, and what tells steps of one command apart."""


def _opinion(payload: Mapping[str, Any]) -> Step:
    return "give_opinion", payload["slot"]


def _annotation(payload: Mapping[str, Any]) -> Step:
    return "annotate_session", next((name for name in ("voice", "tags", "not_present") if payload.get(name)), None)


def _plain(command: str) -> Callable[[Mapping[str, Any]], Step]:
    return lambda _payload: (command, None)


_STEPS: Final[Mapping[str, Callable[[Mapping[str, Any]], Step]]] = {
    "case.registered": lambda payload: ("register_case", payload["start_mode"]),
    "case.flagged": _plain("set_flag"),
    "initiation.filed": _plain("file_initiation"),
    "initiation.approved": _plain("approve_initiation"),
    "initiation.rejected": _plain("reject_initiation"),
    "record.added": lambda payload: ("add_record", payload["record_type"]),
    "record.signed": _plain("sign_record"),
    "opinion.given": _opinion,
    "review.opined": _opinion,
    "review.legal_opined": _opinion,
    "review.head_approved": _opinion,
    "activity.started": lambda payload: ("start_activity", payload["kind"]),
    "activity.ended": _plain("end_activity"),
    "av.session_started": _plain("start_session"),
    "av.notice_given": _plain("give_notice"),
    "av.annotated": _annotation,
    "av.session_ended": _plain("end_session"),
    "av.stored": _plain("store_session"),
    "review.submitted": _plain("submit_review"),
    "review.returned": _plain("return_submission"),
    "decision.issued": _plain("issue_decision"),
    "service.performed": _plain("serve_document"),
    "case.closed": _plain("close_case"),
    "dossier.filed": _plain("file_dossier"),
    "dossier.transferred": _plain("transfer_dossier"),
}


def clauses_of(fact: Fact, packs: Mapping[str, Pack]) -> list[str]:
    """Return the clause beside a step, one for each pack it was recorded under that names one.

    Parameters
    ----------
    packs
        By `pack@version`.
    """
    cited = fact.fields.get("rule") or fact.fields.get("clause")
    if cited is not None:  # a judgement, or an incident: the fact names its clause itself
        return [str(cited)]
    step_of = _STEPS.get(fact.type)
    if step_of is None:
        return []
    command, detail = step_of(fact.fields)
    under = [packs[name] for name in fact.packs if name in packs]
    return [clause for pack in under if (clause := pack.clause_of_command(command, detail)) is not None]
