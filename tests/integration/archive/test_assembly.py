"""A whole case becomes a package that other people's tools accept and that the carried verifier confirms."""

import asyncio
import dataclasses
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import bagit
import pikepdf
import pytest

from casetrail_archive import dossier
from casetrail_archive.dossier import AssemblyFailedError, DossierInput, Press, RecordingDiffersError, Volume, root_of
from casetrail_archive.dossier.papers.paper import Paper, text
from casetrail_archive.dossier.papers.recording import recording_paper
from casetrail_archive.dossier.reading import read_case
from casetrail_archive.dossier.typesetting import Typesetter, glyphs
from support.facts import START
from support.penalty_case import CASE, FILMS, PenaltyCase


async def assemble(source: DossierInput, folder: Path) -> Volume:
    press = Press()
    try:
        return await dossier.assemble(source, folder, press)
    finally:
        await press.close()


PDFA = "http://www.aiim.org/pdfa/ns/id/"


@pytest.fixture(scope="module")
def assembled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Volume]:
    folder = tmp_path_factory.mktemp("volumes") / "volume"
    source = PenaltyCase().source(tmp_path_factory.mktemp("recordings"))
    return folder, asyncio.run(assemble(source, folder))


def papers(folder: Path) -> list[Path]:
    return sorted((folder / "data" / "文书").iterdir())


def run(folder: Path, *command: str) -> int:
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False).returncode


def test_bagit_and_sha256sum_accept_the_package(assembled: tuple[Path, Volume]) -> None:
    folder, _ = assembled
    assert bagit.Bag(str(folder)).validate()
    assert run(folder, "sha256sum", "-c", "--strict", "manifest-sha256.txt") == 0
    assert run(folder, "sha256sum", "-c", "--strict", "tagmanifest-sha256.txt") == 0


def test_the_carried_verifier_confirms_the_package_from_any_terminal(assembled: tuple[Path, Volume]) -> None:
    folder, volume = assembled
    python = (sys.executable, "-I", "-X", "utf8=0", "data/verify.py")
    assert run(folder, *python, ".", "--root", volume.root) == 0
    assert run(folder, *python) == 3
    assert run(folder, "env", "PYTHONIOENCODING=ascii", sys.executable, "data/verify.py", "--root", volume.root) == 0
    assert not list(folder.rglob("__pycache__"))


def test_the_root_hash_is_the_digest_of_the_tag_manifest(assembled: tuple[Path, Volume]) -> None:
    folder, volume = assembled
    assert root_of(folder) == volume.root
    assert run(folder, "sh", "-c", f"sha256sum tagmanifest-sha256.txt | grep -q ^{volume.root}") == 0


def test_the_volume_holds_every_paper_in_the_order_of_binding(assembled: tuple[Path, Volume]) -> None:
    folder, volume = assembled
    names = [path.stem for path in papers(folder)]
    assert names[:6] == [
        "001-案卷封面",
        "002-卷内目录",
        "003-程序启动（立案）审批表",
        "004-行政处罚决定书",
        "005-送达回证",
        "006-询问笔录",
    ]
    assert names[-5:] == ["014-音像记录说明", "015-音像记录说明", "016-规则核对表", "017-办案经过", "018-备考表"]
    assert volume.papers == len(names) - 3


def test_every_paper_is_pdf_a_2u_with_its_fonts_inside(assembled: tuple[Path, Volume]) -> None:
    for path in papers(assembled[0]):
        raw = path.read_bytes()
        assert raw.endswith(b"%%EOF\n")
        with pikepdf.open(path) as pdf:
            with pdf.open_metadata() as meta:
                assert (meta[f"{{{PDFA}}}part"], meta[f"{{{PDFA}}}conformance"]) == ("2", "U")
            assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
            assert not pdf.is_encrypted
            assert "/AcroForm" not in pdf.Root
            assert "/JavaScript" not in pdf.Root.get("/Names", {})
            fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
            assert fonts
            for font in fonts:
                descriptor = font.DescendantFonts[0].FontDescriptor
                assert {"/FontFile2", "/FontFile3"} & set(descriptor.keys())
                assert "/ToUnicode" in font


async def test_the_same_case_gives_the_same_bytes(assembled: tuple[Path, Volume], tmp_path: Path) -> None:
    recordings = tmp_path / "recordings"
    recordings.mkdir()
    again = await assemble(PenaltyCase().source(recordings), tmp_path / "again")
    assert again == assembled[1]


def test_the_page_needs_no_network_and_names_every_file_it_opens(assembled: tuple[Path, Volume]) -> None:
    folder, _ = assembled
    page = (folder / "data" / "index.html").read_text("utf-8")
    assert "http://" not in page
    assert "https://" not in page
    assert "fetch(" not in page
    assert "XMLHttpRequest" not in page
    assert 'type="module"' not in page
    assert "恒远物流有限公司" in page
    assert page.count("<video") == len(FILMS)


async def test_what_people_wrote_can_act_neither_as_markup_nor_in_a_browser(tmp_path: Path) -> None:
    story = PenaltyCase()
    evil = '*粗* #panic("x") $ \\ @a </script><script>alert(1)</script> <!--steps--> "\'&'
    story.record("evil", "other_investigation_record", {"content": evil, "未申报": [evil, {"甲": None}, 7, True]})
    story.record("long", "other_investigation_record", {"content": "A" * 3000 + "\n" * 50 + "长" * 5000})
    await assemble(story.source(), tmp_path / "volume")
    page = (tmp_path / "volume" / "data" / "index.html").read_text("utf-8")
    assert "<script>alert" not in page


async def test_a_rare_character_costs_neither_the_dossier_nor_the_character(tmp_path: Path) -> None:
    story = PenaltyCase(agency_name="𠮷林县\u202e某局")
    story.record("rare", "other_investigation_record", {"content": "当事人𠀋某（😀）\x1b[0m"})
    volume = await assemble(story.source(), tmp_path / "volume")
    assert volume.replaced > 0
    assert "𠀋" in (tmp_path / "volume" / "data" / "contents.jsonl").read_text("utf-8")


async def test_a_draft_is_a_package_too(tmp_path: Path) -> None:
    volume = await assemble(PenaltyCase().source(draft=True), tmp_path / "volume")
    assert run(tmp_path / "volume", sys.executable, "data/verify.py", "--root", volume.root) == 0


async def test_erased_content_is_printed_as_erased(tmp_path: Path) -> None:
    story = PenaltyCase()
    story.book.contents = dict.fromkeys(story.book.contents)
    volume = await assemble(story.source(), tmp_path / "volume")
    assert run(tmp_path / "volume", sys.executable, "data/verify.py", "--root", volume.root) == 0
    everything = b"".join(path.read_bytes() for path in (tmp_path / "volume").rglob("*") if path.is_file())
    assert "冯建国".encode() not in everything


async def test_a_recording_may_come_from_a_stream_and_may_stay_where_it_is(tmp_path: Path) -> None:
    story = PenaltyCase()
    first, second = story.source().recordings
    video = story.videos["AV-1"]

    async def stream() -> AsyncIterator[bytes]:
        for start in range(0, len(video), 1000):
            yield video[start : start + 1000]

    source = dataclasses.replace(story.source(), recordings=(dataclasses.replace(first, source=stream), second))
    await assemble(source, tmp_path / "volume")
    assert (tmp_path / "volume" / "data" / "音像" / "001-音像.mp4").read_bytes() == video
    assert len(list((tmp_path / "volume" / "data" / "音像").iterdir())) == 1


async def test_a_recording_with_other_bytes_is_refused(tmp_path: Path) -> None:
    story = PenaltyCase()
    source = story.source(tmp_path)
    (tmp_path / "AV-1").write_bytes(b"another film")
    with pytest.raises(RecordingDiffersError):
        await assemble(source, tmp_path / "volume")


async def test_facts_that_do_not_hang_together_make_no_volume(tmp_path: Path) -> None:
    source = PenaltyCase().source()
    without_content = dataclasses.replace(source, contents=dict(list(source.contents.items())[:-1]))
    with pytest.raises(AssemblyFailedError):
        await assemble(without_content, tmp_path / "one")
    without_registration = dataclasses.replace(source, streams=source.streams[-1:])
    with pytest.raises(AssemblyFailedError, match=CASE):
        await assemble(without_registration, tmp_path / "two")
    cut = [dataclasses.replace(one, facts=one.facts[:-1]) if one.whole else one for one in source.streams]
    with pytest.raises(AssemblyFailedError, match="problems"):
        await assemble(dataclasses.replace(source, streams=tuple(cut)), tmp_path / "three")


def test_a_character_that_a_font_has_but_does_not_print_costs_nothing_either(monkeypatch: pytest.MonkeyPatch) -> None:
    claimed = glyphs.covered() | {"𠀋"}
    monkeypatch.setattr(glyphs, "covered", lambda: claimed)
    press = Typesetter(agency="某局", mark="", made_at=START)
    printed = press.print(Paper(title="某表", parts=(text("当事人𠀋某，七件。"),)))
    assert printed.replaced == 1
    assert printed.pages == 1


def test_what_is_said_of_one_recording_takes_one_page() -> None:
    case = read_case(PenaltyCase().source())
    session = next(iter(case.sessions.values()))
    assert session.stored is not None
    place = {
        "object": f"xinzheng-1/{'-'.join(['m-01a20e36024a'] * 6)}/001",
        "version_id": "6714faa821cbf519d99c52a174b5d61d",
    }
    stored = session.stored.model_copy(update={"files": [session.stored.files[0].model_copy(update=place)]})
    paper = recording_paper(case, dataclasses.replace(session, stored=stored), {place["object"]: "001-音像.mp4"})
    typesetter = Typesetter(agency="新郑市某局", mark="新执罚〔2025〕58号", made_at=START)
    assert typesetter.print(paper).pages == 1
