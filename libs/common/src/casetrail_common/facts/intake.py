"""Facts of intake: people, cases and their text records."""

from datetime import date
from typing import Any, Literal

from casetrail_common.facts.model import ContentRef, Digest, Instant, Part, Payload

ConductType = Literal["permit", "penalty", "compulsion", "inspection", "levy"]
Procedure = Literal["general", "simplified", "none"]
StartMode = Literal["ex_officio", "application", "complaint"]
Slot = Literal["undertaker", "unit", "reviewer", "legal", "head"]
OpinionResult = Literal["agree", "disagree"]


class Unit(Part):
    """An organisational unit (科室、大队) of an agency."""

    id: str
    name: str


class AgencyRegisteredV1(Payload, fact="agency.registered"):
    """An agency became a tenant. Stream `agency:<agency>:<agency>`."""

    name: str
    province: str
    units: list[Unit]


class Certificate(Part):
    """An enforcement certificate (行政执法证)."""

    number: ContentRef
    valid_from: date
    valid_until: date
    """Last day of validity, inclusive."""


class PersonRegisteredV1(Payload, fact="person.registered"):
    """A person became known: staff, or an outsider such as a party. Stream `person:<agency>:<person>`. Latest wins."""

    person: str
    name: ContentRef
    kind: Literal["staff", "outside"]
    roles: list[str]
    unit: str | None = None
    certificate: Certificate | None = None
    clearance: list[str] = []


class CaseRegisteredV1(Payload, fact="case.registered"):
    """A case was opened (T01). First fact of intake's stream `case:<agency>:<case>`."""

    case: str
    conduct_type: ConductType
    procedure: Procedure
    start_mode: StartMode
    matter: ContentRef
    parties: list[str]
    officers: list[str]
    responsible_officer: str
    unit: str | None = None
    """Unit of the responsible officer when the case was opened."""
    case_no: str | None = None
    complaint: str | None = None
    """The complaint register that the case goes back to."""
    channel: Literal["written", "oral", "online"] | None = None
    """How an application came in; absent = in writing."""
    item: str | None = None
    """The permit item (许可事项) applied for."""
    handler_kind: Literal["competent", "authorised", "entrusted"] | None = None
    """Whether the agency acts in its own right, by law's authorisation, or entrusted by another; absent = its own."""
    converted_from: str | None = None
    """The case that this one goes on from (T20)."""


class CaseFlaggedV1(Payload, fact="case.flagged"):
    """A flag was set on a case or on one of its activities."""

    target: str
    flag: str
    reason: ContentRef


class InitiationFiledV1(Payload, fact="initiation.filed"):
    """The initiation form was submitted to the head (T02)."""

    form: str


class InitiationApprovedV1(Payload, fact="initiation.approved"):
    """The head agreed to open the case (T03)."""

    form: str


class InitiationRejectedV1(Payload, fact="initiation.rejected"):
    """The head refused to open the case (T04)."""

    form: str


class Mark(Part):
    """A signature, thumbprint or seal on a record."""

    by: str
    as_role: Literal["officer", "party", "witness", "unit", "server", "recipient", "expert", "member"]
    kind: Literal["signature", "thumbprint", "seal"] = "signature"
    place: str = "end"
    """`end`, `cross_page`, or the id of a correction."""


class Identity(Part):
    """The identity block of a contact record: who took part, and whether certificates were shown (亮证)."""

    officers: list[str]
    certificate_shown: bool
    certificate_noted: bool = True
    """Whether the block says anything of certificates; if not, `certificate_shown` means nothing."""


class Correction(Part):
    """A correction at one place of a record."""

    id: str
    position: str
    before: ContentRef
    after: ContentRef


class RecordAddedV1(Payload, fact="record.added"):
    """A text record (文书) was completed. In the case's stream, or `record:<agency>:<record>` without a case."""

    record: str
    record_type: str
    case: str | None = None
    about: list[str] = []
    """Ids of the objects the record belongs to: activity, session, service, measure, record, device, request."""
    fields: dict[str, Any]
    """Coded values as they are; content as `{"sha256": …}`; empty fields are absent."""
    filled: list[str]
    """Names of the fields that hold a value, coded or content, in alphabetical order."""
    identity: Identity | None = None
    step_marks: list[str] = []
    marks: list[Mark] = []
    pages: int = 1
    corrections: list[Correction] = []
    started_at: Instant | None = None
    """As written in the document; never compared with the clock."""
    ended_at: Instant | None = None
    seal: str | None = None
    issued_on: date | None = None
    classification: str | None = None
    author: str
    plan_item: str | None = None
    """The item of the agency's record plan that this record answers."""
    supersedes: str | None = None
    """The record of which this is a new version; the old one stays."""


class RecordSignedV1(Payload, fact="record.signed"):
    """Marks were added to a record."""

    record: str
    marks: list[Mark]


class OpinionGivenV1(Payload, fact="opinion.given"):
    """A slot of an approval form was filled and signed; it replaces an earlier opinion in that slot."""

    form: str
    slot: Slot
    result: OpinionResult
    opinion: ContentRef
    reasons: ContentRef | None = None
    suggestion: ContentRef | None = None
    signed_on: date
    by: str
    submission: str | None = None
    """Set when the form lay in review."""


class LinkedStream(Part):
    """Another stream as it stood when it was linked to a case."""

    service: str
    stream: str
    position: int
    hash: Digest


class ActivityStartedV1(Payload, fact="activity.started"):
    """Officers entered and began an act on site or an inquiry."""

    activity: str
    kind: str
    place: ContentRef
    officers: list[str]
    present: list[str]
    conduct_type: ConductType | None = None
    sessions: list[str] = []
    links: list[LinkedStream] = []
    """The streams of `sessions`."""
    key_steps: list[str] = []
    measure: str | None = None
    """The measure that is carried out."""
    execution_method: str | None = None
    """The way of compulsory execution, if it is one."""


class ActivityEndedV1(Payload, fact="activity.ended"):
    """Officers left."""

    activity: str


class ReviewAcceptedV1(Payload, fact="review.accepted"):
    """Intake let a submission take effect (T15): the case is in review."""

    submission: str


class SubmissionVoidedV1(Payload, fact="submission.voided"):
    """Intake found the case in another state than review had believed; the submission has no effect."""

    submission: str
    code: str


class ServicePerformedV1(Payload, fact="service.performed"):
    """A document was served (送达). Serving the decision moves the case (T21, T23)."""

    service: str
    document: str
    method: Literal["direct", "mail", "leave", "entrusted", "forwarded", "public_notice"]
    recipient: str
    evidence: list[str]
    sessions: list[str] = []
    of_decision: bool = False
    """Whether the document is the decision of the case; only its service moves the case."""


class CaseClosedV1(Payload, fact="case.closed"):
    """The case ended (结案); the period for archiving begins."""

    outcome: str
    form: str
    reason: ContentRef | None = None
    """Why it was terminated or withdrawn (T26)."""
