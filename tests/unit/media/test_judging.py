"""What arrived is compared with what was declared; everything else is a note."""

from datetime import UTC, datetime, timedelta

import pytest

from casetrail_common.agencies import RetentionTable
from casetrail_common.facts.media import DeclaredFile
from casetrail_media.domain.judging import difference, duration_of, notes_on
from casetrail_media.evidence.verifying import retention_period

BEGAN = datetime(2025, 8, 13, 6, 59, tzinfo=UTC)


def declared(media_type: str = "video/mp4", *, seconds: int = 30) -> DeclaredFile:
    return DeclaredFile(
        sha256="a" * 64,
        bytes=1000,
        media_type=media_type,
        started_at=BEGAN,
        ended_at=BEGAN + timedelta(seconds=seconds),
    )


@pytest.mark.parametrize(
    ("sha256", "size_bytes", "expected"),
    [
        ("a" * 64, 1000, None),
        ("b" * 64, 1000, "hash_mismatch"),
        ("b" * 64, 999, "size_mismatch"),
        ("a" * 64, 999, "size_mismatch"),
    ],
)
def test_only_the_declared_bytes_are_the_recording(sha256: str, size_bytes: int, expected: str | None) -> None:
    assert difference(declared(), sha256=sha256, size_bytes=size_bytes) == expected


@pytest.mark.parametrize(("measured_ms", "noted"), [(30_000, False), (28_000, False), (27_999, True), (32_001, True)])
def test_a_duration_unlike_the_declared_times_is_noted(measured_ms: int, noted: bool) -> None:
    notes = notes_on(declared(), measured_ms=measured_ms, found=(), same_as=())
    assert notes == (["duration_differs"] if noted else [])


def test_a_photo_has_neither_duration_nor_sound() -> None:
    photo = declared("image/jpeg", seconds=0)
    assert duration_of(photo, 40) is None
    assert notes_on(photo, measured_ms=40, found=("no_sound",), same_as=()) == []


def test_sound_alone_needs_no_picture() -> None:
    audio = declared("audio/mpeg")
    assert notes_on(audio, measured_ms=30_000, found=("damaged", "no_picture"), same_as=("m-1",)) == [
        "damaged",
        "same_bytes_as:m-1",
    ]


@pytest.mark.parametrize(
    ("table", "years"),
    [
        (None, 30),
        (RetentionTable(), 30),
        (RetentionTable({"general": 10, "long_term": 30}), 30),
        (RetentionTable({"short": 5, "general": 10}), 10),
    ],
)
def test_an_original_is_locked_for_the_longest_period_of_the_table(table: RetentionTable | None, years: int) -> None:
    assert BEGAN + retention_period(table) >= BEGAN.replace(year=BEGAN.year + years)
