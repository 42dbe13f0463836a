"""What probing says of recordings that are whole, cut, damaged, or none at all."""

import os
import random
from pathlib import Path

import av
import pytest

from casetrail_embedded.sample_video import make_sample_video
from casetrail_media.evidence.probing import Probe, probe

SECONDS = 12


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video whose index stands in front, as a device that streams writes it."""
    folder = tmp_path_factory.mktemp("probing")
    made, path = folder / "made.mp4", folder / "whole.mp4"
    make_sample_video(made, seconds=SECONDS)
    remux(made, path)
    return path


def remux(source: Path, target: Path, *, without: tuple[float, float] = (0.0, 0.0), kinds: str = "video audio") -> None:
    """Copy a recording packet by packet, leaving out a stretch of seconds or a kind of stream."""
    with (
        av.open(str(source)) as read,
        av.open(str(target), "w", format="mp4", options={"movflags": "faststart"}) as written,
    ):
        streams = {
            stream.index: written.add_stream_from_template(stream) for stream in read.streams if stream.type in kinds
        }
        for packet in read.demux():
            if packet.dts is None or packet.stream_index not in streams:
                continue
            if not without[0] <= float(packet.dts * packet.time_base) < without[1]:
                packet.stream = streams[packet.stream_index]
                written.mux(packet)


def probed(path: Path) -> Probe:
    file = os.open(path, os.O_RDONLY)
    try:
        return probe(file)
    finally:
        os.close(file)


def changed(path: Path, content: bytes) -> Path:
    other = path.with_name("changed.mp4")
    other.write_bytes(content)
    return other


def test_of_a_whole_recording_there_is_nothing_to_say(whole: Path) -> None:
    found = probed(whole)
    assert found.notes == ()
    assert found.duration_ms == pytest.approx(SECONDS * 1000, abs=100)


def test_a_truncated_recording_is_as_long_as_what_is_left_of_it(whole: Path) -> None:
    content = whole.read_bytes()
    found = probed(changed(whole, content[: len(content) * 2 // 3]))
    assert found.notes == ("shorter_than_header",)
    assert found.duration_ms is not None
    assert found.duration_ms < SECONDS * 1000 - 2000


def test_a_recording_without_its_index_cannot_be_read(whole: Path) -> None:
    assert probed(changed(whole, whole.read_bytes()[40_000:])) == Probe(None, ("not_decodable",))


def test_damage_in_the_middle_is_found_by_decoding(whole: Path) -> None:
    content = bytearray(whole.read_bytes())
    content[len(content) // 4 : len(content) * 3 // 4] = random.Random(1).randbytes(len(content) // 2)
    assert "damaged" in probed(changed(whole, bytes(content))).notes


def test_a_stretch_that_is_missing_is_found(whole: Path, tmp_path: Path) -> None:
    remux(whole, tmp_path / "gap.mp4", without=(3.0, 7.0))
    assert "gap_in_video" in probed(tmp_path / "gap.mp4").notes


@pytest.mark.parametrize(("kinds", "note"), [("video", "no_sound"), ("audio", "no_picture")])
def test_a_missing_kind_of_stream_is_told(whole: Path, tmp_path: Path, kinds: str, note: str) -> None:
    remux(whole, tmp_path / "half.mp4", kinds=kinds)
    assert probed(tmp_path / "half.mp4").notes == (note,)


@pytest.mark.parametrize("content", [b"", b"not a film", b"\x00" * 5000, b"\x00\x00\x00\x18ftypmp42" + b"\xff" * 500])
def test_what_is_no_recording_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    assert probed(tmp_path / "file") == Probe(None, ("not_decodable",))
