"""What each fact does to a case file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import singledispatch
from typing import Any

from casetrail_common.facts import Payload, archive, common, intake, media, review
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Fact
from casetrail_common.records import UnknownRecordTypeError, record_type
from casetrail_common.rules.casefile import CaseFile
from casetrail_common.rules.draft import Draft


@dataclass(frozen=True, slots=True)
class Happening:
    """A fact, appended or proposed, as far as a case file looks at it."""

    payload: Payload | None
    item: str
    """Id of the object whose stream it stands in."""
    at: datetime
    """When it happened, whenever it was recorded."""
    ref: str
    """Names the fact among all others."""

    @classmethod
    def of(cls, fact: Fact) -> "Happening":
        """Return a fact of a ledger."""
        return cls(fact.payload, fact.stream_item, fact.occurred_at, f"{fact.service}:{fact.n}")

    @classmethod
    def proposed(cls, new: NewFact, *, now: datetime) -> "Happening":
        """Return a fact that a decision wants appended."""
        return cls(new.payload, new.stream.split(":", 2)[2], new.occurred_at or now, "proposed")


def build(facts: Iterable[Fact], *, as_of: datetime | None = None) -> CaseFile:
    """Return the case file that facts add up to, each service's in the order of its log.

    Parameters
    ----------
    as_of
        Leave out what was recorded later.
    """
    known = (fact for fact in facts if as_of is None or fact.recorded_at <= as_of)
    return after(CaseFile(), *(Happening.of(fact) for fact in known))


def after(file: CaseFile, *happenings: Happening) -> CaseFile:
    """Return the case file after what happened."""
    draft = Draft.of(file)
    for happening in happenings:
        _tell(happening.payload, draft, happening)
    return draft.done()


@singledispatch
def _tell(_payload: object, _draft: Draft, _told: Happening) -> None:
    """Change nothing: no rule speaks of what this fact says."""


# --- intake ---------------------------------------------------------------------------------------------------------


@_tell.register
def _(payload: intake.CaseRegisteredV1, draft: Draft, told: Happening) -> None:
    draft.bear(
        "case",
        payload.case,
        told.at,
        conduct_type=payload.conduct_type,
        procedure=payload.procedure,
        start_mode=payload.start_mode,
    )


@_tell.register
def _(payload: intake.CaseFlaggedV1, draft: Draft, told: Happening) -> None:
    flag = f"{payload.target}/flag/{payload.flag}"
    draft.bear_once("flag", flag, told.at, code=payload.flag)
    draft.link(flag, payload.target)


@_tell.register(intake.InitiationApprovedV1)
@_tell.register(intake.InitiationRejectedV1)
def _(_payload: Payload, draft: Draft, told: Happening) -> None:
    draft.set("case", told.item, told.at, initiation_ended_at=told.at)


@_tell.register
def _(payload: intake.RecordAddedV1, draft: Draft, told: Happening) -> None:
    identity = payload.identity
    draft.bear(
        "record",
        payload.record,
        told.at,
        **_form(payload.record_type),
        filled=payload.filled,
        officers=identity and identity.officers,
        certificate_shown=identity and identity.certificate_shown,
        pages=payload.pages,
        started_at=payload.started_at,
        ended_at=payload.ended_at,
        seal=payload.seal,
        issued_on=payload.issued_on,
        classification=payload.classification,
        author=payload.author,
    )
    draft.link(payload.record, *payload.about)
    _mark(payload, draft, told)


@_tell.register(intake.RecordSignedV1)
def _mark(payload: intake.RecordSignedV1 | intake.RecordAddedV1, draft: Draft, told: Happening) -> None:
    for mark in payload.marks:
        id_ = "/".join((payload.record, "mark", mark.as_role, mark.by, mark.kind, mark.place))
        draft.bear_once("mark", id_, told.at, by=mark.by, kind=mark.kind, place=mark.place, **{"as": mark.as_role})
        draft.link(id_, payload.record)


@_tell.register(intake.OpinionGivenV1)
@_tell.register(review.UnitOpinedV1)
@_tell.register(review.LegalOpinedV1)
@_tell.register(review.HeadApprovedV1)
def _(payload: intake.OpinionGivenV1 | review.UnitOpinedV1, draft: Draft, told: Happening) -> None:
    # An opinion given in a submission stands and falls with it; a later one in the same slot takes its place.
    opinion = f"{payload.submission or payload.form}/opinion/{payload.slot}"
    draft.bear(
        "opinion",
        opinion,
        told.at,
        slot=payload.slot,
        result=payload.result,
        by=payload.by,
        given_in=payload.submission,
    )
    draft.link(opinion, payload.form, *filter(None, [payload.submission]))


@_tell.register
def _(payload: intake.ActivityStartedV1, draft: Draft, told: Happening) -> None:
    draft.bear(
        "activity",
        payload.activity,
        told.at,
        kind=payload.kind,
        conduct_type=payload.conduct_type,
        officers=payload.officers,
        present=payload.present,
        started_at=told.at,
    )
    draft.link(payload.activity, *payload.sessions)


@_tell.register
def _(payload: intake.ActivityEndedV1, draft: Draft, told: Happening) -> None:
    draft.set("activity", payload.activity, told.at, ended_at=told.at)


@_tell.register
def _(payload: intake.ReviewAcceptedV1, draft: Draft, told: Happening) -> None:
    draft.set("submission", payload.submission, told.at, accepted_at=told.at)


@_tell.register
def _(payload: intake.SubmissionVoidedV1, draft: Draft, told: Happening) -> None:
    draft.set("submission", payload.submission, told.at, voided_at=told.at)


@_tell.register
def _(payload: intake.ServicePerformedV1, draft: Draft, told: Happening) -> None:
    draft.bear(
        "service",
        payload.service,
        told.at,
        method=payload.method,
        recipient=payload.recipient,
        of_decision=payload.of_decision,
        ended_at=told.at,
    )
    draft.link(payload.service, *payload.evidence, *payload.sessions)


@_tell.register
def _(payload: intake.CaseClosedV1, draft: Draft, told: Happening) -> None:
    draft.set("case", told.item, told.at, closed_at=told.at, outcome=payload.outcome)


# --- media ----------------------------------------------------------------------------------------------------------


@_tell.register
def _(payload: media.AvSessionStartedV1, draft: Draft, told: Happening) -> None:
    draft.bear(
        "session",
        payload.session,
        told.at,
        kind=payload.kind,
        mode=payload.mode,
        device=payload.device,
        recorder=payload.recorder,
        started_at=told.at,
    )
    draft.link(payload.session, *payload.activities)


@_tell.register
def _(payload: media.AvNoticeGivenV1, draft: Draft, told: Happening) -> None:
    notice = f"{payload.session}/notice"
    draft.bear_once("notice", notice, told.at)
    draft.link(notice, payload.session)


@_tell.register
def _(payload: media.AvAnnotatedV1, draft: Draft, told: Happening) -> None:
    marked = {"voice": payload.voice, "tag": payload.tags, "not_present": payload.not_present}
    for kind, codes in marked.items():
        for code in codes:
            annotation = f"{payload.session}/{kind}/{code}"
            draft.bear_once(kind, annotation, told.at, code=code)
            draft.link(annotation, payload.session)


@_tell.register
def _(payload: media.AvSessionEndedV1, draft: Draft, told: Happening) -> None:
    draft.set("session", payload.session, told.at, completed_at=told.at)


@_tell.register
def _(payload: media.AvStoredV1, draft: Draft, told: Happening) -> None:
    # Storage deadlines look at the instant at which the upload was complete, not at the later one of verification.
    received = payload.received_at
    draft.set("session", payload.session, received, stored_at=received)
    draft.set("session", payload.session, told.at, custodian=payload.custodian, repository=payload.repository)


# --- review ---------------------------------------------------------------------------------------------------------


@_tell.register
def _(payload: review.ReviewSubmittedV1, draft: Draft, told: Happening) -> None:
    draft.bear("submission", payload.submission, told.at)
    draft.link(payload.submission, payload.form)


@_tell.register
def _(payload: review.ReviewReturnedV1, draft: Draft, told: Happening) -> None:
    draft.set("submission", payload.submission, told.at, returned_at=told.at)


@_tell.register
def _(payload: review.DecisionIssuedV1, draft: Draft, told: Happening) -> None:
    draft.set("case", payload.case, told.at, decided_at=told.at)
    draft.bear(
        "record",
        payload.record,
        told.at,
        **_form("decision_document"),
        filled=[],
        number=payload.number,
        seal=payload.seal,
        issued_on=payload.issued_on,
        correction_deadline=payload.correction_deadline,
    )


# --- archive and all ------------------------------------------------------------------------------------------------


@_tell.register
def _(payload: archive.DossierFiledV1, draft: Draft, told: Happening) -> None:
    draft.bear("dossier", payload.dossier, told.at, retention_class=payload.retention_class)
    draft.link(payload.dossier, *payload.sessions)


@_tell.register
def _(payload: archive.DossierSealedV1, draft: Draft, told: Happening) -> None:
    draft.set("dossier", payload.dossier, told.at, sealed_at=told.at)


@_tell.register
def _(payload: archive.RetentionAssignedV1, draft: Draft, told: Happening) -> None:
    kept = {"retention_class": payload.retention_class, "retention_years": payload.years}
    draft.set("dossier", payload.dossier, told.at, **kept)


@_tell.register
def _(payload: common.IncidentRecordedV1, draft: Draft, told: Happening) -> None:
    incident = f"{payload.item}/incident/{told.ref}"
    draft.bear("incident", incident, told.at, code=payload.code, clause=payload.clause)
    draft.link(incident, payload.item)


def _form(code: str) -> dict[str, Any]:
    """Return what the catalogue says of a record type; of one unknown to this build only its code."""
    try:
        known = record_type(code)
    except UnknownRecordTypeError:
        return {"type": code}
    return {"type": code, "stage": known.stage, "category": known.category, "contact": known.contact}
