"""What people may ask of intake: the bodies of its requests.

Names and arguments are those of the command vocabulary.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from casetrail_common.auth import Role
from casetrail_common.facts.acts import MeasureKind, PartyEventKind
from casetrail_common.facts.intake import ConductType, OpinionResult, Procedure, Slot, StartMode
from casetrail_common.ids import ItemId, PersonId, UnitId
from casetrail_common.web.wish import Kept, SaidText, Wish, WrittenInstant

Text = SaidText
Name = Annotated[str, Field(min_length=1, max_length=100)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9_.-]{1,64}$")]
Label = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
"""What people number places and things with; it stands in the record for ever."""
Flag = Literal[
    "major",
    "dispute_prone",
    "personal_freedom",
    "life_health",
    "major_property",
    "in_case_premises",
    "mass_incident",
    "emergency_incident",
    "corrected_on_the_spot",
    "materials_incomplete",
]
ActivityKind = Literal[
    "site_inspection",
    "inquiry",
    "sampling",
    "evidence_collection",
    "hearing",
    "onsite_review",
    "expert_review",
    "onsite_enforcement",
    "seizure",
    "demolition",
    "enforcement",
    "statement",
    "testing",
    "appraisal",
    "deliberation",
    "collective_discussion",
]
StepMark = Literal[
    "identity",
    "certificate_shown",
    "rights_told",
    "content_verified",
    "party_signed",
    "reasons_and_basis_told",
    "site_record_made",
]
ExecutionMethod = Literal[
    "added_fine_or_late_fee",
    "transfer_of_funds",
    "auction_or_disposal",
    "obstruction_removal_or_restoration",
    "substitute_performance",
    "other",
]
ServiceMethod = Literal["direct", "mail", "leave", "entrusted", "forwarded", "public_notice"]
Outcome = Literal["performed", "permit_delivered", "no_violation", "enforced_by_court", "not_initiated"]
Classification = Literal["state_secret", "trade_secret", "privacy"]


class UnitWish(Wish):
    """A unit (科室、大队)."""

    id: UnitId
    name: Name


class RegisterAgency(Wish):
    """Register the agency of the token as a tenant, or change its name and units."""

    name: Name
    province: Name
    units: Annotated[list[UnitWish], Field(min_length=1, max_length=500)]


class CertificateWish(Wish):
    """An enforcement certificate (行政执法证)."""

    number: Text
    valid_from: date
    valid_until: date


class RegisterPerson(Wish):
    """Register a person, or change what is known of one.

    `person` is the subject of the person's tokens; it stays in the record for ever and must not be personal data.
    """

    person: PersonId
    name: Text
    kind: Literal["staff", "outside"]
    roles: Annotated[list[Role], Field(min_length=1)]
    unit: UnitId | None = None
    certificate: CertificateWish | None = None
    clearance: list[Classification] = []


class RegisterCase(Wish):
    """Open a case (T01)."""

    conduct_type: ConductType
    procedure: Procedure
    start_mode: StartMode
    matter: Text
    parties: list[PersonId]
    officers: list[PersonId]
    responsible_officer: PersonId
    case_no: Name | None = None
    complaint: ItemId | None = None
    channel: Literal["written", "oral", "online"] | None = None
    item: Name | None = None
    handler_kind: Literal["competent", "authorised", "entrusted"] | None = None


class SetFlag(Wish):
    """Set a flag on the case or on one of its activities."""

    target: ItemId
    flag: Flag
    reason: Text


class FileInitiation(Wish):
    """Submit the initiation form to the head (T02)."""

    form: ItemId


class MarkWish(Wish):
    """A signature, thumbprint or seal."""

    by: PersonId
    as_role: Annotated[
        Literal["officer", "party", "witness", "unit", "server", "recipient", "expert", "member"], Field(alias="as")
    ]
    kind: Literal["signature", "thumbprint", "seal"] = "signature"
    place: Label = "end"
    """`end`, `cross_page`, or the id of a correction."""


class IdentityWish(Wish):
    """The identity block of a contact record."""

    officers: list[PersonId]
    certificate_shown: bool


class CorrectionWish(Wish):
    """A correction at one place."""

    id: Label
    position: Name
    before: str
    after: str


class AddRecord(Wish):
    """Make a complete text record (文书), version 1."""

    case: ItemId | None = None
    type: Code
    about: list[ItemId] = []
    fields: dict[Code, Kept]
    """By name; the names stand in the record for ever, so that nothing personal may hide in them."""
    identity: IdentityWish | None = None
    step_marks: list[StepMark] = []
    marks: list[MarkWish] = []
    pages: Annotated[int, Field(ge=1, le=10_000)] = 1
    corrections: list[CorrectionWish] = []
    started_at: WrittenInstant | None = None
    ended_at: WrittenInstant | None = None
    seal: Annotated[str, Field(max_length=100)] | None = None
    issued_on: date | None = None
    classification: Classification | None = None
    plan_item: Code | None = None
    supersedes: ItemId | None = None


class SignRecord(Wish):
    """Add marks to a record."""

    marks: list[MarkWish]


class GiveOpinion(Wish):
    """Fill a slot of an approval form and sign it."""

    slot: Slot
    result: OpinionResult
    opinion: Text
    reasons: str | None = None
    suggestion: str | None = None
    signed_on: date


class StartActivity(Wish):
    """Enter and begin work on site, or begin an inquiry."""

    kind: ActivityKind
    place: Text
    officers: list[PersonId]
    present: list[PersonId]
    conduct_type: ConductType | None = None
    measure: ItemId | None = None
    execution_method: ExecutionMethod | None = None
    sessions: list[ItemId] = []
    key_steps: list[Name] = []


class ServeDocument(Wish):
    """Record that a document was served (送达); serving the decision moves the case (T21, T23)."""

    document: ItemId
    method: ServiceMethod
    recipient: PersonId
    evidence: list[ItemId]
    sessions: list[ItemId] = []


class CloseCase(Wish):
    """Close the case (T14, T19, T25) on a closure form that the head agreed to."""

    outcome: Outcome
    form: ItemId


class StartEmergency(Wish):
    """Begin before the approval because there is no time (T05); the form must follow within the period of the law."""

    reason: Text


class OpenInvestigation(Wish):
    """Open a case without an approval form: acceptance (T09), inspection task (T12), simplified procedure (T13)."""

    ground: Literal["acceptance", "inspection_task", "simplified"]
    record: ItemId | None = None


class RequestSupplement(Wish):
    """Tell the applicant once and for all what is missing (T10)."""

    record: ItemId


class RefuseAcceptance(Wish):
    """Do not accept an application (T11)."""

    record: ItemId | None = None
    reason: Text | None = None


class ConvertCase(Wish):
    """Go on with what was found in a new case (T20), e.g. from an inspection to a penalty."""

    conduct_type: ConductType
    procedure: Procedure
    matter: Text
    parties: list[PersonId]
    reason: Text


class FailService(Wish):
    """Record that an attempt to serve a document failed (T22)."""

    document: ItemId
    method: ServiceMethod
    recipient: PersonId
    note: Text
    evidence: list[ItemId] = []


class EndCase(Wish):
    """End a case without its outcome (T26), on a closure form that the head agreed to."""

    outcome: Literal["terminated", "withdrawn"]
    form: ItemId
    reason: Text


class RefuseSignature(Wish):
    """Record that a party refuses to sign; it covers that record only."""

    party: PersonId
    note: Text
    officers: list[PersonId]


class CorrectRecord(Wish):
    """Correct places of a record after its completion; what stood there stays readable."""

    corrections: Annotated[list[CorrectionWish], Field(min_length=1)]
    marks: list[MarkWish] = []


class RecordPartyEvent(Wish):
    """Record what a party did: objected, obstructed, or answered a demand."""

    kind: PartyEventKind
    party: PersonId
    description: Text


class RegisterMeasure(Wish):
    """Register a compulsory measure; its approval form carries the head's agreement."""

    kind: MeasureKind
    object: Text
    form: ItemId | None = None


class OfficerReturned(Wish):
    """Record that officers came back to their unit."""

    officers: list[PersonId]


class DelegateHead(Wish):
    """Let a deputy act in the head's place for some days."""

    deputy: PersonId
    valid_from: date
    valid_until: date | None = None
    reason: Text


class EraseContent(Wish):
    """Dispose of what people wrote in a case; bodies, chains and proofs stay."""

    reason: Literal["retention_expired", "data_subject_request", "court_order"]


class PlanItemWish(Wish):
    """Something that is to be recorded in writing beyond what the regulations name."""

    item: Code
    """Code, as records name it in `plan_item`."""
    stage: Literal["initiation", "investigation", "decision", "service", "execution", "archiving"]
    record_type: Code | None = None
    """The record type that answers it; absent = a record that names the item."""


class PublishRecordPlan(Wish):
    """Publish what is recorded in cases of a type, and how (记录方案)."""

    conduct_type: ConductType
    procedure: Procedure
    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    valid_from: date
    extra_items: Annotated[list[PlanItemWish], Field(max_length=500)] = []
    key_steps: Annotated[list[Name], Field(max_length=100)] = []


class StepLimitWish(Wish):
    """How long a step may take."""

    value: Annotated[int, Field(ge=1, le=10_000)]
    unit: Literal["seconds", "hours", "days", "working_days"]


class ItemStepWish(Wish):
    """A step of handling a permit item."""

    step: Name
    starts_with: Name = Field(alias="from")
    """What it runs from: `registration`, `acceptance`, or the name of an earlier step."""
    limit: StepLimitWish | None = None


class ConfigurePermitItem(Wish):
    """Lay down the steps of a permit item (许可事项) and their limits."""

    item: Code
    name: Name
    steps: Annotated[list[ItemStepWish], Field(max_length=100)]
