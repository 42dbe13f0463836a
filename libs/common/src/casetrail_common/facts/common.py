"""Facts that every service may record."""

from casetrail_common.facts.model import ContentRef, Digest, Payload


class IncidentRecordedV1(Payload, fact="incident.recorded"):
    """A forbidden act was attempted and refused (or found); one fact per active pack that names a clause for it."""

    item: str
    """Id of the object the attempt was aimed at."""
    code: str
    """Error code of the refusal, or of what was found, e.g. `worm_protected`."""
    clause: str | None = None
    """Clause id that the attempt offends, e.g. `henan-2019/24.1a`."""
    command: str
    """What was attempted, in the words of the command vocabulary, or `sweep` if found by one."""
    case: str | None = None
    """The case that the object belongs to, if any."""
    description: ContentRef | None = None
    """What happened, where people entered it (`code` is then `other_violation`)."""


class StreamSealedV1(Payload, fact="stream.sealed"):
    """Marks the end of volume 1 of a dossier in one of its streams; it blocks nothing."""

    dossier: str
    count: int
    """How many facts of the stream precede this one; 0 if the stream held nothing."""
    head: Digest
    """Hash of the last of them (the stream's first `prev_hash` if there was none)."""


class ContentErasedV1(Payload, fact="content.erased"):
    """Content was disposed of: the named commitments stay in the bodies, what they committed to is gone."""

    case: str | None = None
    """The case whose content goes; every owner then erases what it holds of it. Absent = only the commitments named."""
    commitments: list[Digest]
    reason: str
    """Coded reason, e.g. `retention_expired`, `data_subject_request`."""
    locked_volumes: list[str] = []
    """Dossier ids whose locked volumes still hold a copy; they expire with their own lock."""
