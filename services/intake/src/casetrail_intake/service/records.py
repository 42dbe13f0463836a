"""Text records (文书): making, signing, and refusing to change them."""

from typing import Any

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError, not_found
from casetrail_common.facts.intake import Correction, Identity, Mark, RecordAddedV1, RecordSignedV1
from casetrail_common.ids import new_id
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_common.records import RecordType, UnknownRecordTypeError, record_type, split_fields
from casetrail_intake.commands import AddRecord, CorrectionWish, IdentityWish, MarkWish, SignRecord
from casetrail_intake.found import people, require_certificate
from casetrail_intake.projections import ACTIVITY, DEVICE, MEASURE, RECORD, REQUEST, SERVICE, SESSION, case_now
from casetrail_intake.service.items import stream_of_record
from casetrail_intake.service.law import refusal, require_lawful


def add_record(wish: AddRecord, who: Principal) -> Decide:
    """Make a complete record; what its form lacks is judged by the law, not refused, unless the law refuses it."""
    record_id = new_id("intake")

    async def decide(view: View) -> Plan:
        form = _form(wish.type)
        if wish.case is not None:
            await case_now(view, wish.case)
        await _require_known(view, wish)
        who.require_for("add_record")
        if "case_officer" in who.roles:
            await require_certificate(view, who.person)
        kind, item = ("case", wish.case) if wish.case else ("record", record_id)
        payload = _payload(record_id, wish, view, form, who)
        facts = [view.new_fact(kind, item, payload)]
        empty = ", ".join(name for name in form.required_fields if name not in payload.filled)
        await require_lawful(view, wish.case, facts, command="add_record", fields=empty)
        if form.category == "outward":
            await _require_seal_and_date(view, wish)
        return Plan(facts, {"record": record_id})

    return decide


def _form(code: str) -> RecordType:
    try:
        form = record_type(code)
    except UnknownRecordTypeError:
        raise CasetrailError("field_missing", {"fields": "type"}) from None
    if form.created_by is not None:
        raise CasetrailError("field_missing", {"fields": "type"})
    return form


async def _require_known(view: View, wish: AddRecord) -> None:
    await people(view, [mark.by for mark in wish.marks])
    if wish.identity is not None:
        await people(view, wish.identity.officers, role="case_officer")
    folds: tuple[Fold[Any], ...] = (ACTIVITY, SESSION, RECORD, MEASURE, SERVICE, DEVICE, REQUEST)
    for item in wish.about:
        if not any([await view.get(fold, item) is not None for fold in folds]):
            raise not_found(item)


async def _require_seal_and_date(view: View, wish: AddRecord) -> None:
    """Insist on seal and date of what leaves the agency."""
    if not wish.seal:
        raise await refusal(view, "seal_missing")
    if wish.issued_on is None:
        raise await refusal(view, "issue_date_missing")


def _payload(record_id: str, wish: AddRecord, view: View, form: RecordType, who: Principal) -> RecordAddedV1:
    coded, content = split_fields(form, wish.fields)
    sealed: dict[str, Any] = {name: view.seal(value).model_dump() for name, value in content.items()}
    return RecordAddedV1(
        record=record_id,
        record_type=wish.type,
        case=wish.case,
        about=list(wish.about),
        fields={**coded, **sealed},
        filled=sorted({*coded, *sealed}),
        identity=wish.identity and _identity(wish.identity),
        step_marks=list(wish.step_marks),
        marks=[mark_of(mark) for mark in wish.marks],
        pages=wish.pages,
        corrections=[correction_of(one, view) for one in wish.corrections],
        started_at=wish.started_at,
        ended_at=wish.ended_at,
        seal=wish.seal or None,
        issued_on=wish.issued_on,
        classification=wish.classification,
        plan_item=wish.plan_item,
        supersedes=wish.supersedes,
        author=who.person,
    )


def _identity(wish: IdentityWish) -> Identity:
    return Identity(
        officers=wish.officers,
        certificate_shown=bool(wish.certificate_shown),
        certificate_noted=wish.certificate_shown is not None,
    )


def mark_of(mark: MarkWish) -> Mark:
    """Return a mark as it stands in a fact."""
    return Mark(by=mark.by, as_role=mark.as_role, kind=mark.kind, place=mark.place)


def correction_of(wish: CorrectionWish, view: View) -> Correction:
    """Return a correction as it stands in a fact."""
    return Correction(id=wish.id, position=wish.position, before=view.seal(wish.before), after=view.seal(wish.after))


def sign_record(record_id: str, wish: SignRecord, who: Principal) -> Decide:
    """Add marks to a record, also to one that another service made."""

    async def decide(view: View) -> Plan:
        record = await view.found(RECORD, record_id)
        await people(view, [mark.by for mark in wish.marks])
        who.require_for("sign_record")
        payload = RecordSignedV1(record=record_id, marks=[mark_of(mark) for mark in wish.marks])
        return Plan([NewFact(stream_of_record(view.agency, record_id, record), payload)])

    return decide
