"""What a file says of itself, read to its end: notes for people, never a verdict.

Runs as a child process, since a hostile file may crash or hang a decoder:
`python -m casetrail_media.evidence.probing PATH` prints one JSON object.
"""

import json
import sys
from dataclasses import asdict, dataclass
from typing import Final

import av

GAP_S: Final = 2.0
"""Seconds between two packets of video above which something is missing in between."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found."""

    duration_ms: int | None
    """From the first packet to the end of the last, not what the header claims: a truncated file still claims all."""
    notes: tuple[str, ...]


def probe(path: str) -> Probe:
    """Demux a file to its end and decode a frame of each stream."""
    try:
        with av.open(path) as container:
            return _read(container)
    except (av.FFmpegError, ValueError, OSError):
        return Probe(None, ("not_decodable",))


def _read(container: "av.container.InputContainer") -> Probe:
    first = last = None
    previous: dict[int, float] = {}
    notes: set[str] = set()
    for packet in container.demux():
        if packet.pts is None or packet.time_base is None:
            continue
        begins = float(packet.pts * packet.time_base)
        ends = begins + float((packet.duration or 0) * packet.time_base)
        index = packet.stream_index
        if packet.stream.type == "video" and begins - previous.get(index, begins) > GAP_S:
            notes.add("gap_in_video")
        previous[index] = max(begins, previous.get(index, begins))
        first = begins if first is None else min(first, begins)
        last = ends if last is None else max(last, ends)
    if first is None or last is None:
        return Probe(None, ("not_decodable",))
    duration_ms = round((last - first) * 1000)
    claimed = (container.duration or 0) / 1000
    if claimed and claimed - duration_ms > GAP_S * 1000:
        notes.add("shorter_than_header")
    return Probe(duration_ms, tuple(sorted(notes)))


if __name__ == "__main__":
    print(json.dumps(asdict(probe(sys.argv[1]))))  # noqa: T201 - its output is its answer
