"""The verifier that travels with a dossier finds every change, and says what it cannot know."""

import ast
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casetrail_archive.dossier.carried import verify
from casetrail_common.facts import archive, common, media
from support.packages import CARRIED, Package, change_facts, change_index, facts_file, rewrite_manifests, write_package
from support.penalty_case import ARCHIVE, CASE, DOSSIER, PenaltyCase

SOUND, PROBLEMS, WRONG_USE, UNKNOWN = 0, 1, 2, 3


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Package:
    folder = tmp_path_factory.mktemp("original")
    recordings = tmp_path_factory.mktemp("recordings")
    root = write_package(PenaltyCase(video=b"not really a video").source(recordings), folder)
    return Package(folder, root)


@pytest.fixture
def package(original: Package, tmp_path: Path) -> Package:
    folder = tmp_path / "copy"
    shutil.copytree(original.folder, folder)
    return Package(folder, original.root)


def of_case(case: PenaltyCase, folder: Path, **options: Any) -> Package:
    return Package(folder, write_package(case.source(**options), folder))


def test_a_sound_dossier_verifies_against_the_root_hash_of_its_filing(
    original: Package, capsys: pytest.CaptureFixture[str]
) -> None:
    assert original.judged() == SOUND
    assert "全部通过" in capsys.readouterr().out


def test_without_the_root_hash_completeness_is_unknown_and_has_a_code_of_its_own(
    original: Package, capsys: pytest.CaptureFixture[str]
) -> None:
    assert original.judged_alone() == UNKNOWN
    assert "completeness not checked" in capsys.readouterr().out


def test_another_root_hash_is_refused(original: Package) -> None:
    assert original.judged(root="0" * 64) == PROBLEMS
    assert original.judged(root=original.root.upper()) == SOUND
    with pytest.raises(SystemExit) as end:
        original.judged(root="not-a-root")
    assert end.value.code == WRONG_USE


def test_a_draft_says_that_it_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = of_case(PenaltyCase(), tmp_path, draft=True)
    assert (draft.judged(), draft.judged_alone()) == (SOUND, UNKNOWN)
    assert "草稿" in capsys.readouterr().out


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(choice=st.data())
def test_one_changed_byte_anywhere_is_found_even_without_the_root_hash(
    original: Package, choice: st.DataObject
) -> None:
    paths = sorted(path for path in original.folder.rglob("*") if path.is_file())
    path = choice.draw(st.sampled_from(paths))
    before = path.read_bytes()
    place = choice.draw(st.integers(0, len(before) - 1))
    changed = bytearray(before)
    changed[place] ^= choice.draw(st.integers(1, 255))
    path.write_bytes(changed)
    try:
        assert original.judged_alone() == PROBLEMS
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize("where", ["data/extra.txt", "extra.txt", "data/音像/extra.mp4", "tagmanifest-sha512.txt"])
def test_an_added_file_is_found(package: Package, where: str) -> None:
    (package.folder / where).write_text("added\n")
    assert package.judged_alone() == PROBLEMS


@pytest.mark.parametrize("where", ["data/contents.jsonl", "bagit.txt", "manifest-sha256.txt", "data/verify.py"])
def test_a_missing_file_is_found(package: Package, where: str) -> None:
    (package.folder / where).unlink()
    assert package.judged_alone() == PROBLEMS


CHANGES: dict[str, Callable[[list[str]], list[str]]] = {
    "one fact removed": lambda lines: lines[:5] + lines[6:],
    "the first fact removed": lambda lines: lines[1:],
    "two facts swapped": lambda lines: [*lines[:5], lines[6], lines[5], *lines[7:]],
    "a fact repeated": lambda lines: [*lines[:6], lines[5], *lines[6:]],
    "the last facts cut off": lambda lines: lines[:-3],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_facts_tampered_with_are_found_although_every_manifest_fits(
    package: Package, change: Callable[[list[str]], list[str]]
) -> None:
    change_facts(package.folder, facts_file(package.folder, "intake", "case"), change)
    assert package.judged() == PROBLEMS
    assert package.judged_alone() == PROBLEMS


def test_a_removed_fact_is_the_one_problem_told_and_nothing_that_rests_on_it(
    package: Package, capsys: pytest.CaptureFixture[str]
) -> None:
    change_facts(package.folder, facts_file(package.folder, "intake", "case"), CHANGES["one fact removed"])
    assert package.judged_alone() == 1
    assert "发现问题 1 项" in capsys.readouterr().out


def test_a_dossier_cut_back_to_a_draft_is_found_only_with_the_root_hash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = PenaltyCase()
    filed = of_case(case, tmp_path / "filed")
    cut = of_case(PenaltyCase(), tmp_path / "cut", draft=True)
    assert cut.judged(root=filed.root) == PROBLEMS
    assert cut.judged_alone() == UNKNOWN


def test_a_fact_told_otherwise_is_found_although_its_own_hash_fits(package: Package) -> None:
    path = facts_file(package.folder, "intake", "case")

    def retell(lines: list[str]) -> list[str]:
        fact = json.loads(lines[2])
        body = fact["body"].replace("feng", "duan")
        told = verify.sha256([bytes.fromhex(fact["prev_hash"]), body.encode()])
        return [*lines[:2], json.dumps({**fact, "body": body, "hash": told}, ensure_ascii=False) + "\n", *lines[3:]]

    change_facts(package.folder, path, retell)
    assert package.judged_alone() == PROBLEMS


def test_a_stream_passed_off_as_another_is_found(package: Package) -> None:
    def rename(listing: Any) -> None:
        listing["streams"][0]["stream"] += "x"

    change_index(package.folder, rename)
    assert package.judged_alone() == PROBLEMS


def _content_lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "data" / "contents.jsonl").read_text("utf-8").splitlines()]


CONTENT_CHANGES: dict[str, Callable[[list[dict[str, Any]]], object]] = {
    "text": lambda lines: lines[0].update(content='"别的"'),
    "salt": lambda lines: lines[0].update(salt="00"),
    "left out": lambda lines: lines.pop(),
    "erased but still there": lambda lines: lines[0].update(erased=True),
    "listed twice": lambda lines: lines.append(lines[0]),
    "of no fact": lambda lines: lines.append({"commitment": "0" * 64, "erased": True}),
}


@pytest.mark.parametrize("change", CONTENT_CHANGES.values(), ids=CONTENT_CHANGES.keys())
def test_content_tampered_with_is_found_although_every_manifest_fits(
    package: Package, change: Callable[[list[dict[str, Any]]], object]
) -> None:
    lines = _content_lines(package.folder)
    change(lines)
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (package.folder / "data" / "contents.jsonl").write_text(text, "utf-8")
    rewrite_manifests(package.folder)
    assert package.judged_alone() == PROBLEMS


def test_a_dossier_verifies_after_content_was_erased_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = PenaltyCase()
    for name in list(case.book.contents)[:3]:
        case.book.contents[name] = None
    assert of_case(case, tmp_path).judged() == SOUND
    assert "3 erased contents" in capsys.readouterr().out


def test_a_recording_kept_elsewhere_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert of_case(PenaltyCase(), tmp_path).judged() == SOUND
    assert "未随卷存放的音像" in capsys.readouterr().out


def test_a_recording_other_than_the_stored_one_is_found_although_every_manifest_fits(package: Package) -> None:
    (package.folder / "data" / "音像" / "001-音像.mp4").write_bytes(b"another film")
    rewrite_manifests(package.folder)
    assert package.judged_alone() == PROBLEMS


def test_a_linked_stream_that_differs_from_what_was_linked_is_found(tmp_path: Path) -> None:
    case = PenaltyCase()
    stream = case.streams()[-1][1]
    false = media.SessionLinkedV1(session="AV-1", stream=stream, position=1, hash="0" * 64)
    case.book.fact_of("media", ARCHIVE, false)
    assert of_case(case, tmp_path).judged() == PROBLEMS


def test_a_linked_stream_that_is_not_in_the_dossier_is_found(tmp_path: Path) -> None:
    case = PenaltyCase()
    elsewhere = media.SessionLinkedV1(session="AV-9", stream="session:xinzheng:AV-9", position=1, hash="0" * 64)
    case.book.fact_of("media", ARCHIVE, elsewhere)
    assert of_case(case, tmp_path).judged() == PROBLEMS


@pytest.mark.parametrize("wrong", [{"count": 1}, {"head": "0" * 64}])
def test_a_seal_that_differs_from_what_precedes_it_is_found(tmp_path: Path, wrong: dict[str, Any]) -> None:
    case = PenaltyCase()
    before = case.book.of("intake", ARCHIVE)
    right = {"dossier": "a-earlier", "count": len(before), "head": before[-1].hash.hex()}
    case.book.fact_of("intake", ARCHIVE, common.StreamSealedV1(**{**right, **wrong}))
    assert of_case(case, tmp_path).judged() == PROBLEMS


def test_the_streams_named_at_filing_must_be_those_held_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = PenaltyCase()
    case.book.file(DOSSIER, CASE, case.streams()[:-1])
    assert of_case(case, tmp_path).judged() == PROBLEMS
    assert "streams named at filing" in capsys.readouterr().out


def test_a_filed_dossier_whose_streams_nobody_sealed_is_found(tmp_path: Path) -> None:
    case = PenaltyCase()
    streams = [archive.NamedStream(service=service, stream=stream) for service, stream in case.streams()]
    filed = archive.DossierFiledV1(dossier=DOSSIER, case=CASE, streams=streams, sessions=[], retention_class="general")
    case.book.fact_of("archive", ARCHIVE, filed)
    assert of_case(case, tmp_path).judged() == PROBLEMS


def test_links_and_devices_in_a_package_are_refused_and_not_opened(
    package: Package, capsys: pytest.CaptureFixture[str]
) -> None:
    (package.folder / "data" / "contents.jsonl").unlink()
    (package.folder / "data" / "contents.jsonl").symlink_to("/etc/passwd")
    (package.folder / "data" / "out").symlink_to("/", target_is_directory=True)
    os.mkfifo(package.folder / "data" / "pipe")
    assert package.judged_alone() == PROBLEMS
    printed = capsys.readouterr().out
    assert printed.count("not a regular file") == 3
    assert "root:" not in printed


@pytest.mark.parametrize(
    "path", ["../outside", "data/../../outside", "/etc/passwd", "data//x", "C:/x", "data\\x", "./x"]
)
def test_a_path_that_leads_out_of_the_package_is_refused(package: Package, path: str) -> None:
    with (package.folder / "manifest-sha256.txt").open("a", encoding="utf-8") as file:
        file.write(f"{'0' * 64}  {path}\n")
    assert package.judged_alone() == PROBLEMS


@pytest.mark.parametrize("file", ["../../outside.jsonl", "/etc/passwd", "facts/none.jsonl", "streams.json", "\x00", ""])
def test_a_stream_file_outside_the_package_is_never_read(package: Package, file: str) -> None:
    def point(listing: Any) -> None:
        listing["streams"][0]["file"] = file

    change_index(package.folder, point)
    assert package.judged_alone() == PROBLEMS


def test_what_stands_in_a_hostile_file_cannot_steer_the_terminal(
    package: Package, capsys: pytest.CaptureFixture[str]
) -> None:
    (package.folder / "data" / "evil\x1b[2J\x07.txt").write_text("x")
    assert package.judged_alone() == PROBLEMS
    assert "\x1b" not in capsys.readouterr().out


def test_a_folder_without_a_package_is_refused(tmp_path: Path) -> None:
    assert verify.main([str(tmp_path)]) == PROBLEMS
    assert verify.main([str(tmp_path / "nowhere")]) == PROBLEMS


def test_a_verifier_other_than_the_listed_one_says_so(package: Package, capsys: pytest.CaptureFixture[str]) -> None:
    with (package.folder / "data" / "verify.py").open("a") as file:
        file.write("# changed\n")
    root = rewrite_manifests(package.folder)
    assert package.judged(root=root) == SOUND
    assert "this verifier is not the one listed" in capsys.readouterr().out


def test_the_verifier_needs_nothing_but_an_old_python_and_its_standard_library() -> None:
    tree = ast.parse(CARRIED.read_text("utf-8"), feature_version=(3, 8))
    imports = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    froms = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imports == {"argparse", "hashlib", "json", "os", "re", "stat", "sys"}
    assert froms == {"__future__", "collections.abc", "functools", "pathlib", "typing"}
    assert len(CARRIED.read_text("utf-8").splitlines()) < 300
