"""What archive answers."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from casetrail_archive.domain.dossier import Dossier
from casetrail_common.facts.archive import FindingStatus, RetentionEntry
from casetrail_common.web import Page
from casetrail_common.web.desk import Written


class PackShown(BaseModel):
    """A version of a rule pack that the agency has loaded."""

    pack: str
    version: str
    valid_from: date
    is_in_force: bool = Field(description="Whether it is the version of its pack that binds the agency today.")


class PackDocumentShown(BaseModel):
    """A loaded pack as a whole."""

    pack: str
    version: str
    valid_from: date
    sha256: str = Field(description="Digest of the canonical JSON of `document`.")
    document: dict[str, Any]


class LawShown(BaseModel):
    """What binds the agency."""

    packs: list[PackShown]
    calendar: str | None = Field(description="Version of the working-day calendar in force.")
    parameters: dict[str, str | int | bool]


class RetentionShown(BaseModel):
    """The retention table in force."""

    entries: list[RetentionEntry]


class FindingShown(BaseModel):
    """How a rule judges a subject."""

    case: str | None = Field(description="Absent for what belongs to no case.")
    rule: str = Field(description="Clause id.")
    subject: str = Field(
        description="Id of an item; `agency`; `<record>/correction/<id>`, `<session>/gap/<n>`, `<case>/step/<name>`."
    )
    subject_kind: str
    status: FindingStatus
    severity: Literal["error", "warning"] | None
    due: datetime | None
    provisional: bool = Field(description="The due date rests on a year whose holidays are not announced.")
    late_by_s: int | None
    basis: str | None
    evidence: list[str]
    incidents: int
    mitigation: str | None = Field(description="The rule whose fulfilment makes the breach less grave.")
    since: datetime | None = Field(description="Since when a consequence that the clause sets has held.")
    pack: str = Field(description="`pack@version`.")
    calendar: str | None
    engine: str


class FindingsPage(Page[FindingShown]):
    """Findings as of an instant."""

    as_of: datetime
    is_final: bool = Field(
        description="Nothing that was recorded by then can still arrive: the same question has this answer for ever."
    )
    awaits: list[str] = Field(
        default=[], description="What keeps archive from knowing that: services behind, streams parked."
    )


class IncidentShown(BaseModel):
    """A forbidden act that was attempted and refused, or a breach that was found."""

    position: str = Field(description="Service and position of the fact that records it.")
    item: str
    code: str
    clause: str | None
    command: str
    by: str
    at: datetime
    case: str | None


class StepShown(BaseModel):
    """A fact of a case, as a step."""

    position: str = Field(description="`<service>:<n>`.")
    type: str
    what: str = Field(description="The step in words.")
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    actor_name: str
    roles: list[str]
    unit: str | None
    clauses: list[str] = Field(description="Clauses beside the step, one for each pack in force that names one.")


class DossierWritten(Written):
    """The outcome of filing."""

    dossier: str
    state: Literal["draft", "filed", "sealed"]
    root: str | None = Field(default=None, description="Root hash: print it and keep it apart from the dossier.")
    awaits: list[str] = []


class DiscShown(BaseModel):
    """A carrier with what is written on it."""

    disc: str
    medium: str
    sessions: list[str]
    cases: list[str]
    filled: list[str] = Field(description="Names of the annotations that hold something.")
    annotations: dict[str, Any]


class TransferShown(BaseModel):
    """A transfer list (移交清单): what was handed over to whom."""

    record: str
    to: str
    received_by: str
    at: datetime
    sessions: list[str]
    volumes: int


class SupplementShown(BaseModel):
    """A further volume: what was recorded since the one before belongs to it."""

    volume: int
    begun_at: datetime
    custodian: str
    records: list[str] = Field(description="Records named when it was begun.")
    sessions: list[str] = Field(description="Recordings named when it was begun.")


class DossierShown(BaseModel):
    """A dossier as it stands."""

    dossier: str
    case: str
    state: Literal["draft", "filed", "sealed"]
    filed_at: datetime | None = None
    sealed_at: datetime | None = None
    retention_class: str | None = None
    retention_years: int | None = None
    retained_until: datetime | None = Field(default=None, description="Until then nobody can delete the volume.")
    root: str | None = Field(default=None, description="Root hash of volume 1.")
    object: str | None = Field(default=None, description="Key of the package in the object store.")
    version_id: str | None = None
    bytes: int | None = None
    sessions: list[str] = Field(default=[], description="Recordings whose files the volume holds.")
    awaits: list[str] = Field(default=[], description="Streams whose owners have not marked their end yet.")
    transfers: list[TransferShown] = []
    supplements: list[SupplementShown] = []
    holds_erased: bool = Field(
        default=False, description="The locked volume still holds content that was erased since."
    )


class AddedFact(BaseModel):
    """A fact that belongs to a further volume."""

    position: str = Field(description="`<service>:<n>`.")
    type: str
    recorded_at: datetime


class FurtherVolume(BaseModel):
    """What was recorded after filing, up to the next volume."""

    volume: int
    begun_at: datetime | None = Field(description="Absent as long as nobody has begun it.")
    facts: list[AddedFact]


class FurtherVolumes(BaseModel):
    """The volumes beyond the first one, which never changes."""

    volumes: list[FurtherVolume]


class ClockShown(BaseModel):
    """Where an agency's clock stands, after everything due until then has happened."""

    agency: str
    now: datetime
    positions: dict[str, int] = Field(description="Last position of each service's log.")


def awaited_of(dossier: Dossier) -> list[str]:
    """Return the streams of a filed dossier whose end is not marked yet."""
    filing = dossier.filing
    if filing is None:
        return []
    named = [f"{service} {stream}" for service, stream in filing.streams]
    return [name for name in named if name not in filing.sealed_streams]


def dossier_of(dossier_id: str, dossier: Dossier, *, holds_erased: bool) -> DossierShown:
    """Return a dossier as it is shown; once it is filed its draft is shown no more."""
    filing, stored = dossier.filing, dossier.volume or (dossier.draft if dossier.state == "draft" else None)
    return DossierShown(
        dossier=dossier_id,
        case=dossier.case,
        state=dossier.state,
        filed_at=filing.filed_at if filing else None,
        sealed_at=dossier.sealed_at,
        retention_class=filing.retention_class if filing else None,
        retention_years=filing.retention_years if filing else None,
        retained_until=dossier.locked_until,
        root=dossier.root,
        object=stored.object if stored else None,
        version_id=stored.version_id if stored else None,
        bytes=stored.bytes if stored else None,
        sessions=list(filing.sessions) if filing else [],
        awaits=awaited_of(dossier),
        transfers=[
            TransferShown(
                record=moved.transfer_list,
                to=moved.to,
                received_by=moved.received_by,
                at=moved.at,
                sessions=list(moved.sessions),
                volumes=moved.volumes,
            )
            for moved in dossier.transfers
        ],
        supplements=[
            SupplementShown(
                volume=one.volume,
                begun_at=one.begun_at,
                custodian=one.custodian,
                records=list(one.records),
                sessions=list(one.sessions),
            )
            for one in dossier.supplements
        ],
        holds_erased=holds_erased,
    )
