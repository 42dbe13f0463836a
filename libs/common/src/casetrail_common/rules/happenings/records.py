"""What facts about text records do to a case file."""

from collections.abc import Mapping
from typing import Any, Final

from casetrail_common.facts import acts, intake, recording, review
from casetrail_common.records import RecordType, UnknownRecordTypeError, record_type
from casetrail_common.rules.draft import Draft
from casetrail_common.rules.happenings.telling import Happening, names, tell
from casetrail_common.rules.model import FIELDS

SIGNERS: Final[Mapping[str, str]] = {
    "O": "officer",
    "P": "party",
    "W": "witness",
    "U": "unit",
    "S": "server",
    "R": "recipient",
    "E": "expert",
    "M": "member",
}
"""The letters of the catalogue as marks are made. Who fills a slot signs there and makes no mark."""


@tell.register
def _(payload: intake.RecordAddedV1, draft: Draft, told: Happening) -> None:
    identity = payload.identity
    coded = {f"{FIELDS}{name}": value for name, value in payload.fields.items() if not isinstance(value, dict)}
    ordered = payload.fields.get("deadline") if payload.record_type == "correction_order" else None
    draft.bear(
        "record",
        payload.record,
        told.at,
        **_form(payload.record_type),
        filled=payload.filled,
        officers=identity and identity.officers,
        certificate_shown=identity.certificate_shown if identity and identity.certificate_noted else None,
        step_marks=payload.step_marks,
        pages=payload.pages,
        started_at=payload.started_at,
        ended_at=payload.ended_at,
        seal=payload.seal,
        issued_on=payload.issued_on,
        correction_deadline=ordered if isinstance(ordered, str) else None,
        classification=payload.classification,
        author=payload.author,
        plan_item=payload.plan_item,
        **coded,
    )
    draft.link(payload.record, *payload.about)
    if isinstance(ordered, str) and payload.case:
        draft.set("case", payload.case, told.at, correction_deadline=ordered)
    if isinstance(gap := payload.fields.get("gap"), int):
        # The form itself names the recording that broke off, whether or not the document is about it besides.
        broken = (item for item in (*payload.about, payload.fields.get("session")) if isinstance(item, str))
        draft.link(payload.record, *(f"{item}/gap/{gap}" for item in broken))
    for officer in identity.officers if identity else ():
        named = f"{payload.record}/officer/{officer}"
        draft.bear_once("named_officer", named, told.at, by=officer)
        draft.link(named, payload.record, officer)
    _correct(payload, draft, told)
    _expect(payload.record, payload.record_type, payload.fields, payload.filled, draft, told)
    if payload.seal:
        _mark(payload.record, [intake.Mark(by=payload.seal, as_role="unit", kind="seal")], draft, told)


@tell.register
def _(payload: acts.RecordCorrectedV1, draft: Draft, told: Happening) -> None:
    _correct(payload, draft, told)


@tell.register
def _(payload: intake.RecordSignedV1, draft: Draft, told: Happening) -> None:
    _mark(payload.record, payload.marks, draft, told)


@tell.register
def _(payload: acts.RecordRefusedV1, draft: Draft, told: Happening) -> None:
    refusal = f"{payload.record}/refusal/{told.ref}"
    draft.bear("refusal", refusal, told.at, party=payload.party, note=True)
    draft.link(refusal, payload.record)
    for officer in payload.officers:
        witness = f"{payload.record}/refusal_officer/{officer}"
        draft.bear_once("refusal_officer", witness, told.at, by=officer)
        draft.link(witness, payload.record, refusal)


@tell.register(intake.OpinionGivenV1)
@tell.register(review.UnitOpinedV1)
@tell.register(review.LegalOpinedV1)
@tell.register(review.HeadApprovedV1)
def _(payload: intake.OpinionGivenV1 | review.UnitOpinedV1, draft: Draft, told: Happening) -> None:
    # An opinion given in a submission stands and falls with it; a later one in the same slot takes its place.
    opinion = f"{payload.submission or payload.form}/opinion/{payload.slot}"
    written = {"opinion": payload.opinion, "reasons": payload.reasons, "suggestion": payload.suggestion}
    draft.bear(
        "opinion",
        opinion,
        told.at,
        slot=payload.slot,
        result=payload.result,
        filled=names(written),
        by=payload.by,
        signed_on=payload.signed_on,
        given_in=payload.submission,
    )
    draft.link(opinion, payload.form, *filter(None, [payload.submission]))


@tell.register
def _(payload: review.DecisionIssuedV1, draft: Draft, told: Happening) -> None:
    # Intake's answer to a decision on the spot (T18) may have been told first; the instants of both are often the same.
    if draft.knows(payload.record, "voided_at"):
        return
    draft.take_back(payload.record)
    draft.set("case", payload.case, told.at, decided_at=told.at, correction_deadline=payload.correction_deadline)
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
    _expect(payload.record, "decision_document", {}, [], draft, told)
    _mark(payload.record, [intake.Mark(by=payload.seal, as_role="unit", kind="seal")], draft, told)


@tell.register
def _(payload: recording.DeviceFaultReportedV1, draft: Draft, told: Happening) -> None:
    draft.bear("record", payload.record, told.at, **_form("device_fault_report"), author=payload.by)
    draft.link(payload.record, payload.device)


def _correct(payload: intake.RecordAddedV1 | acts.RecordCorrectedV1, draft: Draft, told: Happening) -> None:
    for correction in payload.corrections:
        place = f"{payload.record}/correction/{correction.id}"
        draft.bear_once("correction", place, told.at)
        draft.link(place, payload.record)
    _mark(payload.record, payload.marks, draft, told)


def _mark(record: str, marks: list[intake.Mark], draft: Draft, told: Happening) -> None:
    for mark in marks:
        id_ = "/".join((record, "mark", mark.as_role, mark.by, mark.kind, mark.place))
        draft.bear_once("mark", id_, told.at, by=mark.by, kind=mark.kind, place=mark.place, **{"as": mark.as_role})
        draft.link(id_, record, f"{record}/correction/{mark.place}", f"{record}/officer/{mark.by}", mark.by)


def _expect(
    record: str, code: str, fields: Mapping[str, Any], filled: list[str], draft: Draft, told: Happening
) -> None:
    """Note whom and what a form asks for."""
    if (known := _known(code)) is None:
        return
    for letter in known.signers:
        # Who did not receive a document from hand to hand signs no receipt.
        if letter in SIGNERS and not (letter == "R" and fields.get("method") != "direct"):
            signer = f"{record}/signer/{SIGNERS[letter]}"
            draft.bear("signer", signer, told.at, **{"as": SIGNERS[letter]})
            draft.link(signer, record)
    for slot in known.slots:
        draft.bear("slot", f"{record}/slot/{slot}", told.at, name=slot)
        draft.link(f"{record}/slot/{slot}", record)
    for name in known.required_fields:
        field = f"{record}/field/{name}"
        draft.bear("form_field", field, told.at, name=name, filled=name in filled)
        draft.link(field, record)


def _known(code: str) -> RecordType | None:
    try:
        return record_type(code)
    except UnknownRecordTypeError:
        return None


def _form(code: str) -> dict[str, Any]:
    """Return what the catalogue says of a record type; of one unknown to this build only its code."""
    if (known := _known(code)) is None:
        return {"type": code}
    return {
        "type": code,
        "stage": known.stage,
        "category": known.category,
        "contact": known.contact,
        "timed": known.times,
    }
