"""Whether what arrived is what was declared, and what else there is to say about it."""

from collections.abc import Sequence
from typing import Final, Literal

from casetrail_common.facts.media import DeclaredFile

TOLERANCE_MS: Final = 2000
"""Milliseconds by which a recording may differ from its declared times before it is noted."""

_MEANINGLESS: Final = {"image": {"no_sound"}, "audio": {"no_picture"}, "video": set[str]()}
"""What is no news about a kind of recording."""

Difference = Literal["hash_mismatch", "size_mismatch"]


def difference(declared: DeclaredFile, *, sha256: str, size_bytes: int) -> Difference | None:
    """Return in what the bytes differ from the declared ones; None if they are the same."""
    if size_bytes != declared.bytes:
        return "size_mismatch"
    return None if sha256 == declared.sha256 else "hash_mismatch"


def duration_of(declared: DeclaredFile, measured_ms: int | None) -> int | None:
    """Return the duration of a recording; a photo has none, whatever its container says."""
    return None if declared.media_type.startswith("image/") else measured_ms


def notes_on(
    declared: DeclaredFile, *, measured_ms: int | None, found: Sequence[str], same_as: Sequence[str]
) -> list[str]:
    """Return what people should look at, coded; none of it decides anything.

    Parameters
    ----------
    found
        What probing noted.
    same_as
        Sessions that hold the same bytes.
    """
    kind = declared.media_type.partition("/")[0]
    notes = [note for note in found if note not in _MEANINGLESS[kind]]
    declared_ms = round((declared.ended_at - declared.started_at).total_seconds() * 1000)
    duration_ms = duration_of(declared, measured_ms)
    if duration_ms is not None and abs(duration_ms - declared_ms) > TOLERANCE_MS:
        notes.append("duration_differs")
    return [*notes, *(f"same_bytes_as:{session}" for session in same_as)]
