"""What must survive a restart and is no fact: where uploads stand in the object store, and what the sweep has told."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class MultipartRow(SQLModel, table=True):
    """The store's own id of an upload of one file in parts; kept for a while after the end, for repeated requests."""

    __tablename__ = "multipart"

    agency: str = Field(primary_key=True)
    upload: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    """Place of the file in the upload, from 1."""
    key: str
    multipart_id: str
    version_id: str | None = None
    """Set once the store has joined the parts."""
    begun_at: datetime


class OverlayRow(SQLModel, table=True):
    """A version or delete marker laid over an original, already told as an incident."""

    __tablename__ = "overlay"

    agency: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    version_id: str = Field(primary_key=True)
