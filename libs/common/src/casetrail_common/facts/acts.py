"""Facts of intake beyond the plain course of a case: other beginnings and ends, measures, parties, delegation."""

from datetime import date
from typing import Literal

from casetrail_common.facts.intake import ConductType, Correction, Mark, Procedure
from casetrail_common.facts.model import ContentRef, Part, Payload
from casetrail_common.facts.units import PeriodUnit

# --- how a case begins and goes on ----------------------------------------------------------------------------------


class EmergencyStartedV1(Payload, fact="initiation.emergency_started"):
    """The procedure began before its approval because there was no time (T05); the form must follow."""

    reason: ContentRef


class InvestigationOpenedV1(Payload, fact="investigation.opened"):
    """The case was opened without an approval form: accepted (T09), on an inspection task (T12), simplified (T13)."""

    ground: Literal["acceptance", "inspection_task", "simplified"]
    record: str | None = None


class SupplementRequestedV1(Payload, fact="supplement.requested"):
    """The applicant was told once and for all what is missing (T10)."""

    record: str
    """The supplement notice."""


class AcceptanceRefusedV1(Payload, fact="acceptance.refused"):
    """The application was not accepted (T11)."""

    record: str | None = None
    """The notice of non-acceptance."""
    reason: ContentRef | None = None


class CaseConvertedV1(Payload, fact="case.converted"):
    """What was found goes on in a new case (T20). In the stream of the case that it was found in."""

    into: str
    conduct_type: ConductType
    procedure: Procedure
    reason: ContentRef


class CaseLinkedV1(Payload, fact="case.linked"):
    """Two cases have to do with each other; in the stream of both."""

    other: str
    relation: Literal["converted_into", "converted_from", "follows", "followed_by", "related"]
    reason: ContentRef | None = None


class ServiceFailedV1(Payload, fact="service.failed"):
    """An attempt to serve a document failed (T22); another way is tried next."""

    document: str
    method: Literal["direct", "mail", "leave", "entrusted", "forwarded", "public_notice"]
    recipient: str
    note: ContentRef
    evidence: list[str] = []
    of_decision: bool = False


# --- records --------------------------------------------------------------------------------------------------------


class RecordRefusedV1(Payload, fact="record.refused"):
    """A party refused to sign a record; it covers that record only."""

    record: str
    party: str
    note: ContentRef
    officers: list[str]
    """Who signs for it, each once."""


class RecordCorrectedV1(Payload, fact="record.corrected"):
    """Places of a record were corrected after its completion."""

    record: str
    corrections: list[Correction]
    marks: list[Mark] = []


# --- people ---------------------------------------------------------------------------------------------------------


class OfficerReturnedV1(Payload, fact="officer.returned"):
    """Officers came back to their unit. Stream `agency:<agency>:<agency>`, since it concerns every case of theirs."""

    officers: list[str]


class HeadDelegatedV1(Payload, fact="head.delegated"):
    """The head lets a deputy act in the head's place. Stream `person:<agency>:<deputy>`."""

    delegation: str
    head: str
    deputy: str
    valid_from: date
    valid_until: date | None = None
    """Last day, inclusive; absent = until it is withdrawn."""
    reason: ContentRef


class DelegationWithdrawnV1(Payload, fact="delegation.withdrawn"):
    """A delegation ended."""

    delegation: str
    deputy: str


PartyEventKind = Literal[
    "objection",
    "complaint",
    "petition",
    "evasion",
    "refusal",
    "obstruction",
    "verbal_abuse",
    "insult",
    "assault",
    "demand_response",
]


class _PartyEvent(Part):
    event: str
    kind: PartyEventKind
    party: str
    description: ContentRef


class PartyObjectedV1(_PartyEvent, Payload, fact="party.objected"):
    """A party objected, complained or petitioned."""


class PartyObstructedV1(_PartyEvent, Payload, fact="party.obstructed"):
    """A party evaded, refused or obstructed enforcement, or abused, insulted or assaulted officers."""


class PartyRespondedV1(_PartyEvent, Payload, fact="party.responded"):
    """A party answered a demand letter (催告)."""


MeasureKind = Literal["seizure", "advance_registration", "administrative_control", "evidence_preservation"]


class MeasureRegisteredV1(Payload, fact="measure.registered"):
    """A compulsory measure was taken (强制措施)."""

    measure: str
    kind: MeasureKind
    object: ContentRef
    form: str | None = None
    """The approval form that carries the head's agreement."""


# --- what an agency lays down for its cases -------------------------------------------------------------------------


class PlanItem(Part):
    """Something that is to be recorded in writing beyond what the regulation names."""

    item: str
    """Code, as in `record.added.plan_item`."""
    stage: Literal["initiation", "investigation", "decision", "service", "execution", "archiving"]
    record_type: str | None = None
    """The record type that answers it; absent = a record that names the item."""


class RecordPlanPublishedV1(Payload, fact="record_plan.published"):
    """What is recorded in cases of a type, and how (记录方案). Stream `agency:<agency>:<agency>`."""

    conduct_type: ConductType
    procedure: Procedure
    version: str
    valid_from: date
    extra_items: list[PlanItem] = []
    key_steps: list[str] = []


class StepLimit(Part):
    """How long a step may take."""

    value: int
    unit: PeriodUnit


class ItemStep(Part):
    """A step of handling a permit item."""

    step: str
    starts_with: str
    """What the period runs from: `registration`, `acceptance`, or the name of an earlier step."""
    limit: StepLimit | None = None


class PermitItemConfiguredV1(Payload, fact="permit_item.configured"):
    """The steps of a permit item and their limits. Stream `agency:<agency>:<agency>`. Latest wins."""

    item: str
    name: str
    steps: list[ItemStep]
