"""What verification finds, in words that name the record."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

FAULTS: Final = {
    "position_missing": "the log has a gap before this position",
    "columns_differ": "the columns say otherwise than the body",
    "stream_position_missing": "the stream has a gap before this fact",
    "chain_broken": "the previous hash is not that of the fact before",
    "hash_wrong": "the hash is not that of the body",
    "time_goes_back": "it was recorded before its predecessor",
    "unreadable": "the body is no fact",
    "head_differs": "the head of the agency names another last position",
    "stream_head_differs": "the head of the stream names another last fact",
    "content_forged": "the content is not what was committed to",
    "content_lost": "the content is gone, and no fact says that it was erased",
    "rewritten": "archive holds other bytes for this position",
    "copy_broken": "archive's copy does not hash to what stands beside it",
    "missing": "archive holds a copy of this fact, the log does not",
    "never_copied": "archive followed past this position without a copy of it",
    "cut_off": "another service has followed further than the log reaches",
}
"""Every kind of fault, as a sentence about the place it is printed with."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written."""

    kind: str
    service: str
    agency: str
    n: int | None = None
    stream: str | None = None
    more: str = ""

    def __str__(self) -> str:
        place = f"{self.service}/{self.agency}" + (f"/{self.n}" if self.n is not None else "")
        stream = f" {self.stream}" if self.stream else ""
        return f"{place}{stream}: {FAULTS[self.kind]}{f' ({self.more})' if self.more else ''} [{self.kind}]"


@dataclass
class Report:
    """The outcome of a verification."""

    faults: list[Fault] = field(default_factory=list)
    facts: dict[str, int] = field(default_factory=dict)
    """How many facts were recomputed, by service."""
    contents: int = 0
    """How many pieces of content were recomputed."""
    copies: int = 0
    """How many facts were compared with archive's copies."""
    not_yet_followed: int = 0
    """Facts that archive has not followed yet: they have no witness."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def lines(self) -> Iterator[str]:
        """Yield what to print."""
        for service, count in self.facts.items():
            yield f"{service}: {count} facts recomputed"
        yield f"{self.contents} pieces of content recomputed, {self.copies} facts compared with archive's copies"
        if self.not_yet_followed:
            yield f"{self.not_yet_followed} facts not followed by archive yet, so nothing to compare them with"
        yield from map(str, self.faults)
        yield "nothing is wrong" if self.is_clean else f"{len(self.faults)} faults"
