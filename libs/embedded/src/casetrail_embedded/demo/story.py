"""The story: who does what, when, through which call.

Told on the agency's own clock, so that a case of three months takes a minute and its deadlines are real.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from casetrail_embedded.client import As, Client, RefusedError
from casetrail_embedded.demo import cast

MATTER: Final = "未按规定查验登记寄递物品"
NUMBER: Final = "新执罚〔2025〕58号"

Tell = Callable[[str, str, str], None]
"""Is told each step: instant, who, what."""


@dataclass
class Story:
    """The case while it is told."""

    client: Client
    videos: tuple[Path, Path]
    """Of the inquiry and of the inspection."""
    tell: Tell
    ids: dict[str, str] = field(default_factory=dict)
    now: str = ""

    async def at(self, instant: str) -> None:
        """Move the agency's clock; due timers fire on the way."""
        await self.client.put(cast.ADMINISTRATOR, "/v1/test/clock", {"agency": self.client.agency, "now": instant})
        self.now = instant

    async def do(
        self, who: cast.Member | As, what: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Let a person do something."""
        login, name = (who.login, who.name) if isinstance(who, cast.Member) else (who, "系统管理员")
        answer = await self.client.post(login, path, body)
        self.tell(self.now, name, what)
        return answer

    async def record(self, who: cast.Member, what: str, name: str, body: dict[str, Any]) -> str:
        """Let a person make a text record of the case."""
        answer = await self.do(who, what, "/v1/records", {"case": self.ids["case"], **body})
        self.ids[name] = answer["record"]
        return self.ids[name]

    async def opine(self, who: cast.Member, what: str, form: str, slot: str, text: str, **more: str) -> None:
        """Let a person sign a slot of a form that intake holds."""
        body = {"slot": slot, "result": "agree", "opinion": text, "signed_on": self.now[:10], **more}
        await self.do(who, what, f"/v1/records/{self.ids[form]}/opinions", body)


async def tell(story: Story) -> None:
    """Tell the whole story."""
    for part in (set_up, initiate, inquire, inspect, review, decide, serve_and_close, file):
        await part(story)


ITEM_LIST: Final = {
    "list_id": "AVL-2025-1",
    "unit": "u1",
    "valid_from": "2025-01-01",
    "items": [
        {"event": event, "scope": "penalty", "link": "investigation", "method": "video", "mode": "as_appropriate"}
        for event in ("inquiry", "site_inspection")
    ],
}
"""What the unit records, which the agency must have laid down."""


async def set_up(story: Story) -> None:
    """Make the agency, its law, its people and its equipment known."""
    await story.at("2025-08-01T09:00:00+08:00")
    admin = cast.ADMINISTRATOR
    await story.do(admin, "登记机关", "/v1/agencies", {"name": "新郑市某局", "province": "河南省", "units": cast.UNITS})
    await story.do(
        admin,
        "启用《河南省行政执法全过程记录办法》",
        "/v1/rules/packs",
        {"pack": "henan-2019", "version": "2019-06-04"},
    )
    await story.do(admin, "载入工作日历", "/v1/rules/calendars", {"calendar": "CN-2024-2026"})
    await story.do(
        admin,
        "载入保管期限表",
        "/v1/rules/retention-tables",
        {
            "entries": [
                {"av_class": "inquiry", "risk": "medium", "retention_class": "dossier"},
                {"av_class": "site_inspection", "risk": "medium", "retention_class": "dossier"},
                {"dossier_class": "general", "years": 10},
                {"dossier_class": "long_term", "years": 30},
            ]
        },
    )
    plan = {"conduct_type": "penalty", "procedure": "general", "version": "RP-2025-1", "valid_from": "2025-01-01"}
    await story.do(admin, "发布记录方案", "/v1/record-plans", plan)
    await story.do(admin, "发布音像记录事项清单", "/v1/media/item-lists", ITEM_LIST)
    for member in cast.CAST:
        await story.do(admin, f"登记人员 {member.name}", "/v1/people", member.registration)
    device = {
        "device_type": "body_worn_recorder",
        "serial": "DV1-2024",
        "responsible_unit": "u1",
        "custodian": cast.NIU.person,
        "registered_on": "2024-03-01",
        "last_maintained_on": "2025-08-04",
    }
    story.ids["device"] = (await story.do(admin, "登记执法记录仪", "/v1/media/devices", device))["device"]
    repository = {"kind": "enforcement_system", "name": "行政执法信息系统", "registered": True}
    answer = await story.do(admin, "登记存储系统", "/v1/media/repositories", repository)
    story.ids["repository"] = answer["repository"]


async def initiate(story: Story) -> None:
    """Register the case and have it initiated."""
    await story.at("2025-08-11T08:20:00+08:00")
    case = {
        "conduct_type": "penalty",
        "procedure": "general",
        "start_mode": "ex_officio",
        "matter": MATTER,
        "parties": [cast.PARTY.person],
        "officers": [cast.FENG.person, cast.LV.person],
        "responsible_officer": cast.FENG.person,
    }
    story.ids["case"] = (await story.do(cast.FENG, "登记案件", "/v1/cases", case))["case"]
    mark = [{"by": cast.FENG.person, "as": "officer"}]
    source = {"source": "专项检查", "reason": "发现未查验登记寄递物品", "received_at": "2025-08-11T08:30:00+08:00"}
    await story.at("2025-08-11T08:30:00+08:00")
    await story.record(
        cast.FENG, "案件来源登记表", "source", {"type": "case_source_register", "fields": source, "marks": mark}
    )
    form = {
        "reason": "专项检查发现未查验登记",
        "party_basic": "恒远物流有限公司，法定代表人郭守义",
        "undertaker_opinion": "拟立案调查。",
    }
    await story.at("2025-08-11T08:35:00+08:00")
    await story.record(
        cast.FENG, "立案审批表", "initiation", {"type": "initiation_approval", "fields": form, "marks": mark}
    )
    await story.at("2025-08-11T08:45:00+08:00")
    await story.opine(cast.DUAN, "承办机构同意立案", "initiation", "unit", "同意立案，报负责人审批。")
    await story.at("2025-08-11T08:50:00+08:00")
    path = f"/v1/cases/{story.ids['case']}/initiation"
    await story.do(cast.FENG, "报请立案审批", path, {"form": story.ids["initiation"]})
    await story.at("2025-08-11T09:00:00+08:00")
    await story.opine(cast.SONG, "负责人批准立案", "initiation", "head", "同意立案。")


@dataclass(frozen=True, slots=True)
class _Visit:
    """An act that is recorded in text and in video."""

    officer: cast.Member
    kind: str
    zh: str
    place: str
    record_type: str
    fields: dict[str, str]
    filmed_from: str
    begun: str
    ended: str
    stored: str
    video: Path


async def inquire(story: Story) -> None:
    """Question the party, filmed and written down."""
    await _visit(
        story,
        "inquiry",
        _Visit(
            officer=cast.LV,
            kind="inquiry",
            zh="询问",
            place="执法大队询问室",
            record_type="inquiry_record",
            fields={"person": "郭守义", "qa": "就收寄验视登记情况逐项询问"},
            filmed_from="2025-08-13T14:59:00+08:00",
            begun="2025-08-13T15:00:00+08:00",
            ended="2025-08-13T16:30:00+08:00",
            stored="2025-08-13T23:59:59+08:00",
            video=story.videos[0],
        ),
    )


async def inspect(story: Story) -> None:
    """Inspect the premises, filmed and written down."""
    await _visit(
        story,
        "inspection",
        _Visit(
            officer=cast.FENG,
            kind="site_inspection",
            zh="现场检查",
            place="恒远物流有限公司新郑分拣中心",
            record_type="site_record",
            fields={"place": "恒远物流有限公司新郑分拣中心", "facts": "抽查20件快件，7件无验视标识"},
            filmed_from="2025-08-20T10:58:00+08:00",
            begun="2025-08-20T11:00:00+08:00",
            ended="2025-08-20T11:50:00+08:00",
            stored="2025-08-21T08:10:00+08:00",
            video=story.videos[1],
        ),
    )


async def _visit(story: Story, name: str, visit: _Visit) -> None:
    officer, case = visit.officer, story.ids["case"]
    await story.at(visit.filmed_from)
    wish = {"case": case, "kind": "video", "mode": "full", "device": story.ids["device"]}
    session = (await story.do(officer, f"{visit.zh}：开始录像", "/v1/media/sessions", wish))["session"]
    notes = {"notice": True, "voice": ["time", "place", "officers", "act", "focus"]}
    path = f"/v1/media/sessions/{session}"
    await story.do(officer, f"{visit.zh}：告知正在录像并语音说明", f"{path}/annotations", notes)
    await story.at(visit.begun)
    act = {
        "kind": visit.kind,
        "place": visit.place,
        "officers": [cast.FENG.person, cast.LV.person],
        "present": [cast.PARTY.person],
        "sessions": [session],
    }
    activity = (await story.do(officer, f"{visit.zh}：开始", f"/v1/cases/{case}/activities", act))["activity"]
    await story.at(visit.ended)
    tags = {"tags": ["scene", "persons", "items"], "not_present": ["measures", "service"]}
    await story.do(officer, f"{visit.zh}：标注录像内容", f"{path}/annotations", tags)
    await story.do(officer, f"{visit.zh}：结束录像", f"{path}/end")
    people = [cast.FENG.person, cast.LV.person]
    record = {
        "type": visit.record_type,
        "about": [activity, session],
        "fields": visit.fields,
        "identity": {"officers": people, "certificate_shown": True},
        "marks": [
            *({"by": person, "as": "officer"} for person in people),
            {"by": cast.PARTY.person, "as": "party"},
        ],
        "started_at": visit.filmed_from,
        "ended_at": visit.ended,
    }
    await story.record(officer, f"{visit.zh}笔录", f"{name}_record", record)
    await story.do(officer, f"{visit.zh}：离开", f"/v1/activities/{activity}/end")
    story.ids[f"{name}_session"] = session
    await story.at(visit.stored)
    await _store(story, officer, session, visit)


async def _store(story: Story, officer: cast.Member, session: str, visit: _Visit) -> None:
    content = visit.video.read_bytes()
    wish = {
        "repository": story.ids["repository"],
        "custodian": cast.BAI.person,
        "files": [
            {
                "sha256": hashlib.sha256(content).hexdigest(),
                "bytes": len(content),
                "media_type": "video/mp4",
                "started_at": visit.filmed_from,
                "ended_at": visit.ended,
            }
        ],
    }
    upload = await story.do(officer, f"{visit.zh}：上传录像", f"/v1/media/sessions/{session}/uploads", wish)
    await put_parts(upload, [content])
    await story.do(officer, f"{visit.zh}：录像入库、校验并锁定", f"/v1/media/uploads/{upload['upload']}/completion")


async def put_parts(upload: dict[str, Any], contents: list[bytes]) -> None:
    """Send the parts of each file straight to the object store."""
    async with httpx.AsyncClient(timeout=60) as store:
        for file, content in zip(upload["files"], contents, strict=True):
            for part in file["missing"]:
                piece = content[part["start"] : part["start"] + part["bytes"]]
                (await store.put(part["url"], content=piece)).raise_for_status()


async def review(story: Story) -> None:
    """Tell the party its rights and submit the handling opinion."""
    people = [cast.FENG.person, cast.LV.person]
    await story.at("2025-08-25T10:00:00+08:00")
    await story.record(
        cast.FENG,
        "权利告知书",
        "rights",
        {
            "type": "rights_notice",
            "fields": {
                "rights": ["statement", "defence", "recusal", "hearing"],
                "notification_method": "当面书面告知",
                "told_at": story.now,
                "exercise_result": "当事人表示不陈述申辩、不要求听证、不申请回避",
            },
            "identity": {"officers": people, "certificate_shown": True},
            "marks": [
                *({"by": person, "as": "officer"} for person in people),
                {"by": cast.PARTY.person, "as": "party"},
            ],
        },
    )
    await story.at("2025-08-29T09:00:00+08:00")
    handling = {
        "main_facts": "7件快件未按规定验视登记",
        "legal_basis": "《邮政法》《快递暂行条例》",
        "discretion_standard": "一般情节",
        "undertaker_opinion": "建议罚款一万元",
    }
    await story.record(
        cast.FENG,
        "案件处理意见",
        "handling",
        {"type": "handling_opinion", "fields": handling, "marks": [{"by": cast.FENG.person, "as": "officer"}]},
    )
    proposed = {"content": "罚款一万元"}
    await story.record(
        cast.FENG,
        "拟作出决定",
        "proposed",
        {"type": "proposed_decision", "fields": proposed, "marks": [{"by": cast.DUAN.person, "as": "unit"}]},
    )
    await story.at("2025-08-29T09:20:00+08:00")
    wish = {"case": story.ids["case"], "form": story.ids["handling"], "proposed_decision": story.ids["proposed"]}
    story.ids["submission"] = (await story.do(cast.FENG, "提交审核", "/v1/reviews", wish))["submission"]


async def decide(story: Story) -> None:
    """Collect the opinions, one attempt too early between them, and make the decision."""
    path = f"/v1/reviews/{story.ids['submission']}"

    async def opine(who: cast.Member, what: str, slot: str, text: str, **more: str) -> None:
        body = {"slot": slot, "result": "agree", "opinion": text, "signed_on": story.now[:10], **more}
        await story.do(who, what, f"{path}/opinions", body)

    decision = {"number": NUMBER, "content": "罚款一万元", "seal": "agency"}
    await story.at("2025-08-29T15:00:00+08:00")
    await opine(cast.DUAN, "承办机构意见", "unit", "事实清楚，证据充分，同意承办意见。")
    await story.at("2025-09-01T10:00:00+08:00")
    try:
        await story.do(cast.FENG, "作出决定", f"{path}/decision", {**decision, "issued_on": "2025-09-01"})
    except RefusedError as refused:
        story.tell(story.now, cast.FENG.name, f"作出决定被拒绝：{refused.title}（{refused.code}，{refused.clause}）")
    await story.at("2025-09-03T16:00:00+08:00")
    text = "事实清楚、证据确凿、适用依据正确、程序合法。"
    await opine(cast.MA, "法制审核意见", "legal", text, suggestion="建议按拟处理意见作出决定。")
    await story.at("2025-09-04T10:00:00+08:00")
    await opine(cast.SONG, "负责人审批", "head", "同意拟处理意见。")
    await story.at("2025-09-04T15:00:00+08:00")
    answer = await story.do(cast.FENG, "作出决定", f"{path}/decision", {**decision, "issued_on": "2025-09-04"})
    story.ids["decision"] = answer["record"]


async def serve_and_close(story: Story) -> None:
    """Serve the decision, see it performed, close the case."""
    case = story.ids["case"]
    await story.at("2025-09-05T10:00:00+08:00")
    receipt = {
        "type": "service_receipt",
        "about": [story.ids["decision"]],
        "fields": {"document": "行政处罚决定书", "method": "direct", "date": "2025-09-05"},
        "marks": [{"by": cast.LV.person, "as": "server"}, {"by": cast.PARTY.person, "as": "recipient"}],
    }
    await story.record(cast.LV, "送达回证", "receipt", receipt)
    served = {
        "document": story.ids["decision"],
        "method": "direct",
        "recipient": cast.PARTY.person,
        "evidence": [story.ids["receipt"]],
    }
    await story.do(cast.LV, "送达决定书", f"/v1/cases/{case}/services", served)
    await story.at("2025-09-18T14:00:00+08:00")
    paid = {"status": "罚款已缴", "amount": "10000 CNY", "date": "2025-09-18"}
    mark = [{"by": cast.LV.person, "as": "officer"}]
    await story.record(
        cast.LV, "履行情况记录", "performance", {"type": "performance_record", "fields": paid, "marks": mark}
    )
    await story.at("2025-09-19T15:00:00+08:00")
    closure = {"outcome": "罚款已缴，结案", "date": "2025-09-19"}
    mark = [{"by": cast.FENG.person, "as": "officer"}]
    await story.record(cast.FENG, "结案审批表", "closure", {"type": "closure_record", "fields": closure, "marks": mark})
    await story.at("2025-09-19T15:10:00+08:00")
    await story.opine(cast.DUAN, "承办机构同意结案", "closure", "unit", "同意结案。")
    await story.at("2025-09-19T15:20:00+08:00")
    await story.opine(cast.SONG, "负责人同意结案", "closure", "head", "同意结案。")
    await story.at("2025-09-19T17:00:00+08:00")
    wish = {"outcome": "performed", "form": story.ids["closure"]}
    await story.do(cast.FENG, "结案", f"/v1/cases/{case}/closure", wish)


async def file(story: Story) -> None:
    """Hand the dossier over to the archive."""
    await story.at("2025-10-24T10:00:00+08:00")
    wish = {
        "case": story.ids["case"],
        "records": "all",
        "sessions": [story.ids["inquiry_session"], story.ids["inspection_session"]],
        "retention_class": "general",
    }
    answer = await story.do(cast.QIN, "归档立卷", "/v1/dossiers", wish)
    story.ids["dossier"] = answer["dossier"]
