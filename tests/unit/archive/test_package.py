"""A volume as one file."""

import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casetrail_archive.packing.package import write_package
from casetrail_common.retention import years_after


def folder(path: Path, order: list[str]) -> Path:
    for name in order:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(f"内容 {name}")
    return path


def test_equal_folders_give_equal_packages_whenever_they_were_written(tmp_path: Path) -> None:
    names = ["bagit.txt", "data/文书/001.pdf", "data/facts/intake/case.jsonl"]
    first, second = folder(tmp_path / "a", names), folder(tmp_path / "b", names[::-1])
    os.utime(second / "bagit.txt", (0, 0))
    write_package(first, tmp_path / "a.zip")
    write_package(second, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        assert archive.read("data/文书/001.pdf").decode() == "内容 data/文书/001.pdf"


def test_a_package_never_overwrites_another(tmp_path: Path) -> None:
    (tmp_path / "a.zip").touch()
    with pytest.raises(FileExistsError):
        write_package(folder(tmp_path / "a", ["x"]), tmp_path / "a.zip")


def test_a_lock_of_ten_years_ends_on_the_same_day_or_the_one_after_a_leap_day() -> None:
    until = years_after(datetime(2026, 11, 24, 8, tzinfo=UTC), 10)
    assert until == datetime(2036, 11, 24, 8, tzinfo=UTC)
    assert years_after(datetime(2028, 2, 29, tzinfo=UTC), 10) == datetime(2038, 3, 1, tzinfo=UTC)
