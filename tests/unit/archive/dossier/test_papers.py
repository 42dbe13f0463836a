"""What the papers of a dossier say, before they are printed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail_archive.dossier.naming import LONGEST_NAME, file_name, stream_file_name
from casetrail_archive.dossier.papers.covers import Inventory, cover_paper, remarks_paper
from casetrail_archive.dossier.papers.lists import findings_paper
from casetrail_archive.dossier.papers.order import papers_of
from casetrail_archive.dossier.papers.record import record_paper
from casetrail_archive.dossier.papers.recording import recording_paper
from casetrail_archive.dossier.papers.steps import DESCRIBED, PLAIN, SILENT, course
from casetrail_archive.dossier.reading import in_causal_order, read_case
from casetrail_archive.dossier.source import FactCopy, StreamCopy
from casetrail_archive.dossier.typesetting.glyphs import printable
from casetrail_archive.dossier.wording import duration, moment, prose, span
from casetrail_common.facts import archive, intake, recording
from casetrail_common.facts.common import IncidentRecordedV1
from casetrail_common.facts.model import REGISTRY
from support.facts import FactBook
from support.penalty_case import FILMS, INTAKE, PenaltyCase, china

EMPTY = Inventory(papers=(), recordings=(), absent=("音像1（录像）",), facts=61, erased=2, replaced=1)


@pytest.fixture(scope="module")
def story() -> PenaltyCase:
    return PenaltyCase()


def words(value: Any) -> str:
    """Return every text of a paper or part, one after the other."""
    if isinstance(value, str):
        return value + "\n"
    if isinstance(value, dict):
        return words(list(value.values()))
    if isinstance(value, list | tuple):
        return "".join(words(item) for item in value)
    return ""


def test_the_cover_names_the_case_by_party_and_conduct(story: PenaltyCase) -> None:
    said = words(cover_paper(read_case(story.source()), EMPTY).parts)
    for word in ("恒远物流有限公司未按规定查验登记寄递物品案", "新执罚〔2025〕58号", "综合执法大队", "2025年9月19日"):
        assert word in said


def test_papers_lie_in_the_order_of_binding(story: PenaltyCase) -> None:
    titles = [paper.title for paper in papers_of(read_case(story.source()), {})]
    assert titles[:3] == ["程序启动（立案）审批表", "行政处罚决定书", "送达回证"]
    assert titles.index("询问笔录") < titles.index("案件处理（承办）意见") < titles.index("结案审批表")
    assert titles[-2:] == ["规则核对表", "办案经过"]


def test_opinions_given_in_review_stand_on_the_form_they_speak_of(story: PenaltyCase) -> None:
    case = read_case(story.source())
    said = words(record_paper(case, case.records[story.records["handling"]]).parts)
    assert said.index("承办机构意见") < said.index("法制审核意见") < said.index("机关负责人意见")
    assert "建议：建议按拟处理意见作出决定。" in said
    assert "马琳" in said


def test_an_opinion_that_was_not_given_is_shown_as_missing() -> None:
    story = PenaltyCase()
    story.record("measure", "measure_approval", {"reason": "防止证据转移", "basis": "某法", "object": "快件"})
    case = read_case(story.source())
    said = words(record_paper(case, case.records[story.records["measure"]]).parts)
    assert said.count("（未填写）") == 2


def test_a_later_signature_and_a_correction_stand_on_the_record() -> None:
    story = PenaltyCase()
    before, after = story.book.seal("六件"), story.book.seal("七件")
    correction = intake.Correction(id="c1", position="第2页第3行", before=before, after=after)
    story.record("late", "site_record", {"place": "分拣中心", "facts": "抽查"}, corrections=[correction])
    mark = intake.Mark(by="hengyuan", as_role="party", kind="thumbprint", place="c1")
    witness = intake.Mark(by="somebody", as_role="witness", place="cross_page")
    signed = intake.RecordSignedV1(record=story.records["late"], marks=[mark, witness])
    story.book.fact_of("intake", INTAKE, signed)
    case = read_case(story.source())
    said = words(record_paper(case, case.records[story.records["late"]]).parts)
    assert "第2页第3行：“六件”更正为“七件”。" in said
    assert "当事人（捺指印）（c1）" in said
    assert "见证人（签名）骑缝" in said
    assert "somebody" in said


def test_the_annotation_sheet_says_where_a_recording_lies_if_not_in_the_volume(story: PenaltyCase) -> None:
    case = read_case(story.source())
    session = next(iter(case.sessions.values()))
    assert "未随卷存放" in words(recording_paper(case, session, {}).parts)
    held = {file.object: "001-音像.mp4" for file in session.stored.files} if session.stored else {}
    said = words(recording_paper(case, session, held).parts)
    for word in ("吕静", "执法大队询问室", "执法记录仪", "询问笔录", "data/音像/001-音像.mp4", "行政执法信息系统"):
        assert word in said


def test_the_annotation_sheet_tells_of_gaps_notes_use_and_keeping_in_words() -> None:
    story = PenaltyCase()
    film = FILMS["AV-2"]
    stream, session = f"session:xinzheng:{film.session}", film.session
    broken = recording.AvSessionInterruptedV1(
        session=session, gap=1, cause="low_battery", description=story.book.seal("电池耗尽，更换电池。"), final=False
    )
    for fact in (
        broken,
        recording.AvSessionResumedV1(session=session, gap=1, device="dv1", voice_explanation=True),
        broken.model_copy(update={"gap": 2, "final": True}),
        recording.AvMarkedEvidenceV1(session=session, proves=story.book.seal("快件未验视")),
        recording.AvCustodyChangedV1(session=session, custodian="niu"),
    ):
        story.book.fact_of("media", stream, fact)
    case = read_case(story.source())
    filed = case.sessions[session]
    assert filed.stored is not None
    noted = ["gap_in_video", f"same_bytes_as:{FILMS['AV-1'].session}", "same_bytes_as:m-elsewhere"]
    files = [filed.stored.files[0].model_copy(update={"notes": noted})]
    filed.stored = filed.stored.model_copy(update={"files": files})
    said = words(recording_paper(case, filed, {}).parts)
    for word in (
        "第1次中断",
        "电量不足",
        "电池耗尽，更换电池。",
        "未再恢复",
        "快件未验视",
        "现由niu保管",
        "画面有间断；与下列音像文件内容相同：音像1（录像）；与下列音像文件内容相同：m-elsewhere",
    ):
        assert word in said


def test_findings_begin_with_what_is_violated(story: PenaltyCase) -> None:
    said = words(findings_paper(read_case(story.source())).parts)
    assert "违反2项，符合3项" in said
    assert said.index("henan-2019/21.1") < said.index("henan-2019/11.1(3)")
    assert "逾期10小时1秒" in said


def test_the_sheet_of_rules_names_the_regulation_as_people_cite_it(story: PenaltyCase) -> None:
    case = read_case(story.source())
    pack = case.source.findings[0].pack
    document = {"title_zh": "河南省行政执法全过程记录办法"}
    loaded = archive.PackLoadedV1(
        **dict(zip(("pack", "version"), pack.split("@"), strict=True)),
        valid_from=date(2019, 6, 4),
        sha256="0" * 64,
        document=document,
    )
    book = FactBook()
    law = book.fact_of("archive", f"pack:{book.agency}:{loaded.pack}", loaded)
    stream = StreamCopy("archive", law.stream, whole=False, facts=(FactCopy(law.body, law.prev_hash, law.hash),))
    known = replace(case.source, streams=(*case.source.streams, stream))
    assert f"《河南省行政执法全过程记录办法》　{pack}" in words(findings_paper(read_case(known)).parts)


def test_the_remarks_sheet_says_what_is_missing_and_why(story: PenaltyCase) -> None:
    said = words(remarks_paper(read_case(story.source()), EMPTY).parts)
    for word in ("音像1（录像）的原始文件未随卷存放", "2项内容已依法消除", "1处字符为字库所无", "秦岚"):
        assert word in said


def test_a_cause_comes_before_its_effect_although_both_were_recorded_at_the_same_instant() -> None:
    book = FactBook(now=china(8, 11))
    for service, code in [("review", "a"), ("intake", "b"), ("media", "c"), ("intake", "d")]:
        book.fact_of(service, "case:x:1", IncidentRecordedV1(item="x", code=code, command="t"))  # type: ignore[arg-type]
    assert [fact.fields["code"] for fact in in_causal_order(reversed(book.facts))] == ["a", "b", "c", "d"]


def test_a_fact_nobody_knows_is_still_a_step_of_the_case(story: PenaltyCase) -> None:
    steps = course(read_case(story.source()))
    assert steps[0].what.startswith("登记案件")
    assert steps[-1].what == "案卷归档"
    assert [step.at for step in steps] == sorted(step.at for step in steps)


@given(st.text(max_size=200))
def test_a_file_name_can_be_carried_by_every_file_system(title: str) -> None:
    name = file_name(f"003-{title}", ".pdf")
    assert len(name) <= LONGEST_NAME
    assert name.startswith("003-")
    assert name.endswith(".pdf")
    assert not set(name) & set('<>:"/\\|?*\n\t ')
    assert all(ord(char) < 0x10000 for char in name)


def test_streams_of_the_same_object_get_different_files() -> None:
    taken: set[str] = set()
    long = "record:agency:" + "x" * 80
    names = [stream_file_name(stream, taken) for stream in ("case:a:1", "case:b:1", long, long + "y", "odd")]
    assert len(set(names)) == len(names)
    assert all(len(name) <= LONGEST_NAME for name in names)


def test_what_people_wrote_prints_whatever_its_shape() -> None:
    assert (
        prose([{"q": "多少件？", "a": "七件。"}, {"问": "还有吗", "答": ["没有"]}])
        == "问：多少件？\n答：七件。\n问：还有吗\n答：没有"
    )
    assert prose(["甲", 2, True, None]) == "1．甲\n2．2\n3．是\n4．"
    assert prose({"名称": "水样", "数量": 3}) == "名称：水样\n数量：3"


def test_a_character_that_no_font_has_is_printed_as_its_code() -> None:
    assert printable("郭守义 A") == ("郭守义 A", 0)
    assert printable("𠀋\u202e\t完\n") == ("[U+2000B][U+202E] 完\n", 2)


def test_times_are_worded_for_china() -> None:
    assert moment(china(8, 11, 8, 5)) == "2025年8月11日8时05分"
    assert span(china(8, 11, 23, 50), china(8, 12, 0, 10)) == "2025年8月11日23时50分至2025年8月12日0时10分"
    assert duration(int(timedelta(hours=8, minutes=10, seconds=1).total_seconds())) == "8小时10分1秒"
    assert date(2025, 8, 11).strftime("%Y%m%d") == "20250811"


def test_every_fact_is_told_in_words_as_a_step() -> None:
    untold = {fact for (fact, _), payload in REGISTRY.items() if payload not in DESCRIBED}
    assert untold - PLAIN.keys() - SILENT.keys() == set()
