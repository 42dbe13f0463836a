"""A video of any size that plays: one noisy picture, coded once and repeated."""

import secrets
from fractions import Fraction
from pathlib import Path
from typing import Final

import av

WIDTH: Final = 1280
HEIGHT: Final = 720
FRAMES_PER_S: Final = 25


def make_recording(path: Path, *, at_least_bytes: int) -> float:
    """Write an MP4 file and return how many seconds it plays."""
    with av.open(str(path), "w", format="mp4") as container:
        video = container.add_stream("mjpeg", rate=FRAMES_PER_S)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuvj420p"
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuvj420p")
        for plane in frame.planes:
            plane.update(secrets.token_bytes(plane.buffer_size))
        frame.pts = 0
        picture = bytes((video.encode(frame) + video.encode(None))[0])
        count = -(-at_least_bytes // len(picture))
        for number in range(count):
            packet = av.Packet(picture)
            packet.stream, packet.time_base = video, Fraction(1, FRAMES_PER_S)
            packet.pts = packet.dts = number
            packet.duration, packet.is_keyframe = 1, True
            container.mux(packet)
    return count / FRAMES_PER_S
