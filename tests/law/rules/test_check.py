"""What the author of a pack is told."""

from importlib.resources import files
from pathlib import Path

import pytest

from casetrail_common.rules.check import main

HENAN = files("casetrail_common.rules") / "packs" / "henan-2019" / "2019-06-04.yaml"


def written(folder: Path, old: str, new: str) -> str:
    """Return the path of Henan's pack with one change."""
    text = HENAN.read_text(encoding="utf-8")
    assert old in text
    file = folder / "县.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return str(file)


def test_a_sound_pack_is_told_back_in_chinese(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([written(tmp_path, "value: 20,", "value: 15,")]) == 0
    said = capsys.readouterr().out
    assert "自案件的结案时间起15个工作日内" in said
    assert "对象：执法活动（种类为询问）" in said
    assert "应当：有文书（种类为询问笔录）" in said
    assert "关口：拒绝 issue_decision（legal_review_missing）" in said
    assert "至迟执法活动的结束时间，缺者可以补正" in said
    assert "免责：有文书（已填栏目含理由类别、理由说明，种类为未音像记录理由说明）（记为 waiver）" in said


def test_a_faulty_pack_is_told_by_file_rule_and_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([written(tmp_path, "must: {record: site_record}", "must: {record: site_recrod}")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("县.yaml：henan-2019/10.1(3)：type 没有取值 site_recrod。可用：")


def test_a_rule_that_contradicts_itself_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([written(tmp_path, "must: {is: {stored_at: filled}}", "must: {is: {completed_at: filled}}")]) == 1
    assert "henan-2019/22.1a：自检不通过" in capsys.readouterr().err


def test_a_missing_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.yaml")]) == 1
    assert "none.yaml" in capsys.readouterr().err


def test_without_a_file_the_usage_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "用法" in capsys.readouterr().err
