"""What media answers."""

from datetime import datetime

from pydantic import BaseModel

from casetrail_common.web.desk import Written


class PartToSend(BaseModel):
    """A stretch of a file that the object store does not have yet."""

    part: int
    start: int
    """Place of its first byte in the file."""
    bytes: int
    url: str
    """PUT the bytes here, without a token; valid for some hours, then ask again for a fresh one."""


class FileArrival(BaseModel):
    """How far one file has arrived, and where the rest goes: straight to the object store."""

    number: int
    part_bytes: int
    """Size of each part but the last."""
    arrived: list[int]
    """Numbers of the parts that are there: an interrupted upload goes on with the others."""
    missing: list[PartToSend]
    """Parts to send; of a very large file those to begin with: send them, then ask for more."""
    complete: bool


class UploadWritten(Written):
    """An upload that was declared."""

    upload: str
    files: list[FileArrival]


class UploadCompleted(Written):
    """What became of an upload after all parts were there."""

    upload: str
    state: str
    """`stored`, or `received` while it is still being read."""


class UploadShown(BaseModel):
    """How an upload stands."""

    upload: str
    session: str
    state: str
    """`declared`, `received`, `stored` or `rejected`."""
    files: list[FileArrival]


class StoredFileShown(BaseModel):
    """A locked original."""

    number: int
    sha256: str
    bytes: int
    media_type: str
    started_at: datetime
    ended_at: datetime
    duration_ms: int | None
    notes: list[str]
    """What people should look at, coded; none of it decides anything."""


class SessionShown(BaseModel):
    """A recording session."""

    session: str
    case: str | None
    activities: list[str]
    kind: str
    recorder: str
    unit: str | None
    started_at: datetime
    notice_at: datetime | None
    ended_at: datetime | None
    state: str
    """`recording`, `ended` or `stored`."""
    files: list[StoredFileShown]
    stream_position: int
    """Send it as If-Match to decide on this state only."""
