"""Facts of archive: law in force, findings, deadlines, dossiers."""

from datetime import date
from typing import Any, Literal

from casetrail_common.facts.model import Digest, Instant, Part, Payload

FindingStatus = Literal["satisfied", "violated", "overdue", "pending", "not_applicable", "needs_review"]


class PackLoadedV1(Payload, fact="pack.loaded"):
    """A rule pack is in force for this agency from a date on. Stream `pack:<agency>:<pack>`."""

    pack: str
    version: str
    """Date of the pack file, e.g. `2019-06-04`; `pack@version` is what findings cite."""
    valid_from: date
    sha256: Digest
    """Digest of the canonical JSON of `document`."""
    document: dict[str, Any]
    """The pack itself: header, clause per command, incident table, parameters, rules."""


class Holiday(Part):
    """A holiday arranged by the State Council, both ends inclusive."""

    first: date
    last: date


class CalendarLoadedV1(Payload, fact="calendar.loaded"):
    """The working-day calendar. Stream `calendar:<agency>:<calendar>`. The latest one loaded is in force."""

    calendar: str
    """Version, e.g. `CN-2025-2026`."""
    years: list[int]
    """Years whose arrangement is known; beyond them due dates are provisional."""
    holidays: list[Holiday]
    make_up_workdays: list[date]


class ParametersSetV1(Payload, fact="parameters.set"):
    """Configuration of an agency that rules refer to as `$agency.<name>`. Later values replace earlier ones by name."""

    values: dict[str, str | int | bool]


class RetentionEntry(Part):
    """One row of a retention table: by class of recording, or by class of dossier."""

    av_class: str | None = None
    risk: str | None = None
    retention_class: str | None = None
    dossier_class: str | None = None
    years: int | None = None


class RetentionTableSetV1(Payload, fact="retention_table.set"):
    """How long what is kept. Replaces the table as a whole."""

    entries: list[RetentionEntry]


class FindingChangedV1(Payload, fact="finding.changed"):
    """A rule judged a subject otherwise than before."""

    case: str | None = None
    rule: str
    subject: str
    status: FindingStatus
    severity: Literal["error", "warning"] | None = None
    due: Instant | None = None
    provisional: bool = False
    """The due date rests on a year whose calendar is not announced."""
    late_by_s: int | None = None
    basis: str | None = None
    evidence: list[str] = []
    pack: str
    """`pack@version` the finding was judged by."""
    calendar: str | None = None
    engine: str
    mitigation: str | None = None
    """The rule whose fulfilment makes the breach less grave."""
    incidents: int = 0
    """Refused attempts to break a prohibition."""
    since: Instant | None = None
    """Since when a consequence that the clause sets has held."""


class DeadlineMissedV1(Payload, fact="deadline.missed"):
    """A period ended with its duty undone. `occurred_at` is the due instant, `recorded_at` the waking."""

    case: str | None = None
    rule: str
    subject: str
    due: Instant


class DossierDraftedV1(Payload, fact="dossier.drafted"):
    """A draft of the dossier stands, made at closure; it is not sealed and proves nothing yet."""

    dossier: str
    case: str
    object: str
    version_id: str
    sha256: Digest
    bytes: int


class NamedStream(Part):
    """A stream that a dossier holds whole."""

    service: str
    stream: str


class DossierFiledV1(Payload, fact="dossier.filed"):
    """The dossier was handed to the archive (T27). Each owner seals the named streams; then volume 1 is sealed."""

    dossier: str
    case: str
    streams: list[NamedStream]
    sessions: list[str]
    retention_class: str
    index: str | None = None
    """The dossier index (卷内目录), if it is a record of its own."""


class DossierSealedV1(Payload, fact="dossier.sealed"):
    """A volume is complete and locked in the store. It never changes; what comes later is a supplement."""

    dossier: str
    case: str
    volume: int
    root: Digest
    """SHA-256 of the package's tag manifest: what `verify.py --root` asks for."""
    object: str
    version_id: str
    bytes: int
    retained_until: Instant


class RetentionAssignedV1(Payload, fact="retention.assigned"):
    """How long a dossier is kept."""

    dossier: str
    retention_class: str
    years: int
