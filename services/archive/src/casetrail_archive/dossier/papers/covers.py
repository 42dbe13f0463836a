"""What stands around the records of a volume: cover (案卷封面), catalogue (卷内目录), remarks sheet (备考表).

Source: GB/T 9705-2008 (items of cover, catalogue and remarks sheet); they carry no page number.
"""

from dataclasses import dataclass

from casetrail_archive.dossier.casefile import CaseFile
from casetrail_archive.dossier.papers.paper import (
    Column,
    Paper,
    form,
    heading,
    note,
    pair,
    pairs,
    table,
    wide,
)
from casetrail_archive.dossier.wording import compact, day, moment, short_size
from casetrail_common.calendar import local_day
from casetrail_common.records import label

_CATALOGUE = (
    Column("顺序号", 14, "c"),
    Column("文号", 37),
    Column("责任者", 24, "c"),
    Column("题名"),
    Column("日期", 19, "c"),
    Column("页号", 15, "c"),
    Column("文件", 12, "c"),
)

_RECORDINGS = (Column("顺序号", 14, "c"), Column("所属音像记录", 38), Column("文件"), Column("大小", 26, "r"))


@dataclass(frozen=True, slots=True)
class Filed:
    """A paper as it lies in the volume."""

    paper: Paper
    place: int
    """Number of its file."""
    first_page: int
    pages: int

    @property
    def page_range(self) -> str:
        """The pages it takes in the volume."""
        last = self.first_page + self.pages - 1
        return str(self.first_page) if last == self.first_page else f"{self.first_page}-{last}"


@dataclass(frozen=True, slots=True)
class Contained:
    """A recording as it lies in the volume."""

    session: str
    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a volume holds; cover, catalogue and remarks sheet tell of it."""

    papers: tuple[Filed, ...]
    recordings: tuple[Contained, ...]
    absent: tuple[str, ...]
    """Sessions whose files are kept elsewhere."""
    facts: int
    erased: int
    replaced: int
    """Characters that no font has."""

    @property
    def pages(self) -> int:
        """Pages of all papers that carry numbers."""
        return sum(filed.pages for filed in self.papers)


def cover_paper(case: CaseFile, inventory: Inventory) -> Paper:
    """Return the cover of the volume."""
    registered = case.registered
    decisions = "、".join(decision.issued.number for decision in case.decisions.values())
    opened = day(local_day(case.initiated_at or case.opened_at))
    closed = day(local_day(case.closed_at)) if case.closed_at else ""
    outcome = label("outcome", case.closed.outcome) if case.closed else ""
    rows = [
        pair("案卷题名", case.title),
        pairs(
            ("执法类别", label("conduct_type", registered.conduct_type)),
            ("执法程序", label("procedure", registered.procedure)),
        ),
        pairs(("决定书文号", decisions or "无"), ("案　号", registered.case_no or "无")),
        pairs(("办案机构", case.unit(registered.unit)), ("承办人", case.people_named(registered.officers))),
        pairs(("立案日期", opened), ("结案日期", closed)),
        pairs(("处理结果", outcome), ("归档日期", "" if case.source.draft else day(local_day(case.source.made_at)))),
        pairs(("保管期限", retention(case)), ("卷　次", f"第{case.source.volume}卷")),
        pair("件页数", _extent(inventory)),
        pairs(("全宗号", ""), ("目录号", "")),
        pairs(("案卷号", ""), ("归档号", "")),
        pair("案件标识", case.source.case),
        pair("案卷标识", case.source.dossier),
    ]
    state = "（草稿，尚未归档）" if case.source.draft else ""
    part = {"kind": "cover", "agency": case.source.agency_name, "name": "行政执法案卷", "state": state, "rows": rows}
    return Paper(title="案卷封面", parts=(part,), numbered=False, title_shown=False)


def retention(case: CaseFile) -> str:
    """Return how long the dossier is kept, or its class if no years are assigned yet."""
    if case.retention is not None:
        return f"{case.retention.years}年"
    return "" if case.filed is None else label("retention_class", case.filed.retention_class)


def _extent(inventory: Inventory) -> str:
    papers = f"文书{len(inventory.papers)}件{inventory.pages}页"
    return f"{papers}，音像文件{len(inventory.recordings)}个，事实记录{inventory.facts}条"


def catalogue_paper(case: CaseFile, inventory: Inventory) -> Paper:
    """Return the list of what lies in the volume."""
    rows = [_entry(place, filed) for place, filed in enumerate(inventory.papers, 1)]
    parts = [table(_CATALOGUE, rows)]
    if inventory.recordings:
        files = [
            [str(place), one.session, f"data/音像/{one.name}", short_size(one.bytes)]
            for place, one in enumerate(inventory.recordings, 1)
        ]
        parts += [heading("音像文件"), table(_RECORDINGS, files)]
    return Paper(title="卷内目录", number=case.title, parts=tuple(parts), numbered=False)


def _entry(place: int, filed: Filed) -> list[str]:
    paper = filed.paper
    dated = compact(paper.dated) if paper.dated else ""
    return [str(place), paper.number, paper.responsible, paper.title, dated, filed.page_range, f"{filed.place:03}"]


def remarks_paper(case: CaseFile, inventory: Inventory) -> Paper:
    """Return the remarks sheet: what is in the volume, what is missing from it and why, and who put it together."""
    remarks = [
        f"本卷共有{_extent(inventory)}。",
        *(f"{session}的原始文件未随卷存放，存储位置见其音像记录说明。" for session in inventory.absent),
        *(
            f"卷内有{inventory.erased}项内容已依法消除，其承诺值仍在事实记录中，不影响核验。"
            for _ in [0]
            if inventory.erased
        ),
        *(
            f"文书中有{inventory.replaced}处字符为字库所无，以方括号内的 U+ 编码代替，原文见 data/contents.jsonl。"
            for _ in [0]
            if inventory.replaced
        ),
        "文书由事实记录和内容生成，两者不一致时以事实记录为准。",
        "核验方法见 data/核验说明.txt；核验所需的根散列值在归档时另行打印保存，不在卷内。",
    ]
    keeper = "" if case.filed_by is None else case.person(case.filed_by)
    made = moment(case.source.made_at)
    rows = (
        wide("本卷情况说明", "\n".join(remarks), room=22),
        pairs(("立卷人", keeper), ("立卷时间", "" if case.source.draft else made)),
        pairs(("检查人", ""), ("检查时间", "")),
    )
    parts = [form(*rows)]
    if case.source.draft:
        parts.append(note(f"草稿，生成于{made}，尚未归档。"))
    return Paper(title="备考表", parts=tuple(parts), numbered=False)
