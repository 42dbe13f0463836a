"""The part of the package that proves: facts as they were hashed, and what their commitments stand for."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from casetrail_archive.dossier.naming import stream_file_name
from casetrail_archive.dossier.source import ContentCopy, DossierInput, StreamCopy
from casetrail_common.canonical import first_prev

FORMAT: Final = "casetrail-dossier/1"


def write_evidence(source: DossierInput, data: Path) -> None:
    """Write `streams.json`, `facts/` and `contents.jsonl` below the bag's `data` folder."""
    taken: dict[str, set[str]] = {}
    entries = []
    for stream in sorted(source.streams, key=lambda stream: (stream.service, not stream.whole, stream.stream)):
        name = stream_file_name(stream.stream, taken.setdefault(stream.service, set()))
        path = Path("facts") / stream.service / name
        _write_lines(data / path, (_fact_line(fact.body, fact.prev_hash, fact.hash) for fact in stream.facts))
        entries.append(_entry(stream, path.as_posix()))
    listing = {
        "format": FORMAT,
        "agency": source.agency,
        "case": source.case,
        "dossier": source.dossier,
        "volume": source.volume,
        "draft": source.draft,
        "streams": entries,
    }
    (data / "streams.json").write_bytes(json.dumps(listing, ensure_ascii=False, indent=1).encode() + b"\n")
    _write_lines(data / "contents.jsonl", _content_lines(source.contents))


def _entry(stream: StreamCopy, path: str) -> dict[str, Any]:
    head = stream.facts[-1].hash if stream.facts else first_prev(stream.service, stream.stream)
    return {
        "service": stream.service,
        "stream": stream.stream,
        "whole": stream.whole,
        "file": path,
        "count": len(stream.facts),
        "head": head.hex(),
    }


def _fact_line(body: bytes, prev_hash: bytes, hash_: bytes) -> dict[str, Any]:
    return {"body": body.decode("utf-8"), "prev_hash": prev_hash.hex(), "hash": hash_.hex()}


def _content_lines(contents: Mapping[str, ContentCopy | None]) -> Iterable[dict[str, Any]]:
    for commitment, copy in sorted(contents.items()):
        if copy is None:
            yield {"commitment": commitment, "erased": True}
        else:
            yield {"commitment": commitment, "salt": copy.salt.hex(), "content": copy.content.decode("utf-8")}


def _write_lines(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False).encode("utf-8") + b"\n")
