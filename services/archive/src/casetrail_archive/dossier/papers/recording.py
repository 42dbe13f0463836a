"""Annotation sheets (音像记录说明): who recorded what, when, where, with what, and where the original lies.

Source: henan-2019/23.1b asks for who took it, when and where; 最高法《行政诉讼证据规定》第十二条 for how it was made,
what it proves and a written record of the sound.
"""

from casetrail_archive.dossier.casefile import CaseFile, FiledRecord, FiledSession
from casetrail_archive.dossier.papers.paper import Paper, Part, form, heading, note, pair, pairs, written
from casetrail_archive.dossier.papers.record import session_name
from casetrail_archive.dossier.wording import day, duration, exact, moment, size, span
from casetrail_common.calendar import local_day
from casetrail_common.facts.media import StoredFile
from casetrail_common.records import label, record_type

NOT_STATED = "未说明"


def recording_paper(case: CaseFile, session: FiledSession, names: dict[str, str]) -> Paper:
    """Return the annotation sheet of a session.

    Parameters
    ----------
    names
        File name in the bag by object key; files that are not in the bag are absent.
    """
    started = session.started
    name = session_name(case, started.session)
    rows = (*_taking(case, session), *_content(session), *_gaps(case, session), *_evidence(case, session))
    parts: list[Part] = [form(*rows)]
    parts += _files(case, session, names)
    return Paper(
        title="音像记录说明",
        over=case.source.agency_name,
        number=name,
        parts=(*parts, note(_keeping(case, session))),
        responsible=case.person(started.recorder),
        dated=local_day(session.fact.occurred_at),
    )


def _taking(case: CaseFile, session: FiledSession) -> list[Part]:
    started = session.started
    began = session.fact.occurred_at
    times = span(began, session.ended_at) if session.ended_at else f"{moment(began)}起"
    device = case.devices.get(started.device)
    kind = "" if device is None else f"{label('device_type', device.device_type)}　序列号 {device.serial}"
    activities = [case.activities[item] for item in _activities(case, started.session)]
    places = [case.contents.text(activity.started.place) for activity in activities]
    acts = [label("activity_kind", activity.started.kind) for activity in activities]
    return [
        pair("案件名称", case.title),
        pairs(("种类", label("av_kind", started.kind)), ("记录方式", label("av_mode", started.mode))),
        pair("取证人员", case.person(started.recorder)),
        pair("取证设备", kind or started.device),
        pair("取证时间", times),
        pair("取证地点", "、".join(dict.fromkeys(places)) or NOT_STATED),
        pair("记录的执法活动", "、".join(acts) or NOT_STATED),
        pair("同步文字记录", "、".join(_records_about(case, started.session)) or "无"),
    ]


def _activities(case: CaseFile, session: str) -> list[str]:
    named = case.sessions[session].started.activities
    linked = [name for name, activity in case.activities.items() if session in activity.started.sessions]
    return [name for name in dict.fromkeys([*named, *linked]) if name in case.activities]


def _records_about(case: CaseFile, session: str) -> list[str]:
    records = [record.added for record in case.records.values() if session in record.added.about]
    return [record_type(added.record_type).zh for added in records]


def _content(session: FiledSession) -> list[Part]:
    notice = moment(session.notice_at) if session.notice_at else "未告知"
    return [
        pair("告知正在记录", notice),
        pair("语音说明", _codes("voice_item", session.voice)),
        pair("记录内容", _codes("content_tag", session.tags)),
        pair("现场未出现", _codes("content_tag", session.not_present)),
    ]


def _codes(enumeration: str, codes: list[str]) -> str:
    return "、".join(label(enumeration, code) for code in dict.fromkeys(codes)) or "无"


def _gaps(case: CaseFile, session: FiledSession) -> list[Part]:
    """Return each gap with its cause, its time and what was written of it."""
    rows = []
    for number, gap in enumerate(session.gaps, 1):
        times = span(gap.at, gap.resumed_at) if gap.resumed_at else f"{moment(gap.at)}起，未再恢复"
        cause = label("cause", gap.broken.cause)
        rows.append(written(f"第{number}次中断", f"{cause}；{times}。{case.contents.text(gap.broken.description)}"))
    return rows


def _evidence(case: CaseFile, session: FiledSession) -> list[Part]:
    """Return what it was marked as evidence of, and what the evidence notes about it add."""
    notes = [record for record in case.records.values() if _is_evidence_note(record, session.started.session)]
    rows = [written("证明内容", case.contents.text(proves)) for proves in session.proves]
    for one in notes:
        for field in record_type(one.added.record_type).fields:
            text = case.contents.field(one.added.fields.get(field.name))
            if text:
                rows.append(written(field.zh, text))
    return rows


def _is_evidence_note(record: FiledRecord, session: str) -> bool:
    return record.added.record_type in {"av_evidence_note", "av_location_note"} and session in record.added.about


def _files(case: CaseFile, session: FiledSession, names: dict[str, str]) -> list[Part]:
    if session.stored is None:
        return [heading("原始文件"), note("本次记录没有已入库的原始文件。")]
    parts: list[Part] = [heading("原始文件")]
    for place, file in enumerate(session.stored.files, 1):
        parts.append(form(*_file(case, place, file, names.get(file.object))))
    return parts


def _file(case: CaseFile, place: int, file: StoredFile, name: str | None) -> list[Part]:
    length = duration(file.duration_ms // 1000) if file.duration_ms is not None else "未测得"
    rows = [
        pair(f"文件{place}", f"data/音像/{name}" if name else "未随卷存放，存储位置见下"),
        pairs(("格式", file.media_type), ("实测时长", length)),
        pair("大小", size(file.bytes)),
        pair("声明时间", f"{exact(file.started_at)} 至 {exact(file.ended_at)}"),
        pair("SHA-256", file.sha256),
        pair("存储位置", f"{file.object}\n版本 {file.version_id}"),
    ]
    return rows + ([pair("检测备注", "；".join(_noted(case, note) for note in file.notes))] if file.notes else [])


def _noted(case: CaseFile, found: str) -> str:
    """Return what probing noted; what it names is a session, of this case or of another."""
    code, _, session = found.partition(":")
    words = label("probe_note", code)
    if not session:
        return words
    return f"{words}：{session_name(case, session) if session in case.sessions else session}"


def _keeping(case: CaseFile, session: FiledSession) -> str:
    stored = session.stored
    if stored is None:
        return "本次音像记录未入库。"
    repository = case.repositories.get(stored.repository)
    place = stored.repository if repository is None else repository.name
    return (
        f"原始文件于{exact(stored.received_at)}存入{place}，由{case.person(stored.custodian)}保管，"
        f"锁定至{day(local_day(stored.retained_until))}，其间不可修改、不可删除。{_since(case, session)}"
        f"时长和文件格式为读完全部文件后测得；声明时间由设备提供。"
    )


def _since(case: CaseFile, session: FiledSession) -> str:
    """Return who keeps it now, if that has changed."""
    unchanged = session.stored is None or session.custodian in {None, session.stored.custodian}
    return "" if unchanged or session.custodian is None else f"现由{case.person(session.custodian)}保管。"
