"""Facts of media: recordings as evidence."""

from datetime import date
from typing import Literal

from casetrail_common.facts.model import Digest, Instant, Part, Payload


class DeviceRegisteredV1(Payload, fact="device.registered"):
    """A recording device entered the register. Stream `device:<agency>:<device>`."""

    device: str
    device_type: str
    serial: str
    responsible_unit: str
    custodian: str
    registered_on: date
    last_maintained_on: date | None = None


class RepositoryRegisteredV1(Payload, fact="repository.registered"):
    """A place where recordings may be stored. Stream `repository:<agency>:<repository>`."""

    repository: str
    kind: Literal["enforcement_system", "dedicated_storage"]
    name: str
    registered: bool


class AvSessionStartedV1(Payload, fact="av.session_started"):
    """A recording began; the recorder is the actor. First fact of `session:<agency>:<session>`."""

    session: str
    case: str | None = None
    activities: list[str] = []
    kind: Literal["photo", "audio", "video", "surveillance"]
    mode: Literal["full", "segment", "photo"]
    device: str
    recorder: str
    upload_required: bool | None = None
    key_steps: list[str] = []


class SessionLinkedV1(Payload, fact="session.linked"):
    """A session belongs to a case. In media's own stream of the case; names the session's stream as it stood."""

    session: str
    stream: str
    position: int
    hash: Digest


class AvNoticeGivenV1(Payload, fact="av.notice_given"):
    """Those present were told that they are being recorded."""

    session: str


class AvAnnotatedV1(Payload, fact="av.annotated"):
    """Spoken notes and content tags were set on a session."""

    session: str
    voice: list[str] = []
    tags: list[str] = []
    not_present: list[str] = []


class AvSessionEndedV1(Payload, fact="av.session_ended"):
    """The recording was stopped."""

    session: str


class DeclaredFile(Part):
    """What the device says of one original, before a byte of it has arrived."""

    sha256: Digest
    bytes: int
    media_type: str
    started_at: Instant
    ended_at: Instant


class AvUploadDeclaredV1(Payload, fact="av.upload_declared"):
    """An upload began: from here on the chain holds what the originals must hash to."""

    session: str
    upload: str
    repository: str
    custodian: str
    files: list[DeclaredFile]


class ReceivedFile(Part):
    """One original as it lies in the store, not yet read."""

    object: str
    """Key in media's bucket."""
    version_id: str


class AvReceivedV1(Payload, fact="av.received"):
    """The upload is complete; what arrived will be read once and compared with what was declared."""

    session: str
    upload: str
    files: list[ReceivedFile]


class StoredFile(Part):
    """One original, locked in the object store under its version id."""

    object: str
    """Key in media's bucket."""
    version_id: str
    sha256: Digest
    bytes: int
    media_type: str
    started_at: Instant
    """As declared by the device."""
    ended_at: Instant
    duration_ms: int | None = None
    """As measured by reading the whole file; None where it has none (photo) or could not be read."""
    notes: list[str] = []
    """What probing found, coded: a note for people, never a verdict.

    `not_decodable` it cannot be opened as a recording; `damaged` a part of it cannot be decoded; `gap_in_video`;
    `shorter_than_header`; `duration_differs` from the declared times; `no_picture`, `no_sound`;
    `same_bytes_as:<session>`.
    """


class AvStoredV1(Payload, fact="av.stored"):
    """The originals of a session are verified and locked (object lock, compliance mode)."""

    session: str
    upload: str
    repository: str
    custodian: str
    files: list[StoredFile]
    received_at: Instant
    """Instant at which the upload was complete: what storage deadlines look at."""
    retained_until: Instant


Mismatch = Literal["hash_mismatch", "size_mismatch", "missing"]
"""In what a file is not what was declared.

`missing`: the store no longer had what it had taken in; found is then the digest of nothing.
"""


class AvRejectedV1(Payload, fact="av.rejected"):
    """What was uploaded is not what the device declared; the bytes were deleted and no duty counts as met."""

    session: str
    upload: str
    reason: Mismatch
    declared_sha256: Digest
    found_sha256: Digest
