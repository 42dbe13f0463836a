"""One whole application for all crash tests: each leaves it healed, and its ledgers are checked as a whole."""

import shutil
from collections.abc import Iterator

import pytest

from support.whole_stack import WholeStack, whole_stack


@pytest.fixture(scope="package")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeStack]:
    """Everything running, kept through all kills; what the parts said is kept among pytest's temporary files."""
    with whole_stack() as running:
        yield running
        shutil.copytree(running.data_dir / "log", tmp_path_factory.mktemp("whole") / "log")
