"""What media answers."""

from pydantic import BaseModel

from casetrail_common.web.desk import Written


class PartsShown(BaseModel):
    """How far one file has arrived, and where its parts go: PUT them straight to the object store."""

    number: int
    part_bytes: int
    part_urls: list[str]
    """One for each part, in order, valid for some hours; ask again for fresh ones."""
    arrived: list[int]
    """Parts that are there: an interrupted upload goes on with the others."""
    complete: bool


class UploadWritten(Written):
    """An upload that was declared."""

    upload: str
    files: list[PartsShown]


class UploadShown(BaseModel):
    """How an upload stands."""

    upload: str
    session: str
    state: str
    files: list[PartsShown]


class StoredFileShown(BaseModel):
    """A locked original."""

    number: int
    sha256: str
    bytes: int
    media_type: str
    started_at: str
    ended_at: str
    duration_ms: int | None
    notes: list[str]


class SessionShown(BaseModel):
    """A recording session."""

    session: str
    case: str | None
    activities: list[str]
    kind: str
    recorder: str
    unit: str | None
    started_at: str
    state: str
    files: list[StoredFileShown]
