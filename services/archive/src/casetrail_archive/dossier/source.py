"""What a dossier is made of: copies that archive already holds, so that making one asks nobody."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casetrail_common.facts.archive import FindingStatus


@dataclass(frozen=True, slots=True)
class FactCopy:
    """A fact, byte for byte as its owner wrote it."""

    body: bytes
    prev_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class StreamCopy:
    """The facts of one stream, in order."""

    service: str
    stream: str
    whole: bool
    """All facts from the first on; otherwise single facts of a stream that other cases share."""
    facts: tuple[FactCopy, ...]


@dataclass(frozen=True, slots=True)
class ContentCopy:
    """What a commitment in a body stands for."""

    salt: bytes
    content: bytes
    """Canonical JSON."""


@dataclass(frozen=True, slots=True)
class FindingCopy:
    """How a rule judged a subject when the dossier was made."""

    rule: str
    """Clause id, e.g. `henan-2019/21.1`."""
    gist: str
    """What the clause asks, in Chinese."""
    subject: str
    """The subject, as people call it."""
    status: FindingStatus
    pack: str
    """`pack@version`."""
    severity: str | None = None
    due: datetime | None = None
    provisional: bool = False
    late_by_s: int | None = None
    calendar: str | None = None


ByteSource = Callable[[], AsyncIterator[bytes]]
"""Opens a recording for reading, from its first byte."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One original file of a session."""

    session: str
    object: str
    """Key in media's bucket."""
    sha256: str
    bytes: int
    media_type: str
    source: Path | ByteSource | None
    """Where its bytes come from; None if the dossier only notes where it is kept."""


@dataclass(frozen=True, slots=True)
class DossierInput:
    """Everything one volume is made of."""

    agency: str
    agency_name: str
    case: str
    dossier: str
    made_at: datetime
    """Instant of filing, for a draft that of closure; all papers carry it, so equal input gives equal bytes."""
    draft: bool
    streams: tuple[StreamCopy, ...]
    contents: Mapping[str, ContentCopy | None]
    """By commitment in hexadecimal; None for content that was erased."""
    findings: tuple[FindingCopy, ...] = ()
    recordings: tuple[Recording, ...] = ()
    volume: int = 1
