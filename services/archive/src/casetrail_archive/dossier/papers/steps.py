"""What each fact means as a step of the case, in one line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from casetrail_archive.dossier.casefile import CaseFile
from casetrail_archive.dossier.papers.record import session_name
from casetrail_archive.dossier.wording import short_size
from casetrail_common.facts import archive, common, intake, keeping, media, review
from casetrail_common.ledger.fact import Fact
from casetrail_common.records import label, record_types

_SILENT: Final = frozenset(
    {"stream.sealed", "finding.changed", "deadline.approaching", "dossier.drafted", "dossier.sealed"}
)
"""Facts that are no step of the case: marks of a volume, and judgements, which have a sheet of their own."""

_PLAIN: Final[Mapping[str, str]] = {
    "initiation.filed": "立案审批表报送机关负责人",
    "initiation.approved": "机关负责人批准立案",
    "initiation.rejected": "机关负责人不批准立案",
    "initiation.emergency_started": "紧急启动",
    "investigation.opened": "开始调查",
    "record.refused": "当事人拒绝签名",
    "activity.ended": "执法活动结束",
    "officer.returned": "执法人员返回单位",
    "party.objected": "当事人提出异议",
    "party.obstructed": "当事人阻挠",
    "party.responded": "当事人陈述申辩",
    "measure.registered": "登记强制措施",
    "review.submitted": "提交审核",
    "review.discussed": "集体讨论",
    "review.returned": "审核退回",
    "review.terminated": "审核中提请终止或者撤回案件",
    "submission.voided": "提交无效",
    "retention.assigned": "确定保管期限",
    "retention.upgraded": "出现应当长期保存的情形",
    "retention.long_term_marked": "标记为应当长期保存的重要情况",
    "retention.override_set": "按法律、法规、规章另定保管期限",
    "disc.registered": "登记光盘等载体",
    "disc.annotated": "补充载体标注",
    "dossier.transferred": "移交案卷",
    "supplement.appended": "归档后另立一卷",
    "content.erased": "依法消除内容",
    "av.session_interrupted": "音像记录中断",
    "av.session_resumed": "音像记录恢复",
    "av.interruption_reported": "报告音像记录中断",
    "av.exception_recorded": "记录储存例外",
    "av.custody_changed": "变更音像保管人",
    "av.marked_evidence": "音像列为证据",
    "av.derivative_created": "制作音像派生件",
    "av.derivative_upload_declared": "申报派生件文件",
    "av.derivative_received": "收到派生件文件",
    "av.derivative_stored": "派生件文件校验入库",
    "av.derivative_rejected": "派生件文件与申报不符，已拒收",
    "electronic_data.collected": "采集电子数据",
    "electronic_data.saved": "保存电子数据",
    "device.fault_reported": "报告设备故障",
    "access.executed": "经批准查阅",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the case."""

    at: datetime
    what: str
    who: str
    fact: str
    """Where it stands: service and position in its log."""


def course(case: CaseFile) -> list[Step]:
    """Return the steps of the case in the order in which they happened."""
    facts = sorted(case.facts, key=lambda fact: fact.occurred_at)
    return [
        Step(fact.occurred_at, _meaning(case, fact), _actor(case, fact), f"{fact.service}:{fact.n}")
        for fact in facts
        if fact.type not in _SILENT
    ]


def _actor(case: CaseFile, fact: Fact) -> str:
    return "系统" if fact.actor.person.startswith("system:") else case.person(fact.actor.person)


def _meaning(case: CaseFile, fact: Fact) -> str:
    describe = _DESCRIBED.get(type(fact.payload))
    if describe is not None:
        return describe(case, fact.payload)
    return _PLAIN.get(fact.type, fact.type)


def _registered(case: CaseFile, payload: intake.CaseRegisteredV1) -> str:
    kind, procedure = label("conduct_type", payload.conduct_type), label("procedure", payload.procedure)
    return f"登记案件：{case.contents.text(payload.matter)}（{kind}，{procedure}）"


def _form_name(case: CaseFile, record: str) -> str:
    if record in case.decisions:
        return f"决定书 {case.decisions[record].issued.number}"
    if record not in case.records:
        return record
    code = case.records[record].added.record_type
    kind = record_types().get(code)
    return code if kind is None else kind.zh


def _opinion(case: CaseFile, payload: Any) -> str:
    slot, result = label("slot", payload.slot), label("opinion_result", payload.result)
    return f"{_form_name(case, payload.form)}：{slot}（{result}）"


def _activity(case: CaseFile, payload: intake.ActivityStartedV1) -> str:
    return f"{label('activity_kind', payload.kind)}开始，地点：{case.contents.text(payload.place)}"


def _service(case: CaseFile, payload: intake.ServicePerformedV1) -> str:
    method = label("service_method", payload.method)
    return f"{method}：{_form_name(case, payload.document)}，受送达人：{case.person(payload.recipient)}"


def _stored(case: CaseFile, payload: media.AvStoredV1) -> str:
    total = sum(file.bytes for file in payload.files)
    return f"{_session(case, payload.session)}入库锁定，{len(payload.files)}个文件，{short_size(total)}"


def _session(case: CaseFile, session: str) -> str:
    return session_name(case, session) if session in case.sessions else session


_DESCRIBED: Final[Mapping[type[Any], Callable[[CaseFile, Any], str]]] = {
    intake.CaseRegisteredV1: _registered,
    intake.CaseFlaggedV1: lambda _, payload: f"设置标记：{label('flag', payload.flag)}",
    intake.RecordAddedV1: lambda case, payload: f"制作{_form_name(case, payload.record)}",
    intake.RecordSignedV1: lambda case, payload: f"{_form_name(case, payload.record)}补充签名",
    intake.OpinionGivenV1: _opinion,
    intake.ActivityStartedV1: _activity,
    intake.ServicePerformedV1: _service,
    intake.ReviewAcceptedV1: lambda case, payload: (
        "当场作出的决定生效" if payload.submission in case.decisions else "进入审核"
    ),
    intake.CaseClosedV1: lambda _, payload: f"结案：{label('outcome', payload.outcome)}",
    review.UnitOpinedV1: _opinion,
    review.LegalOpinedV1: _opinion,
    review.HeadApprovedV1: _opinion,
    review.DecisionIssuedV1: lambda _, payload: f"作出决定：{payload.number}",
    media.AvSessionStartedV1: lambda case, payload: f"{_session(case, payload.session)}开始记录",
    media.AvNoticeGivenV1: lambda case, payload: f"{_session(case, payload.session)}：告知在场人员正在记录",
    media.AvAnnotatedV1: lambda case, payload: f"{_session(case, payload.session)}：标注记录内容",
    media.AvSessionEndedV1: lambda case, payload: f"{_session(case, payload.session)}停止记录",
    media.AvStoredV1: _stored,
    media.AvRejectedV1: lambda case, payload: f"{_session(case, payload.session)}上传文件与声明不符，已拒收",
    media.SessionLinkedV1: lambda case, payload: f"{_session(case, payload.session)}关联本案",
    common.IncidentRecordedV1: lambda _, payload: (
        f"违规操作已被拒绝并记录：{payload.code}（{payload.clause or '无对应条款'}）"
    ),
    archive.DeadlineMissedV1: lambda _, payload: f"期限届满未办：{payload.rule}",
    keeping.DeadlineEscalatedV1: lambda _, payload: f"逾期已报告承办机构负责人和监督人员：{payload.rule}",
    archive.DossierFiledV1: lambda _, __: "案卷归档",
}
