"""A penalty against a logistics company, from registration to filing, as the services would record it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from casetrail_archive.dossier import DossierInput, FindingCopy, Recording
from casetrail_common.canonical import sha256
from casetrail_common.facts import Payload, intake, media, review
from casetrail_common.ids import Service
from casetrail_common.ledger.append import Law
from casetrail_common.records import record_type, split_fields
from support.facts import FactBook

CHINA = timezone(timedelta(hours=8))
AGENCY, CASE, DOSSIER = "xinzheng", "i-01989b10-0000-7000-8000-000000000001", "a-019a13f0-0000-7000-8000-000000000009"
INTAKE, ARCHIVE = f"case:{AGENCY}:{CASE}", f"case:{AGENCY}:{CASE}"

STAFF = {
    "feng": ("冯建国", ["case_officer"], "u1", "豫XZ-0511"),
    "lv": ("吕静", ["case_officer"], "u1", "豫XZ-0526"),
    "duan": ("段宏", ["unit_head"], "u1", None),
    "songw": ("宋伟", ["agency_head"], "u0", None),
    "ma": ("马琳", ["legal_reviewer", "supervisor"], "u2", None),
    "qin": ("秦岚", ["archivist"], "u3", None),
    "bai": ("白雪", ["records_custodian"], "u3", None),
}
UNITS = {"u1": "综合执法大队", "u0": "局领导", "u2": "法制科", "u3": "办公室（档案室）"}

QUESTIONS = [
    {"q": "我们是新郑市某局执法人员冯建国、吕静，这是我们的执法证件，请你过目。你看清楚了吗？", "a": "看清楚了。"},
    {"q": "依照法律规定，你有权陈述、申辩，有权申请回避。你是否申请回避？", "a": "不申请回避。"},
    {"q": "请说明你的身份和在公司的职务。", "a": "我叫郭守义，是恒远物流有限公司的法定代表人，负责公司全面工作。"},
    {
        "q": "你公司新郑分拣中心在收寄快件时如何登记寄件人信息？",
        "a": "按要求应当逐件查验并登记寄件人身份。八月上旬单量大，一部分先收件、事后补录，有的没有补上。",
    },
    {"q": "涉及多少件？", "a": "从系统里看，抽查的二十件里有七件没有验视标识，具体总数我要回去核实。"},
    {"q": "为什么没有按规定查验登记？", "a": "主要是人手不足，现场管理也没有跟上，这是我们的责任。"},
    {"q": "你还有什么要补充的？", "a": "我们已经开始整改，增加了两名安检员，希望从轻处理。"},
    {"q": "以上笔录请你核对，与你所说是否一致？", "a": "我看过了，与我说的一致。"},
]


def china(month: int, day: int, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    """Return an instant of 2025 on a clock in China."""
    return datetime(2025, month, day, hour, minute, second, tzinfo=CHINA)


@dataclass
class Filming:
    """A recording of the story."""

    session: str
    began: datetime
    ended: datetime
    stored: datetime
    by: str


FILMS = {
    "AV-1": Filming(
        "m-0198a2c0-0000-7000-8000-000000000011",
        china(8, 13, 14, 59),
        china(8, 13, 16, 30),
        china(8, 13, 23, 59, 59),
        "lv",
    ),
    "AV-2": Filming(
        "m-0198c6a0-0000-7000-8000-000000000012",
        china(8, 20, 10, 58),
        china(8, 20, 11, 50),
        china(8, 21, 8, 10),
        "feng",
    ),
}


class PenaltyCase:
    """Tells the story step by step into a book of facts."""

    def __init__(self, *, video: bytes = b"not really a video\n" * 1000, agency_name: str = "新郑市某局") -> None:
        self.book = FactBook(AGENCY, china(8, 1), Law(("henan-2019@2019-06-04",), "CN-2025-2026"))
        self.videos = {name: video + name.encode() for name in FILMS}
        self.agency_name = agency_name
        self.records: dict[str, str] = {}
        self._count = 100
        self._tell()

    def streams(self) -> list[tuple[Service, str]]:
        """Return the streams that the dossier holds whole."""
        case = f"case:{AGENCY}:{CASE}"
        films: list[tuple[Service, str]] = [("media", _stream(film)) for film in FILMS.values()]
        return [("intake", case), ("media", case), ("review", case), ("archive", case), *films]

    def source(self, folder: Path | None = None, *, draft: bool = False) -> DossierInput:
        """Return what the dossier is made from; recordings are written into a folder, or left out without one."""
        if not draft and not self.book.of("archive", ARCHIVE):
            self.book.now = china(10, 24, 10)
            self.book.file(DOSSIER, CASE, self.streams())
        return DossierInput(
            agency=AGENCY,
            agency_name=self.agency_name,
            case=CASE,
            dossier=DOSSIER,
            made_at=self.book.now,
            draft=draft,
            streams=self.book.copies(self.streams()),
            contents=dict(self.book.contents),
            findings=FINDINGS,
            recordings=tuple(self._recording(name, folder) for name in FILMS),
        )

    def _recording(self, name: str, folder: Path | None) -> Recording:
        video, path = self.videos[name], None
        if folder is not None:
            path = folder / name
            path.write_bytes(video)
        session = FILMS[name].session
        return Recording(session, f"{AGENCY}/{session}/1", sha256(video).hex(), len(video), "video/mp4", path)

    def _say(self, payload: Payload, *, by: str = "feng", service: Service = "intake", stream: str = INTAKE) -> None:
        self.book.fact_of(service, stream, payload, by=by)

    def _tell(self) -> None:
        self._people()
        self._initiation()
        self._filming("AV-1", "inquiry", "执法大队询问室", self._inquiry_record)
        self._filming("AV-2", "site_inspection", "恒远物流有限公司新郑分拣中心", self._site_record)
        self._decision()
        self._execution()

    def _people(self) -> None:
        units = [intake.Unit(id=unit, name=name) for unit, name in UNITS.items()]
        agency = intake.AgencyRegisteredV1(name=self.agency_name, province="河南省", units=units)
        self._say(agency, stream=f"agency:{AGENCY}:{AGENCY}", by="system:intake")
        for person, (name, roles, unit, number) in STAFF.items():
            certificate = None
            if number:
                certificate = intake.Certificate(
                    number=self.book.seal(number), valid_from=date(2023, 1, 1), valid_until=date(2027, 12, 31)
                )
            self._person(person, name, kind="staff", roles=roles, unit=unit, certificate=certificate)
        self._person("hengyuan", "恒远物流有限公司", kind="outside", roles=["party"])
        device = media.DeviceRegisteredV1(
            device="dv1",
            device_type="body_worn_recorder",
            serial="DV1-2024",
            responsible_unit="u1",
            custodian="bai",
            registered_on=date(2024, 3, 1),
        )
        self._say(device, service="media", stream=f"device:{AGENCY}:dv1")
        store = media.RepositoryRegisteredV1(
            repository="repo1", kind="enforcement_system", name="行政执法信息系统", registered=True
        )
        self._say(store, service="media", stream=f"repository:{AGENCY}:repo1")

    def _person(self, person: str, name: str, **more: Any) -> None:
        fact = intake.PersonRegisteredV1(person=person, name=self.book.seal(name), **more)
        self._say(fact, stream=f"person:{AGENCY}:{person}", by="system:intake")

    def record(self, alias: str, kind: str, fields: dict[str, Any], *, by: str = "feng", **more: Any) -> None:
        """Add a text record; content is kept apart."""
        coded, content = split_fields(record_type(kind), fields)
        self._count += 1
        self.records[alias] = f"i-0198{self._count:04x}-0000-7000-8000-000000000000"
        marks = more.pop("marks", [(by, "officer")])
        self._say(
            intake.RecordAddedV1(
                record=self.records[alias],
                record_type=kind,
                case=CASE,
                fields={**coded, **{name: self.book.seal(value).model_dump() for name, value in content.items()}},
                filled=sorted([*coded, *content]),
                marks=[intake.Mark(by=who, as_role=role) for who, role in marks],
                author=by,
                **more,
            ),
            by=by,
        )

    def _opinion(self, alias: str, slot: Any, text: str, *, by: str) -> None:
        self._say(
            intake.OpinionGivenV1(
                form=self.records[alias],
                slot=slot,
                result="agree",
                opinion=self.book.seal(text),
                signed_on=self.book.now.date(),
                by=by,
            ),
            by=by,
        )

    def _initiation(self) -> None:
        self.book.now = china(8, 11, 8, 20)
        self._say(
            intake.CaseRegisteredV1(
                case=CASE,
                conduct_type="penalty",
                procedure="general",
                start_mode="ex_officio",
                matter=self.book.seal("未按规定查验登记寄递物品"),
                parties=["hengyuan"],
                officers=["feng", "lv"],
                responsible_officer="feng",
                unit="u1",
            )
        )
        self.book.now = china(8, 11, 8, 30)
        source = {"source": "专项检查", "reason": "发现未查验登记寄递物品", "received_at": "2025-08-11T08:30:00+08:00"}
        self.record("source", "case_source_register", source)
        form = {
            "reason": "专项检查发现该公司新郑分拣中心未按规定查验登记寄递物品。",
            "party_basic": "恒远物流有限公司，法定代表人郭守义",
            "undertaker_opinion": "拟立案调查。",
        }
        self.record("init", "initiation_approval", form)
        self.book.now = china(8, 11, 8, 45)
        self._opinion("init", "unit", "同意立案，报负责人审批。", by="duan")
        self.book.now = china(8, 11, 8, 50)
        self._say(intake.InitiationFiledV1(form=self.records["init"]))
        self.book.now = china(8, 11, 9)
        self._opinion("init", "head", "同意立案。", by="songw")
        self._say(intake.InitiationApprovedV1(form=self.records["init"]), by="songw")

    def _filming(self, name: str, kind: str, place: str, write: Any) -> None:
        film, video = FILMS[name], self.videos[name]
        stream, case = _stream(film), f"case:{AGENCY}:{CASE}"
        activity = f"i-0198{ord(name[-1]):04x}-0000-7000-8000-0000000000aa"
        self.book.now = film.began
        started = media.AvSessionStartedV1(
            session=film.session, case=CASE, kind="video", mode="full", device="dv1", recorder=film.by
        )
        self._say(started, service="media", stream=stream, by=film.by)
        notice = media.AvNoticeGivenV1(session=film.session)
        voice = media.AvAnnotatedV1(session=film.session, voice=["time", "place", "officers", "act", "focus"])
        self._say(notice, service="media", stream=stream, by=film.by)
        self._say(voice, service="media", stream=stream, by=film.by)
        last = self.book.of("media", stream)[-1]
        position = {"stream": stream, "position": last.stream_seq, "hash": last.hash.hex()}
        linked = media.SessionLinkedV1(session=film.session, **position)
        self._say(linked, service="media", stream=case, by=film.by)
        self.book.now = film.began + timedelta(minutes=1)
        begun = intake.ActivityStartedV1(
            activity=activity,
            kind=kind,
            place=self.book.seal(place),
            officers=["feng", "lv"],
            present=["hengyuan"],
            sessions=[film.session],
            links=[intake.LinkedStream(service="media", **position)],
        )
        self._say(begun, by=film.by)
        self.book.now = film.ended
        tags = media.AvAnnotatedV1(
            session=film.session, tags=["scene", "persons", "items"], not_present=["measures", "service"]
        )
        self._say(tags, service="media", stream=stream, by=film.by)
        self._say(media.AvSessionEndedV1(session=film.session), service="media", stream=stream, by=film.by)
        write(activity, film)
        self._say(intake.ActivityEndedV1(activity=activity), by=film.by)
        self.book.now = film.stored
        self._say(_stored(film, video), service="media", stream=stream, by=film.by)

    def _contact(self, alias: str, kind: str, fields: dict[str, Any], activity: str, film: Filming) -> None:
        self.record(
            alias,
            kind,
            fields,
            by=film.by,
            about=[activity, film.session],
            identity=intake.Identity(officers=["feng", "lv"], certificate_shown=True),
            step_marks=["identity", "certificate_shown", "rights_told", "content_verified", "party_signed"],
            marks=[("feng", "officer"), ("lv", "officer"), ("hengyuan", "party")],
            started_at=film.began,
            ended_at=film.ended,
            pages=2,
        )

    def _inquiry_record(self, activity: str, film: Filming) -> None:
        self._contact("inquiry", "inquiry_record", {"person": "郭守义", "qa": QUESTIONS}, activity, film)

    def _site_record(self, activity: str, film: Filming) -> None:
        facts = (
            "新郑分拣中心正在作业。执法人员出示证件并说明来意后，随机抽查待发快件20件，其中7件外包装无验视标识，"
            "系统中无寄件人身份登记信息。\n对7件快件逐一拍照、登记单号，并由现场负责人确认。其余13件验视标识、登记信息齐全。"
        )
        place = "恒远物流有限公司新郑分拣中心"
        self._contact("site", "site_record", {"place": place, "facts": facts}, activity, film)

    def _decision(self) -> None:
        self.book.now = china(8, 25, 10)
        rights = {
            "rights": ["statement", "defence", "recusal", "hearing"],
            "notification_method": "当面书面告知",
            "told_at": "2025-08-25T10:00:00+08:00",
            "exercise_result": "当事人表示不陈述申辩、不要求听证、不申请回避",
        }
        marks = [("feng", "officer"), ("lv", "officer"), ("hengyuan", "party")]
        self.record("rights", "rights_notice", rights, marks=marks)
        self.book.now = china(8, 29)
        handling = {
            "main_facts": "抽查20件快件，7件快件未按规定验视登记。",
            "legal_basis": "《邮政法》《快递暂行条例》",
            "discretion_standard": "一般情节",
            "undertaker_opinion": "建议罚款一万元",
        }
        self.record("handling", "handling_opinion", handling)
        self.record("proposed", "proposed_decision", {"content": "罚款一万元"}, marks=[("duan", "unit")])
        case = f"case:{AGENCY}:{CASE}"
        submission = "r-0198f000-0000-7000-8000-000000000001"
        form = self.records["handling"]
        submitted = review.ReviewSubmittedV1(
            submission=submission, case=CASE, form=form, proposed_decision=self.records["proposed"]
        )
        self._say(submitted, service="review", stream=case)
        self._say(intake.ReviewAcceptedV1(submission=submission), by="system:intake")
        opinions: list[tuple[datetime, Any, str, str, str, str | None]] = [
            (china(8, 29, 15), review.UnitOpinedV1, "unit", "duan", "事实清楚，证据充分，同意承办意见。", None),
            (
                china(9, 3, 16),
                review.LegalOpinedV1,
                "legal",
                "ma",
                "事实清楚、证据确凿、适用依据正确、程序合法。",
                "建议按拟处理意见作出决定。",
            ),
            (china(9, 4, 10), review.HeadApprovedV1, "head", "songw", "同意拟处理意见。", None),
        ]
        for at, model, slot, by, text, suggestion in opinions:
            self.book.now = at
            opinion = model(
                form=form,
                submission=submission,
                slot=slot,
                result="agree",
                opinion=self.book.seal(text),
                suggestion=self.book.seal(suggestion) if suggestion else None,
                signed_on=at.date(),
                by=by,
            )
            self._say(opinion, service="review", stream=case, by=by)
        self.book.now = china(9, 4, 15)
        self.records["decision"] = "r-01990100-0000-7000-8000-000000000002"
        issued = review.DecisionIssuedV1(
            record=self.records["decision"],
            case=CASE,
            submission=submission,
            number="新执罚〔2025〕58号",
            content=self.book.seal("罚款一万元"),
            seal="agency",
            issued_on=date(2025, 9, 4),
        )
        self._say(issued, service="review", stream=case)

    def _execution(self) -> None:
        self.book.now = china(9, 5, 10)
        receipt = {"document": "行政处罚决定书", "method": "direct", "date": "2025-09-05"}
        marks = [("lv", "server"), ("hengyuan", "recipient")]
        self.record("receipt", "service_receipt", receipt, by="lv", about=[self.records["decision"]], marks=marks)
        self._say(
            intake.ServicePerformedV1(
                service="i-01990600-0000-7000-8000-000000000003",
                document=self.records["decision"],
                method="direct",
                recipient="hengyuan",
                evidence=[self.records["receipt"]],
            ),
            by="lv",
        )
        self.book.now = china(9, 18, 14)
        paid = {"status": "罚款已缴", "amount": "10000 元", "date": "2025-09-18"}
        self.record("performance", "performance_record", paid, by="lv")
        self.book.now = china(9, 19, 15)
        self.record("closure", "closure_record", {"outcome": "罚款已缴，结案", "date": "2025-09-19"})
        self.book.now = china(9, 19, 15, 10)
        self._opinion("closure", "unit", "同意结案。", by="duan")
        self.book.now = china(9, 19, 15, 20)
        self._opinion("closure", "head", "同意结案。", by="songw")
        self.book.now = china(9, 19, 17)
        self._say(intake.CaseClosedV1(outcome="performed", form=self.records["closure"]))


def _stream(film: Filming) -> str:
    return f"session:{AGENCY}:{film.session}"


def _stored(film: Filming, video: bytes) -> media.AvStoredV1:
    original = media.StoredFile(
        object=f"{AGENCY}/{film.session}/1",
        version_id="c0ffee00c0ffee00",
        sha256=sha256(video).hex(),
        bytes=len(video),
        media_type="video/mp4",
        started_at=film.began,
        ended_at=film.ended,
        duration_ms=30_000,
        notes=["duration_differs"],
    )
    return media.AvStoredV1(
        session=film.session,
        upload=f"m-{film.session[2:10]}-0000-7000-8000-0000000000ff",
        repository="repo1",
        custodian="bai",
        files=[original],
        received_at=film.stored,
        retained_until=film.stored.replace(year=2035),
    )


def _finding(rule: str, gist: str, subject: str, status: Any, **more: Any) -> FindingCopy:
    return FindingCopy(f"henan-2019/{rule}", gist, subject, status, "henan-2019@2019-06-04", **more)


FINDINGS = (
    _finding("11.1(3)", "重大决定以及一切一般程序处罚都要有法制审核的文字意见", "本案", "satisfied"),
    _finding("11.1(4)", "要有机关负责人意见或者集体讨论意见", "本案", "satisfied"),
    _finding("22.1a", "当天执法结束后按规定储存", "音像1", "satisfied", due=china(8, 13, 23, 59, 59)),
    _finding(
        "22.1a",
        "当天执法结束后按规定储存",
        "音像2",
        "violated",
        severity="error",
        due=china(8, 20, 23, 59, 59),
        late_by_s=8 * 3600 + 601,
    ),
    _finding(
        "21.1",
        "执法行为结束后20个工作日内，把文字材料整理成卷并入档",
        "本案",
        "violated",
        severity="error",
        due=china(10, 23, 23, 59, 59),
        late_by_s=10 * 3600 + 1,
        calendar="CN-2025-2026",
    ),
)
