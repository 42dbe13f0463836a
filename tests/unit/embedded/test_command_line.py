"""What the command line says when it cannot do what it was asked."""

import re
from pathlib import Path

import pytest

from casetrail_embedded.cli import main
from casetrail_embedded.stack.paths import project_root


def test_a_data_directory_that_cannot_be_made_is_named_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main(["up", "--data", str(tmp_path / "file" / "below")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("casetrail: ")
    assert "file/below" in said
    assert len(said.splitlines()) == 1


def test_a_port_that_cannot_exist_is_refused_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["up", "--port", "99999", "--data", str(tmp_path / "data")])
    assert "99999 is not between 1 and 65535" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_help_names_every_target_a_person_would_call() -> None:
    makefile = (project_root() / "Makefile").read_text()
    asked_for = set(re.findall(r"^#   make ([a-z-]+)", makefile, re.MULTILINE))
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())  # type: ignore[index]
    assert phony - asked_for == {"help", "install", "install-dev", "jars-lock", "distclean"}
