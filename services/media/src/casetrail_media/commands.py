"""What people may ask of media: the bodies of its requests.

Names and arguments are those of the command vocabulary.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from casetrail_common.facts.model import Digest
from casetrail_common.ids import ItemId, PersonId, UnitId
from casetrail_common.web.wish import Wish, WrittenInstant

Name = Annotated[str, Field(min_length=1, max_length=100)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9_.-]{1,64}$")]
VoiceItem = Literal["time", "place", "officers", "act", "focus"]
ContentTag = Literal[
    "scene",
    "persons",
    "items",
    "measures",
    "service",
    "identity",
    "certificate_shown",
    "party_signing",
    "door_and_surroundings",
    "door",
]

MAX_FILE_BYTES = 5 * 1024**4
"""Source: largest object of Amazon S3."""


class RegisterDevice(Wish):
    """Enter a recording device into the register."""

    device_type: Literal["camera", "audio_recorder", "video_camera", "body_worn_recorder", "surveillance"]
    serial: Name
    responsible_unit: UnitId
    custodian: PersonId
    registered_on: date
    last_maintained_on: date | None = None


class RegisterRepository(Wish):
    """Name a place where recordings may be stored."""

    kind: Literal["enforcement_system", "dedicated_storage"]
    name: Name
    registered: bool


class StartSession(Wish):
    """Begin to record; the caller is the recorder."""

    case: ItemId | None = None
    activities: list[ItemId] = []
    kind: Literal["photo", "audio", "video", "surveillance"]
    mode: Literal["full", "segment", "photo"]
    device: ItemId
    upload_required: bool | None = None
    key_steps: list[Code] = []


class AnnotateSession(Wish):
    """Say what was told, spoken and filmed."""

    notice: bool = False
    voice: list[VoiceItem] = []
    tags: list[ContentTag] = []
    not_present: list[ContentTag] = []


class DeclaredFileWish(Wish):
    """What the device says of one file."""

    sha256: Digest
    bytes: Annotated[int, Field(ge=1, le=MAX_FILE_BYTES)]
    media_type: Annotated[str, Field(pattern=r"^(video|audio|image)/[a-z0-9.+-]{1,60}$")]
    started_at: WrittenInstant
    ended_at: WrittenInstant


class DeclareUpload(Wish):
    """Begin to store a session: one file per segment, each with the hash that the device computed."""

    repository: ItemId
    custodian: PersonId
    files: Annotated[list[DeclaredFileWish], Field(min_length=1, max_length=200)]
