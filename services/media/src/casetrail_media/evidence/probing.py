"""What a recording says of itself, read to its end: notes for people, never a verdict.

Runs as a child process, since a hostile file may crash or hang a decoder:
`python -m casetrail_media.evidence.probing FD` reads the open file it inherited under that number and prints one JSON
object.
"""

import json
import os
import resource
import sys
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import av
from av.container import InputContainer
from av.packet import Packet

GAP_S: Final = 2.0
"""Seconds between two packets of video above which something is missing in between."""

SHORTER_S: Final = 2.0
"""Seconds by which a recording may be shorter than its header claims."""

DECODE_EVERY_S: Final = 5.0
"""Seconds of the recording between two key frames that are decoded to see whether they can be.

Source: decoding every frame of 1080p takes a third of the recording's duration, key frames alone under a hundredth.
"""

MEMORY_BYTES: Final = 2 * 1024**3
CPU_S: Final = 600

_LIMITS: Final = {
    resource.RLIMIT_AS: MEMORY_BYTES,
    resource.RLIMIT_CPU: CPU_S,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
}
"""What a file that makes a decoder run wild may cost."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found."""

    duration_ms: int | None
    """From the first packet to the end of the last, not what the header claims: a truncated file still claims all."""
    notes: tuple[str, ...]


UNREADABLE: Final = Probe(None, ("not_decodable",))


@dataclass(slots=True)
class _Track:
    """One stream of a recording while it is read."""

    kind: str
    first_s: float | None = None
    end_s: float = 0.0
    latest_s: float | None = None
    decode_from_s: float | None = None
    notes: set[str] = field(default_factory=set)

    def take(self, packet: "Packet[Any]") -> None:
        """Place a packet on the time line, and decode it now and then."""
        if packet.pts is None or packet.time_base is None:
            return
        begins = float(packet.pts * packet.time_base)
        self.end_s = max(self.end_s, begins + float((packet.duration or 0) * packet.time_base))
        self.first_s = begins if self.first_s is None else min(self.first_s, begins)
        if self.kind == "video" and self.latest_s is not None and begins - self.latest_s > GAP_S:
            self.notes.add("gap_in_video")
        self.latest_s = begins if self.latest_s is None else max(self.latest_s, begins)
        if packet.is_keyframe and (self.decode_from_s is None or begins >= self.decode_from_s):
            self.decode_from_s = begins + DECODE_EVERY_S
            if not _can_be_decoded(packet):
                self.notes.add("damaged")


def probe(file: int) -> Probe:
    """Demux a file to its end, given its descriptor, whose position is shared with whoever wrote it."""
    try:
        with os.fdopen(file, "rb", closefd=False) as readable:
            readable.seek(0)
            with av.open(readable, "r") as container:
                return _read(container)
    except (av.FFmpegError, ValueError, OSError):
        return UNREADABLE


def _read(container: InputContainer) -> Probe:
    streams = [one for one in container.streams if one.type in {"video", "audio"} and one.codec_context is not None]
    if not streams:
        return UNREADABLE
    tracks = {one.index: _Track(one.type) for one in streams}
    for one in streams:
        # Without this a decoder paints over what it cannot read and says nothing.
        one.codec_context.options = {"err_detect": "explode"}
    notes: set[str] = set()
    try:
        for packet in container.demux(*streams):
            tracks[packet.stream_index].take(packet)
    except av.FFmpegError:
        notes.add("damaged")
    kinds = {track.kind for track in tracks.values() if track.first_s is not None}
    firsts = [track.first_s for track in tracks.values() if track.first_s is not None]
    if not firsts:
        return UNREADABLE
    duration_s = max(track.end_s for track in tracks.values()) - min(firsts)
    if (container.duration or 0) / av.time_base - duration_s > SHORTER_S:
        notes.add("shorter_than_header")
    notes |= {note for kind, note in (("video", "no_picture"), ("audio", "no_sound")) if kind not in kinds}
    return Probe(round(duration_s * 1000), tuple(sorted(notes.union(*(track.notes for track in tracks.values())))))


def _can_be_decoded(packet: "Packet[Any]") -> bool:
    """Decode one packet that stands alone. A decoder may return its frame only when it is told that this is the end."""
    context = packet.stream.codec_context
    try:
        if not packet.decode():
            context.decode(None)
        context.flush_buffers()
    except av.FFmpegError:
        context.flush_buffers()
        return False
    return True


def _limit_oneself() -> None:
    for what, most in _LIMITS.items():
        _, hard = resource.getrlimit(what)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (allowed, allowed))


if __name__ == "__main__":
    _limit_oneself()
    sys.stdout.write(json.dumps(asdict(probe(int(sys.argv[1])))))
