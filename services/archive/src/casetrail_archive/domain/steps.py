"""Which command a fact came of, in the words in which rule packs cite clauses for steps."""

from collections.abc import Iterator, Mapping
from typing import Final

from casetrail_archive.domain.acts import ACTS
from casetrail_common.ledger.fact import Fact
from casetrail_common.rules import Pack

COMMANDS: Final[Mapping[str, str]] = {
    **{fact: command for command, act in ACTS.items() for fact in act.facts},
    "access.requested": "request_access",
    "av.notice_given": "give_notice",
    "av.session_interrupted": "interrupt_session",
    "case.registered": "register_case",
    "initiation.approved": "approve_initiation",
    "initiation.emergency_started": "start_emergency",
    "initiation.rejected": "reject_initiation",
    "review.returned": "return_submission",
}
"""Command by type of fact: those that make what may be missing, and others that packs cite."""

_DETAIL: Final[Mapping[str, str]] = {
    "activity.started": "kind",
    "case.registered": "start_mode",
    "record.added": "record_type",
    "service.performed": "method",
}
"""Member of the payload that tells steps of one command apart."""


def clauses_of(fact: Fact, packs: Mapping[str, Pack], *, forms: Mapping[str, str]) -> list[str]:
    """Return the clause beside a step, one for each pack it was recorded under that names one.

    Parameters
    ----------
    packs
        By `pack@version`.
    forms
        Type of each record of the case, by id.
    """
    cited = fact.fields.get("rule") or fact.fields.get("clause")
    if cited is not None:  # a judgement, or an incident: the fact names its clause itself
        return [str(cited)]
    command = COMMANDS.get(fact.type)
    if command is None:
        return []
    under = [packs[name] for name in fact.packs if name in packs]
    details = [*_details(fact, command, forms)]
    return [clause for pack in under if (clause := pack.clause_of_command(command, *details)) is not None]


def _details(fact: Fact, command: str, forms: Mapping[str, str]) -> Iterator[str]:
    """Yield what tells steps of the command apart, the closest first: of opinions the form, then the slot."""
    said = fact.fields
    if command == "give_opinion":
        yield from filter(None, [forms.get(said["form"]), said["slot"]])
    elif command == "annotate_session":
        yield from (name for name in ("voice", "tags", "not_present") if said.get(name))
    elif fact.type in _DETAIL:
        yield said[_DETAIL[fact.type]]
