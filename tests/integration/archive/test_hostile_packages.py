"""Whatever stands in a package, the verifier names it and never crashes."""

from pathlib import Path

import pytest

from support.packages import Package, facts_file, rewrite_manifests, write_package
from support.penalty_case import PenaltyCase

HOSTILE = [
    b"",
    b"\n",
    b"\xff\xfe\n",
    b"null\n",
    b"[]\n",
    b"{}\n",
    b'"\\ud800"\n',
    b"1" * 5000 + b"\n",
    b"-" + b"9" * 5000 + b"\n",
    b"1e999\n",
    b"NaN\n",
    b"[" * 100_000 + b"\n",
    b'{"a":' * 50_000 + b"\n",
    b'{"a":1,"a":2}\n',
    b'{"streams":7,"agency":[]}\n',
    b'{"streams":[{"service":1}]}\n',
    b'{"streams":[{"service":"\\ud800","stream":"\\udfff","file":"x","whole":1}]}\n',
    b'{"body":"{}","prev_hash":"","hash":""}\n',
    b'{"body":"7","prev_hash":"' + b"0" * 64 + b'","hash":"' + b"0" * 64 + b'"}\n',
    b'{"body":"\\ud800","prev_hash":0,"hash":0}\n',
    b'{"commitment":"' + b"0" * 64 + b'","salt":"xyz","content":1}\n',
    b"no newline",
]


@pytest.mark.parametrize("bytes_", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("name", ["streams.json", "contents.jsonl", "facts/review", "manifest"])
def test_broken_files_are_named_and_never_crash_the_verifier(
    tmp_path: Path, name: str, bytes_: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    package = Package(tmp_path, write_package(PenaltyCase().source(), tmp_path))
    path = package.folder / "data" / name
    if name.startswith("facts"):
        path = facts_file(package.folder, "review", "case")
    path = package.folder / "manifest-sha256.txt" if name == "manifest" else path
    path.write_bytes(bytes_)
    if name != "manifest":
        rewrite_manifests(package.folder)
    assert package.judged_alone() == 1
    assert "发现问题" in capsys.readouterr().out
