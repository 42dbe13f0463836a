"""Writing a volume: papers, facts, page and verifier into one folder, then the bag around it."""

import shutil
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from casetrail_archive.dossier.bag import close_bag, file_sha256
from casetrail_archive.dossier.browsing import Page, PageEntry, PageStep, page_html
from casetrail_archive.dossier.carried import verify
from casetrail_archive.dossier.casefile import CaseFile
from casetrail_archive.dossier.evidence import FORMAT, write_evidence
from casetrail_archive.dossier.naming import file_name
from casetrail_archive.dossier.papers.covers import (
    Contained,
    Filed,
    Inventory,
    catalogue_paper,
    cover_paper,
    remarks_paper,
    retention,
)
from casetrail_archive.dossier.papers.order import papers_of
from casetrail_archive.dossier.papers.paper import Paper
from casetrail_archive.dossier.papers.record import session_name
from casetrail_archive.dossier.papers.steps import course
from casetrail_archive.dossier.reading import read_case
from casetrail_archive.dossier.source import DossierInput
from casetrail_archive.dossier.typesetting import Typesetter
from casetrail_archive.dossier.wording import exact, size
from casetrail_common.calendar import BEIJING

_FIRST_PAPER = 3
"""Number of the first file after cover and catalogue."""
_CARRIED = Path(__file__).with_name("carried")


@dataclass(frozen=True, slots=True)
class StagedRecording:
    """A recording that already lies in the volume's folder."""

    session: str
    object: str
    name: str
    """File name in `data/音像`."""
    sha256: str
    bytes: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Volume:
    """A finished volume."""

    root: str
    """What `verify.py --root` asks for."""
    files: int
    bytes: int
    papers: int
    pages: int
    replaced: int
    """Characters that no font has, over all papers."""


class UnsoundVolumeError(Exception):
    """The verifier that lies in the volume would refuse it; says why."""


def write_volume(source: DossierInput, folder: Path, staged: Sequence[StagedRecording]) -> Volume:
    """Write a volume into a folder that holds nothing but its recordings, and return what came of it.

    Runs for a second or so: call it in a child process.

    Raises
    ------
    UnsoundVolumeError
        If the finished volume does not verify, because the facts handed over contradict each other or lack something.
    """
    case = read_case(source)
    data = folder / "data"
    inventory = _write_papers(case, data / "文书", staged)
    write_evidence(source, data)
    for name in ("verify.py", "核验说明.txt"):
        shutil.copyfile(_CARRIED / name, data / name)
    known = {f"data/音像/{one.name}": one.sha256 for one in staged}
    (data / "index.html").write_bytes(_page(case, inventory, staged, data).encode("utf-8"))
    root = close_bag(folder, info=_bag_info(case), known=known)
    _verify(folder, root)
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return Volume(root, len(sizes), sum(sizes), len(inventory.papers), inventory.pages, inventory.replaced)


def _verify(folder: Path, root: str) -> None:
    """Run the carried verifier on the finished volume, so that none is filed that nobody can verify."""
    carried = verify.Dossier(folder)
    with redirect_stdout(StringIO()):
        verify.judge(carried, root)
    if carried.problems:
        raise UnsoundVolumeError(f"{len(carried.problems)} problems, first: {carried.problems[0]}")


def _write_papers(case: CaseFile, folder: Path, staged: Sequence[StagedRecording]) -> Inventory:
    """Print every paper in order, so that each knows on which page of the volume it begins."""
    folder.mkdir(parents=True)
    press = Typesetter(agency=case.source.agency_name, mark=case.reference, made_at=case.source.made_at)
    filed: list[Filed] = []
    replaced = 0
    page = 1
    for place, paper in enumerate(papers_of(case, {one.object: one.name for one in staged}), _FIRST_PAPER):
        printed = press.print(paper, first_page=page)
        (folder / _name(place, paper)).write_bytes(printed.pdf)
        filed.append(Filed(paper, place, page, printed.pages))
        replaced += printed.replaced
        page += printed.pages
    inventory = Inventory(
        papers=tuple(filed),
        recordings=tuple(Contained(session_name(case, one.session), one.name, one.bytes) for one in staged),
        absent=tuple(session_name(case, session) for session in _absent(case, staged)),
        facts=sum(len(stream.facts) for stream in case.source.streams),
        erased=sum(copy is None for copy in case.source.contents.values()),
        replaced=replaced,
    )
    around = {
        1: cover_paper(case, inventory),
        2: catalogue_paper(case, inventory),
        len(filed) + _FIRST_PAPER: remarks_paper(case, inventory),
    }
    for place, paper in around.items():
        (folder / _name(place, paper)).write_bytes(press.print(paper).pdf)
    return inventory


def _name(place: int, paper: Paper) -> str:
    return file_name(f"{place:03}-{paper.title}", ".pdf")


def _absent(case: CaseFile, staged: Sequence[StagedRecording]) -> list[str]:
    here = {one.object for one in staged}
    stored = {name: session.stored for name, session in case.sessions.items() if session.stored}
    return [name for name, one in stored.items() if any(file.object not in here for file in one.files)]


def _bag_info(case: CaseFile) -> dict[str, str]:
    """Return the lines of `bag-info.txt`; who the case is about stands only inside the payload."""
    source = case.source
    return {
        "Source-Organization": source.agency_name,
        "External-Identifier": source.dossier,
        "Internal-Sender-Identifier": source.case,
        "Internal-Sender-Description": FORMAT,
        "Bag-Count": f"{source.volume} of ?",
        "Bagging-Date": source.made_at.astimezone(BEIJING).strftime("%Y-%m-%d"),
    }


def _page(case: CaseFile, inventory: Inventory, staged: Sequence[StagedRecording], data: Path) -> str:
    papers = sorted(path.name for path in (data / "文书").iterdir())
    pages = {_name(filed.place, filed.paper): f"第{filed.page_range}页" for filed in inventory.papers}
    known = {f"音像/{one.name}": one.sha256 for one in staged}
    below = sorted(path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file())
    return page_html(
        Page(
            title=case.title,
            agency=case.source.agency_name,
            facts=_headline(case, inventory),
            papers=[PageEntry(name.removesuffix(".pdf"), f"文书/{name}", pages.get(name, "")) for name in papers],
            recordings=[_recording(case, one) for one in staged],
            steps=[PageStep(exact(step.at), step.what, step.who, step.fact) for step in course(case)],
            digests={name: known.get(name) or file_sha256(data / name) for name in below},
        )
    )


def _headline(case: CaseFile, inventory: Inventory) -> list[tuple[str, str]]:
    closed = exact(case.closed_at) if case.closed_at else "未结案"
    made = "草稿生成时间" if case.source.draft else "归档时间"
    lines = [
        ("案号或文号", case.reference),
        ("当事人", case.parties),
        ("承办人", case.people_named(case.registered.officers)),
        ("结案时间", closed),
        (made, exact(case.source.made_at)),
        ("保管期限", retention(case)),
        ("卷内文书", f"{len(inventory.papers)}件{inventory.pages}页"),
        ("事实记录", f"{inventory.facts}条"),
        ("案卷标识", case.source.dossier),
    ]
    return [(name, value) for name, value in lines if value]


def _recording(case: CaseFile, one: StagedRecording) -> PageEntry:
    family = one.media_type.partition("/")[0]
    plays = {"video": "video", "audio": "audio", "image": "img"}.get(family)
    detail = f"{size(one.bytes)}　SHA-256 {one.sha256}"
    return PageEntry(f"{session_name(case, one.session)}　{one.name}", f"音像/{one.name}", detail, plays)
