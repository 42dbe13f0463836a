"""What archive answers to those who watch over cases: what is needed, what falls due, what was found and put right."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from casetrail_common.facts.archive import FindingStatus
from casetrail_common.web import Page


class Words(BaseModel):
    """The same in Chinese and in English."""

    zh: str
    en: str


class Named(BaseModel):
    """A code, and what it is called in documents."""

    code: str
    zh: str


class MissingShown(BaseModel):
    """Something to be made, or to be completed."""

    text: Words
    kind: str = Field(description="Kind of the object: `record`, `session`, `mark`, `opinion`, …; empty for a choice.")
    item: str | None = Field(description="The object it belongs to or is to be completed in; null if that is to come.")
    acts: list[str] = Field(description="Commands that bring it about.")
    roles: list[str] = Field(description="Who gives the command, or signs.")
    person: str | None = Field(description="Who of the case that is, as far as it is known.")
    documents: list[Named] = Field(default=[], description="Types of document, of which one is enough.")
    signers: list[str] = Field(default=[], description="In which capacities the document is signed.")
    codes: list[Named] = Field(default=[], description="Other codes of which one is enough: slots, capacities, tags.")
    fields: list[Named] = Field(default=[], description="What has to be filled in.")
    count: int = 1
    either: list[list["MissingShown"]] = Field(default=[], description="Ways of which one is enough.")


class NeedShown(BaseModel):
    """A duty that is not done."""

    rule: str = Field(description="Clause id.")
    pack: str = Field(description="`pack@version`.")
    gist: Words
    subject: str | None = Field(description="The object it is about; null if that is to come.")
    subject_kind: str
    subject_zh: str
    status: FindingStatus
    severity: Literal["error", "warning"] | None
    due: datetime | None
    provisional: bool = Field(description="The due date rests on a year whose holidays are not announced.")
    time_zh: str = Field(description="By when the clause wants it.")
    refused_with: str | None = Field(description="Code with which the command is refused as long as it is missing.")
    missing: list[MissingShown] = Field(description="All of it is needed.")
    instead: list[list[MissingShown]] = Field(description="What would excuse it.")


class StepAhead(BaseModel):
    """A command that may come next, and what it waits for."""

    command: str
    text: Words
    roles: list[str]
    item: str | None = Field(description="The object it is aimed at, if that is not the case.")
    detail: str | None = Field(description="Kind of the activity, slot, method or outcome that was assumed.")
    form: Named | None = Field(description="The form that it rests on; as long as `item` is null, nobody has made it.")
    is_refused: bool = Field(description="A rule refuses it as things stand, or its form is missing.")
    needs: list[NeedShown] = Field(description="What would be wrong if it came now.")


class NeedsShown(BaseModel):
    """What a case needs."""

    case: str
    as_of: datetime
    now: list[NeedShown] = Field(description="Its time is running or over; the earliest due first.")
    before: list[StepAhead] = Field(description="What is needed before each step that may come next.")
    later: list[NeedShown] = Field(description="What no next step asks for yet, but a later event will.")


class JudgedShown(BaseModel):
    """How a rule judges a subject, as far as it matters to those concerned."""

    status: FindingStatus
    severity: Literal["error", "warning"] | None
    due: datetime | None
    provisional: bool
    late_by_s: int | None
    basis: str | None
    mitigation: str | None
    since: datetime | None


class ChangeShown(BaseModel):
    """What a rule says of a subject now, and what it would say."""

    rule: str
    subject: str
    gist: Words | None
    before: JudgedShown | None = Field(description="Null if no rule in force says anything.")
    after: JudgedShown | None


class CaseReplayed(BaseModel):
    """An open case that would be judged otherwise."""

    case: str
    changes: list[ChangeShown]


class ReplayPage(Page[CaseReplayed]):
    """Open cases that would be judged otherwise; a page may be empty and yet not the last."""

    as_of: datetime
    judged: int = Field(description="How many open cases this page looked at.")


class DeadlineShown(BaseModel):
    """A period that is running, or that ended with its duty undone."""

    case: str | None = Field(description="Null for what belongs to no case: a device, the agency.")
    unit: str | None
    rule: str
    gist: Words | None
    subject: str
    subject_kind: str
    status: FindingStatus
    due: datetime
    provisional: bool
    pack: str
    calendar: str | None


class Supervised(BaseModel):
    """Something that supervision has recorded."""

    n: int = Field(description="Position in archive's log.")
    at: datetime
    by: str


class RoundShown(Supervised):
    """A round of supervision."""

    round: str
    method: str
    unit: str | None = None
    cases: list[str] = []
    findings: Any
    breaches: int = 0


class RectificationShown(Supervised):
    """What a unit was urged to put right."""

    rectification: str
    round: str | None = None
    unit: str
    case: str | None = None
    rule: str | None = None
    demand: Any
    due: date | None = None
    closed_at: datetime | None = None
    result: Any = None


class ReportShown(Supervised):
    """Statistics that were drawn up."""

    report: str
    kind: str
    first: date
    last: date
    purposes: list[str] = []
