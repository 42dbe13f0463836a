"""What people may ask of media: the bodies of its requests.

Names and arguments are those of the command vocabulary.
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from casetrail_common.facts.intake import ConductType
from casetrail_common.facts.model import Digest
from casetrail_common.ids import ItemId, PersonId, UnitId
from casetrail_common.web.wish import Wish, WrittenInstant

Text = Annotated[str, Field(min_length=1)]
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
Cause = Literal[
    "equipment_failure",
    "human_obstruction",
    "device_failure",
    "device_damage",
    "low_battery",
    "storage_full",
    "bad_weather",
    "obstruction",
    "other_objective",
]
StorageGround = Literal["continuous_enforcement", "continuous_work", "out_of_area", "remote", "water", "hard_to_reach"]
AvKind = Literal["photo", "audio", "video", "surveillance"]

MAX_FILE_BYTES = 5 * 1024**4
"""Source: largest object of Amazon S3."""


class RegisterDevice(Wish):
    """Enter a recording device into the register."""

    device_type: Literal["camera", "audio_recorder", "video_camera", "body_worn_recorder", "surveillance"]
    serial: Name
    responsible_unit: UnitId | Literal[""] = ""
    """Nobody may answer for a device yet; the law then finds that somebody must."""
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
    kind: AvKind
    mode: Literal["full", "segment", "photo"]
    device: ItemId
    upload_required: bool | None = None
    key_steps: list[Name] = []


class AnnotateSession(Wish):
    """Say what was told, spoken and filmed; at least one of it, if only that there is nothing."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    notice: bool = False
    voice: list[VoiceItem] = []
    tags: list[ContentTag] = []
    not_present: list[ContentTag] = []

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("nothing_said", "notice, voice, tags or not_present must be given")
        return self


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


class DeclareCopy(Wish):
    """Begin to store the file of a derivative."""

    repository: ItemId
    custodian: PersonId
    file: DeclaredFileWish


class InterruptSession(Wish):
    """Recording stopped although the act goes on: a gap begins."""

    cause: Cause
    description: Text
    final: bool
    """It is not resumed: the session is complete with this, and the gap lasts until the act ends."""


class ResumeSession(Wish):
    """Record on after a gap."""

    device: ItemId
    voice_explanation: bool
    """Whether the cause of the gap is spoken on the recording."""


class ReportInterruption(Wish):
    """Say that the head of the unit was told that recording could not go on."""

    gap: Annotated[int, Field(ge=1, le=10_000)]
    """Number of the gap in its session, from 1."""
    reported_to: PersonId
    content: Text


class RecordStorageException(Wish):
    """Say why it cannot be stored in time, so that the period runs from the return to the unit."""

    ground: StorageGround
    reason: Text


class SetCustodian(Wish):
    """Give a recording into somebody else's keeping."""

    custodian: PersonId


class MarkEvidence(Wish):
    """Say that a recording is, or will be, used as evidence, and of what."""

    proves: Text


class CreateDerivative(Wish):
    """Enter a copy in which something was made unrecognisable: an object of its own."""

    description: Text


class ReportDeviceFault(Wish):
    """Report that a device does not work; it is out of service from here on."""

    fault: Text


class RepairDevice(Wish):
    """Put a device back into service."""

    note: Text
    repaired_by: Text | None = None
    """The workshop."""


class MaintainDevice(Wish):
    """Enter that a device was maintained."""

    maintained_on: date


class AlterDevice(Wish):
    """Enter that a device was dismantled, or a part of it replaced."""

    change: Literal["dismantled", "replaced"]
    note: Text
    is_private: bool
    """Done without the device custodian: an offence, entered by whoever found it."""


class ListedItemWish(Wish):
    """An act that is to be recorded, and how."""

    event: Code
    """Kind of activity, or `service_<method>`."""
    scope: ConductType
    link: Literal["initiation", "investigation", "decision", "service", "execution", "archiving"]
    method: AvKind
    mode: Literal["full", "as_appropriate", "optional"]
    key_steps: list[Name] = []
    extra_content_tags: list[ContentTag] = []


class PublishItemList(Wish):
    """Publish what a unit records (音像记录事项清单)."""

    list_id: Name
    unit: UnitId
    valid_from: date
    items: Annotated[list[ListedItemWish], Field(max_length=500)]


class PublishWordingGuide(Wish):
    """Publish what officers say while recording (执法行为用语指引)."""

    unit: UnitId
    version: Name
    valid_from: date
    text: Text | None = None


class CollectElectronicData(Wish):
    """Enter that electronic data (电子数据) were taken during an act."""

    activity: ItemId
    description: Text


class SaveElectronicData(Wish):
    """Enter that electronic data were uploaded or saved."""

    repository: ItemId
