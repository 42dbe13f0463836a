"""The case as its facts tell it, from which every paper of the dossier is written."""

from dataclasses import dataclass, field
from datetime import date, datetime

from casetrail_archive.dossier.contents import Contents
from casetrail_archive.dossier.source import DossierInput
from casetrail_common.facts import archive, intake, media, recording, review
from casetrail_common.facts.model import ContentRef
from casetrail_common.ledger.fact import Fact


@dataclass(frozen=True, slots=True)
class GivenMark:
    """A mark on a record, and when it was made."""

    mark: intake.Mark
    at: datetime


@dataclass(frozen=True, slots=True)
class GivenOpinion:
    """An opinion in a slot of an approval form, wherever the form lay."""

    slot: str
    result: str
    opinion: ContentRef
    reasons: ContentRef | None
    suggestion: ContentRef | None
    signed_on: date
    by: str


@dataclass(slots=True)
class FiledRecord:
    """A text record with all that was put on it later."""

    added: intake.RecordAddedV1
    fact: Fact
    marks: list[GivenMark] = field(default_factory=list)
    opinions: dict[str, GivenOpinion] = field(default_factory=dict)
    """By slot; a later opinion replaces an earlier one."""


@dataclass(slots=True)
class FiledDecision:
    """The decision document, which review made."""

    issued: review.DecisionIssuedV1
    fact: Fact


@dataclass(slots=True)
class FiledSession:
    """A recording session and what is known of it."""

    started: media.AvSessionStartedV1
    fact: Fact
    notice_at: datetime | None = None
    voice: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    not_present: list[str] = field(default_factory=list)
    ended_at: datetime | None = None
    gaps: list["FiledGap"] = field(default_factory=list)
    """Gap 1 is the first."""
    proves: list[ContentRef] = field(default_factory=list)
    """What it was marked as evidence of."""
    stored: media.AvStoredV1 | None = None
    custodian: str | None = None
    """Who keeps it: named when it was stored, or since."""


@dataclass(slots=True)
class FiledGap:
    """A stretch of a session that was not recorded."""

    broken: recording.AvSessionInterruptedV1
    at: datetime
    resumed_at: datetime | None = None


@dataclass(slots=True)
class FiledActivity:
    """An act on site or an inquiry."""

    started: intake.ActivityStartedV1
    at: datetime
    ended_at: datetime | None = None


@dataclass(slots=True)
class CaseFile:
    """One case, read from the facts of all services."""

    source: DossierInput
    contents: Contents
    facts: list[Fact]
    """Facts of the streams that are held whole, in the order in which they were recorded."""
    registered: intake.CaseRegisteredV1
    opened_at: datetime
    agency: intake.AgencyRegisteredV1 | None = None
    people: dict[str, intake.PersonRegisteredV1] = field(default_factory=dict)
    devices: dict[str, media.DeviceRegisteredV1] = field(default_factory=dict)
    repositories: dict[str, media.RepositoryRegisteredV1] = field(default_factory=dict)
    packs: dict[str, str] = field(default_factory=dict)
    """Names of the regulations, by `pack@version`."""
    records: dict[str, FiledRecord] = field(default_factory=dict)
    decisions: dict[str, FiledDecision] = field(default_factory=dict)
    sessions: dict[str, FiledSession] = field(default_factory=dict)
    activities: dict[str, FiledActivity] = field(default_factory=dict)
    services: list[tuple[intake.ServicePerformedV1, datetime]] = field(default_factory=list)
    initiated_at: datetime | None = None
    closed: intake.CaseClosedV1 | None = None
    closed_at: datetime | None = None
    filed: archive.DossierFiledV1 | None = None
    filed_by: str | None = None
    retention: archive.RetentionAssignedV1 | None = None

    def person(self, person: str) -> str:
        """Return a person's name; the id if nobody registered one, so that nobody is left out."""
        known = self.people.get(person)
        return person if known is None else self.contents.text(known.name)

    def people_named(self, people: list[str]) -> str:
        """Return several names as a document lists them."""
        return "、".join(self.person(one) for one in people)

    def certificate(self, person: str) -> str:
        """Return the number of a person's enforcement certificate, or nothing."""
        known = self.people.get(person)
        return "" if known is None or known.certificate is None else self.contents.text(known.certificate.number)

    def unit(self, unit: str | None) -> str:
        """Return the name of a unit."""
        units = [] if self.agency is None else self.agency.units
        return next((one.name for one in units if one.id == unit), unit or "")

    @property
    def parties(self) -> str:
        """The parties, by name."""
        return self.people_named(self.registered.parties)

    @property
    def title(self) -> str:
        """The title of the case: party, matter, 案. Source: 行政处罚案卷 covers name a case so."""
        return f"{self.parties}{self.contents.text(self.registered.matter)}案"

    @property
    def reference(self) -> str:
        """What people cite the case by; empty if it has neither a case number nor a decision."""
        numbers = [self.registered.case_no or "", *(decision.issued.number for decision in self.decisions.values())]
        return next((number for number in numbers if number), "")
