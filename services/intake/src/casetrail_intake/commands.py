"""What people may ask of intake: the bodies of its requests.

Names and arguments are those of the command vocabulary.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from casetrail_common.auth import Role
from casetrail_common.facts.intake import ConductType, OpinionResult, Procedure, Slot, StartMode
from casetrail_common.ids import ItemId, PersonId, UnitId
from casetrail_common.web.wish import Kept, Wish, WrittenInstant

Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9_.-]{1,64}$")]
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
    officers: Annotated[list[PersonId], Field(min_length=1)]
    responsible_officer: PersonId
    case_no: Name | None = None


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
    place: Code = "end"


class IdentityWish(Wish):
    """The identity block of a contact record."""

    officers: Annotated[list[PersonId], Field(min_length=1)]
    certificate_shown: bool


class CorrectionWish(Wish):
    """A correction at one place."""

    id: Code
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
    seal: Name | None = None
    issued_on: date | None = None
    classification: Classification | None = None


class SignRecord(Wish):
    """Add marks to a record."""

    marks: Annotated[list[MarkWish], Field(min_length=1)]


class GiveOpinion(Wish):
    """Fill a slot of an approval form and sign it."""

    slot: Slot
    result: OpinionResult
    opinion: Text
    reasons: Text | None = None
    suggestion: Text | None = None
    signed_on: date


class StartActivity(Wish):
    """Enter and begin work on site, or begin an inquiry."""

    kind: ActivityKind
    place: Text
    officers: Annotated[list[PersonId], Field(min_length=1)]
    present: list[PersonId]
    conduct_type: ConductType | None = None
    sessions: list[ItemId] = []
    key_steps: list[Code] = []


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


class EraseContent(Wish):
    """Dispose of what people wrote in a case; bodies, chains and proofs stay."""

    reason: Literal["retention_expired", "data_subject_request", "court_order"]
