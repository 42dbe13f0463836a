"""Where the broker keeps what it was given, whatever the path of the data directory looks like."""

from pathlib import Path

import pytest

from casetrail_embedded.stack.jars import ensure_jars, parse_lock
from casetrail_embedded.stack.kafka import format_storage, write_configuration
from casetrail_embedded.stack.paths import KAFKA_LOCK, cache_dirs, project_root


def test_the_broker_stays_in_its_folder_under_a_chinese_name_with_a_comma_and_without_a_utf8_locale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    jars = ensure_jars(parse_lock((project_root() / KAFKA_LOCK).read_text()), caches=cache_dirs(), say=print)
    home = tmp_path / "执法 数据,一" / "kafka"
    home.parent.mkdir()
    format_storage(jars, home, write_configuration(home, port=1, controller_port=2))
    assert [found.parent for found in tmp_path.rglob("meta.properties")] == [home / "segments"]
