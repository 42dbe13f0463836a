"""What intake answers."""

from typing import Any

from pydantic import BaseModel

from casetrail_common.facts.acts import PermitItemConfiguredV1, RecordPlanPublishedV1


class CaseShown(BaseModel):
    """A case as it stands."""

    case: str
    state: str
    conduct_type: str
    procedure: str
    start_mode: str
    unit: str | None
    parties: list[str]
    officers: list[str]
    responsible_officer: str
    flags: list[str]
    running_activities: list[str]
    outcome: str | None
    stream_position: int


class MarksShown(BaseModel):
    """A signature, thumbprint or seal."""

    by: str
    as_role: str
    kind: str
    place: str


class OpinionShown(BaseModel):
    """The opinion that stands in a slot; text that was erased is `{"erased": true}`."""

    slot: str
    result: str
    opinion: Any
    reasons: Any = None
    suggestion: Any = None
    signed_on: str
    by: str


class RecordShown(BaseModel):
    """A text record (文书); content that was erased is `{"erased": true}`."""

    record: str
    type: str
    case: str | None
    about: list[str]
    fields: dict[str, Any]
    marks: list[MarksShown]
    opinions: list[OpinionShown]
    author: str


class RecordPlansShown(BaseModel):
    """What is recorded in cases of each type, every version that was published."""

    plans: list[RecordPlanPublishedV1]


class PermitItemsShown(BaseModel):
    """The permit items of the agency."""

    items: list[PermitItemConfiguredV1]
