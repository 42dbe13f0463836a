"""What media answers."""

from datetime import date, datetime
from typing import Any

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


class SegmentShown(BaseModel):
    """A stretch that one device recorded without a gap."""

    device: str
    started_at: datetime
    ended_at: datetime | None


class ReportShown(BaseModel):
    """The head of the unit was told."""

    reported_to: str
    content: Any
    at: datetime


class GapShown(BaseModel):
    """A stretch that was not recorded."""

    gap: int
    cause: str
    description: Any
    final: bool
    began_at: datetime
    resumed_at: datetime | None
    voice_explanation: bool | None
    reports: list[ReportShown]


class StorageExceptionShown(BaseModel):
    """Why it could not be stored in time."""

    ground: str
    reason: Any
    at: datetime


class EvidenceMarkShown(BaseModel):
    """What it proves."""

    proves: Any
    at: datetime


class SessionShown(BaseModel):
    """A recording session; text that was disposed of is `{"erased": true}`."""

    session: str
    case: str | None
    """The case it belongs to: named when it began, or by the first act that it was linked to since."""
    activities: list[str]
    kind: str
    recorder: str
    unit: str | None
    started_at: datetime
    notice_at: datetime | None
    ended_at: datetime | None
    state: str
    """`recording`, `interrupted`, `ended` or `stored`."""
    segments: list[SegmentShown]
    gaps: list[GapShown]
    files: list[StoredFileShown]
    repository: str | None
    custodian: str | None
    exceptions: list[StorageExceptionShown]
    evidence: list[EvidenceMarkShown]
    derivatives: list[str]
    """Ids of redacted copies."""
    stream_position: int
    """Send it as If-Match to decide on this state only."""


class DerivativeShown(BaseModel):
    """A redacted copy of a recording; text that was disposed of is `{"erased": true}`."""

    derivative: str
    of: str
    case: str | None
    description: Any
    created_by: str
    created_at: datetime
    file: StoredFileShown | None
    """Its file, once stored."""


class RecordShown(BaseModel):
    """A text record (文书) that media makes: a fault report."""

    record: str
    type: str
    case: str | None
    about: list[str]
    fields: dict[str, Any]
    author: str
    made_at: datetime


class AlterationShown(BaseModel):
    """A device was dismantled, or a part of it replaced."""

    change: str
    is_private: bool
    at: datetime


class DeviceShown(BaseModel):
    """A recording device."""

    device: str
    device_type: str
    serial: str
    responsible_unit: str
    custodian: str
    registered_on: date
    last_maintained_on: date | None
    state: str
    """`in_service` or `out_of_service`."""
    fault_reports: list[str]
    """Ids of records."""
    alterations: list[AlterationShown]
    stream_position: int
    """Send it as If-Match to decide on this state only."""
