"""What may be done next in a case, and the facts it would lead to: tried out on a copy of the case file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casetrail_common.calendar import local_day
from casetrail_common.facts import ContentRef, Payload
from casetrail_common.facts.acts import InvestigationOpenedV1
from casetrail_common.facts.archive import DossierFiledV1
from casetrail_common.facts.intake import (
    ActivityEndedV1,
    ActivityStartedV1,
    CaseClosedV1,
    InitiationApprovedV1,
    InitiationFiledV1,
    OpinionGivenV1,
    ReviewAcceptedV1,
    ServicePerformedV1,
)
from casetrail_common.facts.media import AvSessionEndedV1
from casetrail_common.facts.review import DecisionIssuedV1, ReviewSubmittedV1
from casetrail_common.rules.casefile import CaseFile, Thing
from casetrail_common.rules.look import value_of

PROPOSED: Final = "proposed"
"""Id of what the command would make."""

_TEXT: Final = ContentRef(sha256="0" * 64)
"""Stands for what people would write."""


@dataclass(frozen=True, slots=True)
class Step:
    """A command that may come next, and the facts it would lead to."""

    command: str
    payloads: tuple[Payload, ...]
    item: str | None = None
    """The object it is aimed at, if that is not the case."""
    detail: str | None = None
    """What tells steps of one command apart: the kind of activity, the slot."""
    form: str | None = None
    """Type of the form that it cannot do without."""


def steps_ahead(case: Thing, file: CaseFile, now: datetime, *, activity: str | None = None) -> Iterator[Step]:
    """Yield what may come next: ending what is running, an act of a wanted kind, and moving the case on.

    Parameters
    ----------
    activity
        Kind of the activity that is planned.
    """
    for running in file.of_kind("session"):
        if value_of(running, "completed_at") is None:
            yield Step("end_session", (AvSessionEndedV1(session=running.id),), running.id)
    for running in file.of_kind("activity"):
        if value_of(running, "ended_at") is None:
            yield Step("end_activity", (ActivityEndedV1(activity=running.id),), running.id, _text(running, "kind"))
    if activity is not None and value_of(case, "closed_at") is None:
        yield Step("start_activity", tuple(_activity(case, activity)), detail=activity)
    yield from _moving(case, file, now)


def _activity(case: Thing, kind: str) -> Iterator[Payload]:
    """Yield an activity as it would be if nothing were done but to begin and end it."""
    officers = [officer for officer in [_text(case, "responsible_officer")] if officer]
    yield ActivityStartedV1(activity=PROPOSED, kind=kind, place=_TEXT, officers=officers, present=[], sessions=[])
    yield ActivityEndedV1(activity=PROPOSED)


def _moving(case: Thing, file: CaseFile, now: datetime) -> Iterator[Step]:
    """Yield the transitions that are open to a case: those of the domain model, as far as rules speak of them."""

    def has(attribute: str) -> bool:
        return value_of(case, attribute) is not None

    if has("archived_at"):
        return
    if has("closed_at"):
        yield Step("file_dossier", (_filing(case, file),))
    elif has("served_at"):
        yield _closing(file, "performed")
    elif has("decided_at"):
        yield Step("serve_document", (_service(file),), detail="direct")
    elif has("opened_at"):
        yield from _towards_decision(case, file, now)
    elif has("initiation_ended_at"):
        yield _closing(file, "not_initiated")
    else:
        yield from _towards_opening(case, file, now, is_filed=has("filed_at"))


def _towards_opening(case: Thing, file: CaseFile, now: datetime, *, is_filed: bool) -> Iterator[Step]:
    form = _form(file, "initiation_approval")
    if is_filed:
        opinion = OpinionGivenV1(
            form=form, slot="head", result="agree", opinion=_TEXT, signed_on=local_day(now), by=PROPOSED
        )
        yield Step("give_opinion", (opinion, InitiationApprovedV1(form=form)), form or None, "head")
    elif _text(case, "start_mode") == "ex_officio" and _text(case, "procedure") == "general":
        yield Step("file_initiation", (InitiationFiledV1(form=form),), form or None, form="initiation_approval")
    else:
        yield Step("open_investigation", (InvestigationOpenedV1(ground="acceptance"),))


def _towards_decision(case: Thing, file: CaseFile, now: datetime) -> Iterator[Step]:
    submissions = [one for one in file.of_kind("submission") if _is_open(one)]
    simplified = _text(case, "procedure") == "simplified"
    if submissions or simplified:
        decision = DecisionIssuedV1(
            record=PROPOSED,
            case=case.id,
            submission=submissions[-1].id if submissions else None,
            number=PROPOSED,
            content=_TEXT,
            seal="agency",
            issued_on=local_day(now),
        )
        yield Step("issue_decision", (decision,))
    if not submissions:
        form = _form(file, "handling_opinion")
        submitted = ReviewSubmittedV1(submission=PROPOSED, case=case.id, form=form)
        if not simplified:
            yield Step(
                "submit_review",
                (submitted, ReviewAcceptedV1(submission=PROPOSED)),
                form or None,
                form="handling_opinion",
            )
        yield _closing(file, "no_violation")


def _closing(file: CaseFile, outcome: str) -> Step:
    form = _form(file, "closure_record")
    return Step("close_case", (CaseClosedV1(outcome=outcome, form=form),), form or None, outcome, form="closure_record")


def _filing(case: Thing, file: CaseFile) -> DossierFiledV1:
    sessions: Sequence[str] = [one.id for one in file.of_kind("session")]
    return DossierFiledV1(
        dossier=PROPOSED, case=case.id, streams=[], sessions=list(sessions), retention_class="general"
    )


def _service(file: CaseFile) -> ServicePerformedV1:
    return ServicePerformedV1(
        service=PROPOSED,
        document=_form(file, "decision_document"),
        method="direct",
        recipient=PROPOSED,
        evidence=[],
        of_decision=True,
    )


def _is_open(submission: Thing) -> bool:
    return not any(value_of(submission, name) for name in ("returned_at", "voided_at"))


def _form(file: CaseFile, record_type: str) -> str:
    """Return the id of the newest document of a type; empty if there is none."""
    forms = [record.id for record in file.of_kind("record") if value_of(record, "type") == record_type]
    return forms[-1] if forms else ""


def _text(thing: Thing, name: str) -> str | None:
    value = value_of(thing, name)
    return value if isinstance(value, str) else None
