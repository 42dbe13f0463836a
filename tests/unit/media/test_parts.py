"""A file is cut into parts that together are the file, within what a store takes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail_common.objects.store import MAX_PARTS, MIN_PART_BYTES
from casetrail_media.commands import MAX_FILE_BYTES
from casetrail_media.domain.parts import missing_parts, parts_of

LARGEST_PART = 5 * 1024**3
"""Source: Amazon S3 multipart upload limits."""


@settings(max_examples=30)
@given(st.integers(1, MAX_FILE_BYTES))
def test_the_parts_are_the_file(size: int) -> None:
    parts = parts_of(size)
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert [part.start for part in parts] == [0, *(part.start + part.bytes for part in parts[:-1])]
    assert parts[-1].start + parts[-1].bytes == size
    assert len(parts) <= MAX_PARTS
    assert all(MIN_PART_BYTES <= part.bytes <= LARGEST_PART for part in parts[:-1])
    assert 1 <= parts[-1].bytes <= LARGEST_PART


@settings(max_examples=30)
@given(st.integers(1, 200 * 1024**2), st.sets(st.integers(1, 13)))
def test_what_has_arrived_is_not_asked_for_again(size: int, arrived: set[int]) -> None:
    missing = {part.number for part in missing_parts(size, arrived)}
    assert missing == {part.number for part in parts_of(size)} - arrived
