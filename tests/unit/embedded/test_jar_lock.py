"""The lock of Kafka's jars."""

import hashlib
from pathlib import Path

import pytest

from casetrail_embedded.stack.jars import (
    FOLDER,
    JarError,
    LockedJar,
    choose_folder,
    differences,
    ensure_jars,
    parse_lock,
    render_lock,
)
from casetrail_embedded.stack.paths import KAFKA_LOCK, project_root


def jar(name: str, content: bytes = b"bytes") -> LockedJar:
    """Return a locked jar of some content."""
    return LockedJar("org.example", name, "1.0", hashlib.sha256(content).hexdigest(), f"{name}-1.0.jar")


def cached(cache: Path, **contents: bytes) -> Path:
    """Fill a cache with jars."""
    folder = cache / FOLDER
    folder.mkdir(parents=True)
    for name, content in contents.items():
        (folder / f"{name}-1.0.jar").write_bytes(content)
    return folder


def test_the_committed_lock_names_the_broker_and_no_host() -> None:
    text = (project_root() / KAFKA_LOCK).read_text()
    assert "kafka_2.13-4.3.0.jar" in {each.filename for each in parse_lock(text)}
    assert "http" not in text.replace("httpc", "")
    assert render_lock(parse_lock(text)) == text


def test_a_lock_reads_back_as_it_was_written() -> None:
    jars = (jar("a"), jar("b"))
    assert parse_lock(render_lock(jars)) == jars


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment\n",
        "org.example:a:1.0 deadbeef  a-1.0.jar\n",
        f"org.example:a:1.0 {'0' * 64} a-1.0.jar\n",
        f"org.example:a:1.0 {'0' * 64}  ../a-1.0.jar\n",
        f"org.example:a:1.0 {'0' * 64}  a.jar\norg.example:b:1.0 {'0' * 64}  a.jar\n",
    ],
)
def test_a_malformed_or_empty_lock_is_refused(text: str) -> None:
    with pytest.raises(JarError):
        parse_lock(text)


def test_a_jar_with_other_bytes_is_found(tmp_path: Path) -> None:
    folder = cached(tmp_path, a=b"bytes", b=b"tampered")
    assert differences((jar("a"), jar("b")), folder) == ["b-1.0.jar has other bytes than the lock says"]


def test_a_jar_that_the_lock_does_not_name_is_found(tmp_path: Path) -> None:
    folder = cached(tmp_path, a=b"bytes", surprise=b"bytes")
    assert differences((jar("a"),), folder) == ["surprise-1.0.jar is not in the lock"]


def test_jars_that_differ_are_refused_and_not_replaced(tmp_path: Path) -> None:
    folder = cached(tmp_path, a=b"tampered")
    with pytest.raises(JarError, match=r"a-1\.0\.jar has other bytes"):
        ensure_jars((jar("a"),), caches=(tmp_path,), say=lambda _: None)
    assert (folder / "a-1.0.jar").read_bytes() == b"tampered"


def test_complete_jars_need_no_network(tmp_path: Path) -> None:
    folder = cached(tmp_path, a=b"bytes")
    said: list[str] = []
    assert ensure_jars((jar("a"),), caches=(tmp_path,), say=said.append) == (folder / "a-1.0.jar",)
    assert said == []


def test_a_complete_cache_is_preferred_to_one_that_can_be_written(tmp_path: Path) -> None:
    complete = cached(tmp_path / "second", a=b"bytes")
    assert choose_folder((jar("a"),), (tmp_path / "first", tmp_path / "second")) == complete
