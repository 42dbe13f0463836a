"""Real recordings for demonstration, scenarios and tests: a moving bar, a running clock, a tone."""

import array
import math
from pathlib import Path
from typing import Final

import av

WIDTH: Final = 640
HEIGHT: Final = 360
FRAMES_PER_S: Final = 10
SAMPLES_PER_S: Final = 44_100
TONE_HZ: Final = 440

_SEGMENTS: Final = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg")
"""Which bars of a seven-segment display light up for each digit."""
_BARS: Final = {
    "a": (0, 0, 3, 1),
    "b": (2, 0, 1, 3),
    "c": (2, 2, 1, 3),
    "d": (0, 4, 3, 1),
    "e": (0, 2, 1, 3),
    "f": (0, 0, 1, 3),
    "g": (0, 2, 3, 1),
}
"""Column, row, width and height of each bar, in cells."""
_CELL: Final = 16


def make_sample_video(path: Path, *, seconds: int = 30, label: int = 0) -> None:
    """Write an MP4 file.

    Parameters
    ----------
    label
        A number shown in the picture, so that two videos differ.
    """
    with av.open(str(path), "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=FRAMES_PER_S)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        audio = container.add_stream("aac", rate=SAMPLES_PER_S)
        audio.layout = "mono"
        for number in range(seconds * FRAMES_PER_S):
            container.mux(video.encode(_frame(number, label)))
        container.mux(video.encode(None))
        for number in range(seconds):
            container.mux(audio.encode(_sound(number)))
        container.mux(audio.encode(None))


def make_sample_audio(path: Path, *, seconds: int = 20) -> None:
    """Write the tone alone as an M4A file."""
    with av.open(str(path), "w", format="mp4") as container:
        audio = container.add_stream("aac", rate=SAMPLES_PER_S)
        audio.layout = "mono"
        for number in range(seconds):
            container.mux(audio.encode(_sound(number)))
        container.mux(audio.encode(None))


def make_sample_photo(path: Path) -> None:
    """Write one picture as a JPEG file."""
    with av.open(str(path), "w", format="mjpeg") as container:
        picture = container.add_stream("mjpeg", rate=1)
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuvj420p"
        frame = _frame(0, 0).reformat(format="yuvj420p")
        frame.pts = 0
        container.mux(picture.encode(frame))
        container.mux(picture.encode(None))


def _frame(number: int, label: int) -> av.VideoFrame:
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    luma, *chroma = frame.planes
    bar = (number * 7) % WIDTH
    row = bytes(200 if bar <= x < bar + 40 else 40 + x * 60 // WIDTH for x in range(luma.line_size))
    picture = bytearray(row * HEIGHT)
    for place, digit in enumerate(f"{label:02d}{number // FRAMES_PER_S:04d}"):
        _draw(picture, luma.line_size, int(digit), left=40 + place * 5 * _CELL)
    luma.update(bytes(picture))
    for plane in chroma:
        plane.update(b"\x80" * plane.buffer_size)
    frame.pts = number
    return frame


def _draw(picture: bytearray, line_size: int, digit: int, *, left: int) -> None:
    for name in _SEGMENTS[digit]:
        column, row, width, height = _BARS[name]
        start, length = left + column * _CELL, width * _CELL
        for y in range(120 + row * _CELL, 120 + (row + height) * _CELL):
            picture[y * line_size + start : y * line_size + start + length] = b"\xeb" * length


def _sound(second: int) -> av.AudioFrame:
    samples = array.array(
        "h", (round(6000 * math.sin(2 * math.pi * TONE_HZ * n / SAMPLES_PER_S)) for n in range(SAMPLES_PER_S))
    )
    frame = av.AudioFrame(format="s16", layout="mono", samples=SAMPLES_PER_S)
    frame.planes[0].update(samples.tobytes())
    frame.sample_rate = SAMPLES_PER_S
    frame.pts = second * SAMPLES_PER_S
    return frame
