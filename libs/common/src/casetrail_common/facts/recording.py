"""Facts of media about recordings in trouble and in use, devices, lists and guides."""

from datetime import date
from typing import Literal

from casetrail_common.facts.media import DeclaredFile, Mismatch, ReceivedFile, StoredFile
from casetrail_common.facts.model import ContentRef, Digest, Instant, Part, Payload

# --- sessions -------------------------------------------------------------------------------------------------------


class AvSessionInterruptedV1(Payload, fact="av.session_interrupted"):
    """Recording stopped although the act went on."""

    session: str
    gap: int
    """Number of the gap in its session, counted from 1."""
    cause: str
    description: ContentRef
    final: bool
    """Recording is not resumed: the session is complete with this, and the gap lasts until the act ends."""


class AvSessionResumedV1(Payload, fact="av.session_resumed"):
    """Recording went on after a gap."""

    session: str
    gap: int
    device: str
    voice_explanation: bool
    """Whether the cause of the gap was spoken on the recording."""


class AvInterruptionReportedV1(Payload, fact="av.interruption_reported"):
    """The head of the unit was told that recording could not go on."""

    session: str
    gap: int
    reported_to: str
    content: ContentRef


class AvExceptionRecordedV1(Payload, fact="av.exception_recorded"):
    """Why the recording cannot be stored in time, so that the period runs from the return to the unit."""

    session: str
    ground: str
    reason: ContentRef


class AvCustodyChangedV1(Payload, fact="av.custody_changed"):
    """Someone else keeps a recording."""

    session: str
    custodian: str


class AvMarkedEvidenceV1(Payload, fact="av.marked_evidence"):
    """A recording is or will be used as evidence."""

    session: str
    proves: ContentRef


class AvDerivativeCreatedV1(Payload, fact="av.derivative_created"):
    """A copy in which something was made unrecognisable; an object of its own, the original stays."""

    derivative: str
    of: str
    """The session it was made from."""
    case: str | None = None
    description: ContentRef


class AvDerivativeUploadDeclaredV1(Payload, fact="av.derivative_upload_declared"):
    """The file of a derivative is about to arrive: from here on the chain holds what it must hash to."""

    derivative: str
    of: str
    upload: str
    repository: str
    custodian: str
    file: DeclaredFile


class AvDerivativeReceivedV1(Payload, fact="av.derivative_received"):
    """The file of a derivative has arrived; it will be read once and compared with what was declared."""

    derivative: str
    upload: str
    file: ReceivedFile


class AvDerivativeStoredV1(Payload, fact="av.derivative_stored"):
    """The file of a derivative is verified and locked, as originals are."""

    derivative: str
    upload: str
    file: StoredFile
    retained_until: Instant


class AvDerivativeRejectedV1(Payload, fact="av.derivative_rejected"):
    """What arrived is not what was declared; the bytes were deleted."""

    derivative: str
    upload: str
    reason: Mismatch
    declared_sha256: Digest
    found_sha256: Digest


class ElectronicDataCollectedV1(Payload, fact="electronic_data.collected"):
    """Electronic data (电子数据) were taken during an act."""

    data: str
    case: str | None = None
    activity: str
    description: ContentRef


class ElectronicDataSavedV1(Payload, fact="electronic_data.saved"):
    """Electronic data were uploaded or saved."""

    data: str
    repository: str


# --- devices --------------------------------------------------------------------------------------------------------


class DeviceFaultReportedV1(Payload, fact="device.fault_reported"):
    """A device does not work; it is out of service until repaired. Creates the fault report."""

    device: str
    record: str
    """The fault report (设备故障报告)."""
    fault: ContentRef
    by: str
    case: str | None = None
    """The case in whose recording it failed, if any."""


class DeviceRepairedV1(Payload, fact="device.repaired"):
    """A device is back in service."""

    device: str
    note: ContentRef
    repaired_by: ContentRef | None = None
    """The workshop, as written."""


class DeviceMaintainedV1(Payload, fact="device.maintained"):
    """A device was maintained."""

    device: str
    maintained_on: date


class DeviceAlteredV1(Payload, fact="device.altered"):
    """A device was dismantled or a part of it replaced."""

    device: str
    change: Literal["dismantled", "replaced"]
    note: ContentRef
    is_private: bool
    """Done without the device custodian: an offence, entered by whoever found it."""


# --- lists and guides -----------------------------------------------------------------------------------------------


class ListedItem(Part):
    """An act that is to be recorded, and how."""

    event: str
    scope: str
    """Conduct type."""
    link: str
    """Stage in which the act lies."""
    method: str
    """Kind of recording."""
    mode: Literal["full", "as_appropriate", "optional"]
    key_steps: list[str] = []
    extra_content_tags: list[str] = []


class AvItemListPublishedV1(Payload, fact="av_item_list.published"):
    """What a unit records (音像记录事项清单). Stream `agency:<agency>:<agency>`."""

    list_id: str
    unit: str
    valid_from: date
    items: list[ListedItem]


class WordingGuidePublishedV1(Payload, fact="wording_guide.published"):
    """What officers say while recording (执法行为用语指引). Stream `agency:<agency>:<agency>`."""

    unit: str
    version: str
    valid_from: date
    text: ContentRef | None = None
