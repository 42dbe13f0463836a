"""Facts of archive about keeping and supervising: discs, transfers, retention, supplements, rounds, reports."""

from datetime import date
from typing import Literal

from casetrail_common.facts.model import ContentRef, Instant, Payload


class DiscRegisteredV1(Payload, fact="disc.registered"):
    """Recordings were put on a carrier (光盘、移动存储介质)."""

    disc: str
    case: str | None = None
    sessions: list[str]
    medium: Literal["disc", "removable_medium", "other"]
    annotations: dict[str, ContentRef]
    filled: list[str]
    """Names of the annotations that hold something, in alphabetical order."""


class DiscAnnotatedV1(Payload, fact="disc.annotated"):
    """Annotations were added to a carrier."""

    disc: str
    annotations: dict[str, ContentRef]
    filled: list[str]


class DossierTransferredV1(Payload, fact="dossier.transferred"):
    """The dossier was handed over (移交); makes the transfer list."""

    dossier: str
    case: str
    to: str
    received_by: str
    record: str | None = None
    """The transfer list, if it is a record of its own."""


class SupplementAppendedV1(Payload, fact="supplement.appended"):
    """A further volume was begun after filing (T28); what was filed stays as it is."""

    dossier: str
    case: str
    volume: int
    reason: ContentRef
    custodian: str
    records: list[str] = []
    sessions: list[str] = []


class RetentionUpgradedV1(Payload, fact="retention.upgraded"):
    """A trigger made the material one to be kept long-term (长期)."""

    case: str
    dossier: str | None = None
    rule: str
    """The clause that names the trigger."""
    retention_class: str


class LongTermMarkedV1(Payload, fact="retention.long_term_marked"):
    """People found a case important enough to be kept long-term."""

    case: str
    reason: ContentRef


class RetentionOverrideSetV1(Payload, fact="retention.override_set"):
    """A law, regulation or rule sets another period than the archive's own."""

    case: str
    authority_level: Literal["law", "regulation", "rule"]
    source: str
    """Name and article of the provision."""
    years: int


class SupervisionRoundHeldV1(Payload, fact="supervision.round_held"):
    """Recording was inspected on site or by reviewing dossiers. Stream `agency:<agency>:<agency>`."""

    round: str
    method: Literal["on_site", "dossier_review", "other"]
    unit: str | None = None
    cases: list[str] = []
    """The sample."""
    findings: ContentRef
    breaches: int = 0
    """How many breaches were found."""


class RectificationOpenedV1(Payload, fact="rectification.opened"):
    """A unit was urged to put something right. Stream `agency:<agency>:<agency>`."""

    rectification: str
    round: str | None = None
    unit: str
    case: str | None = None
    rule: str | None = None
    demand: ContentRef
    due: date | None = None


class RectificationClosedV1(Payload, fact="rectification.closed"):
    """What had to be put right was."""

    rectification: str
    result: ContentRef


class ReportMadeV1(Payload, fact="report.made"):
    """Statistics of a period were drawn up. Stream `agency:<agency>:<agency>`."""

    report: str
    kind: Literal["statistics", "appraisal", "indicator"]
    first: date
    last: date
    purposes: list[str] = []
    """What they are used for, e.g. `dossier_review`, `supervision`, `appraisal`."""


class DeadlineApproachingV1(Payload, fact="deadline.approaching"):
    """Half or nine tenths of a period are over and the duty is undone. `occurred_at` is that instant."""

    case: str | None = None
    rule: str
    subject: str
    due: Instant
    percent: Literal[50, 90]


class DeadlineEscalatedV1(Payload, fact="deadline.escalated"):
    """Unit head and supervisor were told that a deadline was missed."""

    case: str | None = None
    rule: str
    subject: str
    due: Instant
    to: list[str]
    """Roles, or people."""
