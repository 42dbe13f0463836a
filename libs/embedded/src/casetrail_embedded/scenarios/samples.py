"""Small recordings that scenarios store; made once for a run."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from casetrail_embedded.sample_video import make_sample_audio, make_sample_photo, make_sample_video

VIDEO_S: Final = 30
AUDIO_S: Final = 20

SAMPLES: Final = {
    "video_30s": ("video.mp4", "video/mp4"),
    "audio_20s": ("audio.m4a", "audio/mp4"),
    "photo": ("photo.jpg", "image/jpeg"),
}
"""File name and media type of each."""


@dataclass(frozen=True)
class Sample:
    """A recording."""

    path: Path
    media_type: str

    @cached_property
    def content(self) -> bytes:
        """Its bytes."""
        return self.path.read_bytes()

    @cached_property
    def sha256(self) -> str:
        """Its hash."""
        return hashlib.sha256(self.content).hexdigest()


def make_samples(folder: Path) -> dict[str, Sample]:
    """Make one of each kind."""
    samples = {name: Sample(folder / file, media_type) for name, (file, media_type) in SAMPLES.items()}
    make_sample_video(samples["video_30s"].path, seconds=VIDEO_S)
    make_sample_audio(samples["audio_20s"].path, seconds=AUDIO_S)
    make_sample_photo(samples["photo"].path)
    return samples
