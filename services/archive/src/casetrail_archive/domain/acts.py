"""The commands by which what is missing is made: what they are called, and what they lead to."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Act:
    """A command, as people are told of it."""

    zh: str
    en: str
    facts: tuple[str, ...]
    """Types of the facts it leads to."""


ACTS: Final[Mapping[str, Act]] = {
    "file_initiation": Act("报请启动", "file the initiation", ("initiation.filed",)),
    "open_investigation": Act("启动办理", "open the investigation", ("investigation.opened",)),
    "add_record": Act("制作文书", "add a document", ("record.added", "record.corrected")),
    "sign_record": Act("签章", "sign a document", ("record.signed",)),
    "refuse_signature": Act("记录拒签", "record a refusal to sign", ("record.refused",)),
    "start_activity": Act("开始执法活动", "start an activity", ("activity.started",)),
    "end_activity": Act("结束执法活动", "end an activity", ("activity.ended",)),
    "record_party_event": Act(
        "记录当事人行为", "record what the party did", ("party.objected", "party.obstructed", "party.responded")
    ),
    "register_measure": Act("登记强制措施", "register a measure", ("measure.registered",)),
    "set_flag": Act("设置标识", "set a flag", ("case.flagged",)),
    "give_opinion": Act(
        "签署意见", "give an opinion", ("opinion.given", "review.opined", "review.legal_opined", "review.head_approved")
    ),
    "officer_returned": Act("登记返回单位", "record the return to the unit", ("officer.returned",)),
    "serve_document": Act("送达", "serve a document", ("service.performed",)),
    "close_case": Act("结案", "close the case", ("case.closed",)),
    "start_session": Act("开始录制", "start a recording", ("av.session_started",)),
    "annotate_session": Act("标注录制内容", "annotate a recording", ("av.notice_given", "av.annotated")),
    "resume_session": Act("恢复录制", "resume a recording", ("av.session_resumed",)),
    "end_session": Act("结束录制", "end a recording", ("av.session_ended",)),
    "report_interruption": Act("报告中断", "report an interruption", ("av.interruption_reported",)),
    "record_storage_exception": Act(
        "说明不能及时储存的情形", "record why storing is delayed", ("av.exception_recorded",)
    ),
    "store_session": Act("储存音像记录", "store a recording", ("av.stored",)),
    "set_custodian": Act("指定保管人", "set the custodian", ("av.custody_changed",)),
    "mark_evidence": Act("标记为证据", "mark as evidence", ("av.marked_evidence",)),
    "save_electronic_data": Act(
        "保存电子数据", "save electronic data", ("electronic_data.saved", "electronic_data.collected")
    ),
    "report_device_fault": Act("报告设备故障", "report a device fault", ("device.fault_reported",)),
    "maintain_device": Act("保养设备", "maintain a device", ("device.maintained",)),
    "submit_review": Act("送审", "submit for review", ("review.submitted", "review.accepted")),
    "discuss": Act("集体讨论", "discuss collectively", ("review.discussed",)),
    "issue_decision": Act("作出决定", "issue the decision", ("decision.issued",)),
    "decide_access": Act("审批调阅", "decide on access", ("access.approved", "access.denied")),
    "register_disc": Act("登记光盘等载体", "register a disc", ("disc.registered", "disc.annotated")),
    "file_dossier": Act("归档", "file the dossier", ("dossier.filed",)),
    "transfer_dossier": Act("移交案卷", "transfer the dossier", ("dossier.transferred",)),
    "set_retention": Act("确定保管期限", "assign the retention", ("retention.assigned",)),
    "publish_record_plan": Act("公布记录方案", "publish a record plan", ("record_plan.published",)),
    "publish_item_list": Act("公布音像记录事项清单", "publish a recording list", ("av_item_list.published",)),
    "publish_wording_guide": Act("公布用语指引", "publish a wording guide", ("wording_guide.published",)),
    "set_retention_table": Act("设置保管期限表", "set the retention table", ("retention_table.set",)),
    "register_person": Act("登记人员", "register a person", ("person.registered",)),
    "hold_round": Act("开展监督检查", "hold a round of supervision", ("supervision.round_held",)),
    "configure_permit_item": Act("配置许可事项", "configure a permit item", ("permit_item.configured",)),
    "register_device": Act("登记设备", "register a device", ("device.registered",)),
    "make_report": Act("形成统计报告", "make a report", ("report.made",)),
}

ROLE_OF_MARK: Final[Mapping[str, str]] = {"officer": "case_officer", "unit": "unit_head"}
"""Roles of those who sign in these capacities; in the others they sign as what they are."""


DOCUMENT_OF: Final[Mapping[str, str]] = {
    "issue_decision": "decision_document",
    "report_device_fault": "device_fault_report",
}
"""The one type of document that a command makes by the way."""


def acts_for(facts: Iterable[str], codes: Collection[str] = ()) -> list[str]:
    """Return the commands that lead to some types of facts, each once.

    Parameters
    ----------
    codes
        Types of the document that is wanted, if it is one.
    """
    found = dict.fromkeys(name for fact in facts for name, act in ACTS.items() if fact in act.facts)
    return [name for name in found if not codes or DOCUMENT_OF.get(name) in (None, *codes)]
