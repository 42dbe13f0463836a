"""How a file is cut into the parts in which it is sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

USUAL_PART_BYTES: Final = 16 * 1024 * 1024
"""Parts of this size are sent again if a connection breaks: seconds on a county's line."""

MOST_PARTS: Final = 2000
"""Parts of one file; larger files have larger parts, so that what has arrived is told on one page."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a file."""

    number: int
    """From 1."""
    start: int
    """Place of its first byte in the file."""
    bytes: int


def part_bytes(file_bytes: int) -> int:
    """Return the size of each part of a file but the last."""
    return max(USUAL_PART_BYTES, -(-file_bytes // MOST_PARTS))


def parts_of(file_bytes: int) -> list[Part]:
    """Return the parts of a file in order; together they are the file."""
    size = part_bytes(file_bytes)
    return [
        Part(number, start, min(size, file_bytes - start))
        for number, start in enumerate(range(0, file_bytes, size), start=1)
    ]


def missing_parts(file_bytes: int, arrived: Iterable[int]) -> list[Part]:
    """Return the parts that are still to be sent."""
    there = set(arrived)
    return [part for part in parts_of(file_bytes) if part.number not in there]
