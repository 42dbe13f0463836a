"""Text records (文书): each field, each opinion, each signature, on the form the record type asks for."""

from casetrail_archive.dossier.casefile import CaseFile, FiledRecord, GivenOpinion
from casetrail_archive.dossier.papers.paper import (
    Paper,
    Part,
    form,
    note,
    opinion,
    pair,
    seal,
    signature,
    signatures,
    written,
)
from casetrail_archive.dossier.papers.signing import mark_lines, signature_lines
from casetrail_archive.dossier.wording import coded, day, exact, moment, span
from casetrail_common.calendar import local_day
from casetrail_common.facts.intake import Identity
from casetrail_common.records import RecordType, label, record_types

NOT_GIVEN = "（未填写）"
UNDERTAKER = "undertaker_opinion"


def record_paper(case: CaseFile, record: FiledRecord) -> Paper:
    """Return a text record as it is printed."""
    added = record.added
    kind = record_types().get(added.record_type)
    signed = signature_lines(case, record)
    rows = [*_heads(case, record), *_fields(case, record, kind, signed), *_corrections(case, record)]
    if kind is not None:
        rows += _opinions(case, record, kind)
    parts: list[Part] = [form(*rows)]
    if signed and not _signs_in_form(record, kind):
        parts.append(signatures(signed))
    if added.seal:
        issued = day(added.issued_on) if added.issued_on else ""
        parts.append(seal(case.source.agency_name, sealed_with(added.seal), issued))
    parts.append(note(_provenance(case, record)))
    return Paper(
        title=added.record_type if kind is None else kind.zh,
        over=case.source.agency_name,
        parts=tuple(parts),
        responsible=_responsible(case, record),
        dated=added.issued_on or local_day(record.fact.occurred_at),
    )


def sealed_with(code: str) -> str:
    """Return which seal a document carries."""
    return "（已加盖本机关印章）" if code == "agency" else f"（已加盖印章：{code}）"


def _responsible(case: CaseFile, record: FiledRecord) -> str:
    if record.added.seal:
        return case.source.agency_name
    officers = record.added.identity.officers if record.added.identity else []
    return case.people_named(officers) or case.person(record.added.author)


def _heads(case: CaseFile, record: FiledRecord) -> list[Part]:
    """Return the rows that say which act the record tells of, when, where and by whom."""
    added = record.added
    rows = [pair("案件名称", case.title)]
    activities = [case.activities[item] for item in added.about if item in case.activities]
    if added.started_at and added.ended_at:
        rows.append(pair("起止时间", span(added.started_at, added.ended_at)))
    for activity in activities:
        place = case.contents.text(activity.started.place)
        rows.append(pair("执法活动", f"{label('activity_kind', activity.started.kind)}，地点：{place}"))
        rows.append(pair("在场人员", case.people_named(activity.started.present) or "无"))
    if added.identity:
        officers = "、".join(_officer(case, person) for person in added.identity.officers)
        rows += [pair("执法人员\n及执法证号", officers), pair("亮证情况", _shown(added.identity))]
    if added.step_marks:
        rows.append(pair("程序事项", "、".join(label("step_mark", step) for step in added.step_marks)))
    if sessions := [item for item in added.about if item in case.sessions]:
        rows.append(pair("同步音像", "、".join(session_name(case, item) for item in sessions)))
    if added.classification:
        rows.append(pair("密级", label("classification", added.classification)))
    return rows


def _shown(identity: Identity) -> str:
    if not identity.certificate_noted:
        return "未载明"
    return "已出示执法证件" if identity.certificate_shown else "未出示执法证件"


def session_name(case: CaseFile, session: str) -> str:
    """Return what the dossier calls a session: its kind and its place among the case's sessions."""
    place = list(case.sessions).index(session) + 1
    return f"音像{place}（{label('av_kind', case.sessions[session].started.kind)}）"


def _officer(case: CaseFile, person: str) -> str:
    number = case.certificate(person)
    return case.person(person) + (f"（{number}）" if number else "")


def _signs_in_form(record: FiledRecord, kind: RecordType | None) -> bool:
    """Whether the officers sign below their opinion in an approval form, and not below the form."""
    approval = kind is not None and kind.category == "internal_approval"
    return approval and UNDERTAKER in record.added.fields


def _fields(case: CaseFile, record: FiledRecord, kind: RecordType | None, signed: list[Part]) -> list[Part]:
    """Return the fields in the order of the form, then what else was written."""
    values = record.added.fields
    declared = () if kind is None else kind.fields
    rows = []
    for field in declared:
        if field.name in values:
            content = case.contents.field(values[field.name])
            value = coded(field.coding, values[field.name]) if content is None else content
            if field.name == UNDERTAKER and _signs_in_form(record, kind):
                rows.append(opinion(field.zh, value, signed))
            else:
                rows.append(written(field.zh, _known(case, value)))
        elif not field.optional and kind is not None and kind.category != "internal_approval":
            rows.append(pair(field.zh, NOT_GIVEN))
    extra = sorted(set(values) - {field.name for field in declared})
    return rows + [written(name, case.contents.field(values[name]) or str(values[name])) for name in extra]


def _known(case: CaseFile, value: str) -> str:
    return session_name(case, value) if value in case.sessions else value


def _corrections(case: CaseFile, record: FiledRecord) -> list[Part]:
    rows = []
    for place, correction in enumerate(record.added.corrections, 1):
        before, after = case.contents.text(correction.before), case.contents.text(correction.after)
        marks = mark_lines(case, [given for given in record.marks if given.mark.place == correction.id])
        rows.append(opinion(f"更正{place}", f"{correction.position}：“{before}”更正为“{after}”。", marks))
    return rows


def _opinions(case: CaseFile, record: FiledRecord, kind: RecordType) -> list[Part]:
    """Return a row for each slot of the form, filled or not, and for each opinion beyond them."""
    given = record.opinions
    asked = [
        slot for slot in ("undertaker", "unit", "reviewer", "legal", "head") if slot in given or slot in kind.slots
    ]
    return [
        _opinion(case, given[slot]) if slot in given else opinion(label("slot", slot), NOT_GIVEN, []) for slot in asked
    ]


def _opinion(case: CaseFile, given: GivenOpinion) -> Part:
    texts = [case.contents.text(given.opinion)]
    texts += [f"理由：{case.contents.text(given.reasons)}"] if given.reasons else []
    texts += [f"建议：{case.contents.text(given.suggestion)}"] if given.suggestion else []
    signed = signature("签名", [case.person(given.by)], day(given.signed_on))
    result = f"（{label('opinion_result', given.result)}）"
    return opinion(label("slot", given.slot), "\n".join(texts), [{**signed, "role": f"{result}　签名"}])


def _provenance(case: CaseFile, record: FiledRecord) -> str:
    """Return where the record comes from, so that its fact can be found in the bag."""
    fact, added = record.fact, record.added
    pages = f"原件{added.pages}页。" if added.pages > 1 else ""
    return (
        f"本件由{case.person(added.author)}于{moment(fact.occurred_at)}完成。{pages}"
        f"签名人、时间和内容以事实记录 {fact.service}:{fact.n}（{exact(fact.recorded_at)} 入账）为准。"
    )
