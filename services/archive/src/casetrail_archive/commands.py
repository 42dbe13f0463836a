"""What people may ask of archive: the bodies of its requests.

Names and arguments are those of the command vocabulary.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field

from casetrail_common.canonical import MAX_INTEGER
from casetrail_common.facts.units import PeriodUnit
from casetrail_common.ids import AgencyId, ItemId, PersonId, UnitId
from casetrail_common.web.wish import Kept, NonNegative, SaidText, Wish

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""Between these an agency's clock may be set; further off dates of the calendar cannot be told any more."""

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Version = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Year = Annotated[int, Field(ge=1990, le=2200)]
Days = Annotated[list[date], Field(max_length=1000)]


Clause = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}/[0-9A-Za-z.()]{1,40}$")]
Number = Annotated[int, Field(ge=-MAX_INTEGER, le=MAX_INTEGER)]
Word = Annotated[str, Field(min_length=1, max_length=200)]


class ParameterWish(Wish):
    """Another value of a parameter of the parent's rule."""

    value: Number | Word | Annotated[list[bool | Word], Field(max_length=200)]
    unit: Name | None = None


class ChildRuleWish(Wish):
    """A rule that takes the place of one of the parent pack; it changes parameters only."""

    id: Clause
    overrides: Clause
    authority_level: Literal["law", "regulation", "rule", "normative_document"]
    """Only a law, regulation or rule may relax what the parent demands."""
    stricter: bool = False
    """Confirms that it is stricter where units cannot be compared."""
    parameters: Annotated[dict[Name, ParameterWish], Field(min_length=1, max_length=50)]


class LoadPack(Wish):
    """Put a rule pack in force for the agency of the token: a shipped one, a child of one, or one of the agency's own.

    With `inherits` and `rules` it is a child pack, with `text` a whole one; with neither a shipped one.
    """

    pack: Name
    version: Version
    """Date of the pack file, e.g. `2019-06-04`."""
    valid_from: date | None = None
    """First day of its force; absent = the day the pack itself states."""
    inherits: Name | None = None
    """The shipped pack that it is a child of."""
    rules: Annotated[list[ChildRuleWish], Field(max_length=500)] | None = None
    text: Annotated[str, Field(min_length=1)] | None = None
    """The whole pack as YAML 1.2 or JSON."""
    file: Annotated[str, Field(pattern=r"^[\w.-]{1,100}$")] | None = None
    """Name of the file that the text comes from; faults name it."""


class HolidayWish(Wish):
    """A holiday arranged by the State Council (国务院节假日安排), both ends inclusive."""

    first: date
    last: date


class LoadCalendar(Wish):
    """Put a working-day calendar in force: a shipped one by its name alone, or the arrangement as announced."""

    calendar: Version
    years: Annotated[list[Year], Field(min_length=1, max_length=50)] | None = None
    """Years whose arrangement is known; absent = the shipped calendar of that name."""
    holidays: Annotated[list[HolidayWish], Field(max_length=500)] = []
    make_up_workdays: Days = []


ParameterName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
ParameterValue = bool | Annotated[int, Field(ge=-MAX_INTEGER, le=MAX_INTEGER)] | Annotated[str, Field(max_length=1000)]


class PeriodWish(Wish):
    """A period of the agency's own."""

    value: Annotated[int, Field(ge=1, le=100_000)]
    unit: PeriodUnit
    anchor: Name | None = Field(default=None, alias="from")
    """What it runs from; the rule that refers to it says so, too."""


class SetParameters(Wish):
    """Set values that rules refer to as `$agency.<name>`; others stay as they are."""

    values: Annotated[dict[ParameterName, ParameterValue | PeriodWish], Field(min_length=1, max_length=100)]


class RetentionEntryWish(Wish):
    """One row of a retention table: by class of recording, or by class of dossier."""

    av_class: Name | None = None
    risk: Name | None = None
    retention_class: Name | None = None
    dossier_class: Name | None = None
    years: Annotated[int, Field(ge=1, le=200)] | None = None


class SetRetentionTable(Wish):
    """Replace the agency's retention table (保管期限表)."""

    entries: Annotated[list[RetentionEntryWish], Field(min_length=1, max_length=500)]


Text = SaidText


class HoldRound(Wish):
    """Inspect recording on site, or by reviewing dossiers."""

    method: Literal["on_site", "dossier_review", "other"]
    unit: UnitId | None = None
    cases: Annotated[list[ItemId], Field(max_length=1000)] = []
    """The sample."""
    findings: Text
    breaches: NonNegative = 0
    """How many breaches were found."""


class OpenRectification(Wish):
    """Urge a unit to put something right (督促整改)."""

    unit: UnitId
    round: ItemId | None = None
    case: ItemId | None = None
    rule: Annotated[str, Field(pattern=r"^[a-z0-9-]+/[0-9.()a-z]+$", max_length=100)] | None = None
    """Clause that was broken."""
    demand: Text
    due: date | None = None


class CloseRectification(Wish):
    """Say that what had to be put right was."""

    result: Text


class MakeReport(Wish):
    """Draw up statistics of a period."""

    kind: Literal["statistics", "appraisal", "indicator"]
    first: date
    last: date
    purposes: Annotated[list[Name], Field(max_length=50)] = []
    """What they are used for, e.g. `dossier_review`, `supervision`, `appraisal`."""


class ReplayLaw(Wish):
    """Ask what a change of the law would change in the open cases; nothing is put in force."""

    pack: LoadPack | None = None
    calendar: LoadCalendar | None = None
    parameters: SetParameters | None = None


class FileDossier(Wish):
    """Hand the dossier of a closed case over to the archive (T27)."""

    case: ItemId
    records: Literal["all"]
    """Every record of the case."""
    sessions: Annotated[list[ItemId], Field(max_length=1000)]
    """Recordings whose files go into the dossier."""
    retention_class: Name


Annotations = Annotated[dict[Name, Kept], Field(max_length=50)]
Reason = SaidText
Years = Annotated[int, Field(ge=1, le=200)]


class RegisterDisc(Wish):
    """Put recordings on a carrier of their own (光盘、移动存储介质)."""

    sessions: Annotated[list[ItemId], Field(max_length=1000)]
    medium: Literal["disc", "removable_medium", "other"]
    annotations: Annotations


class AnnotateDisc(Wish):
    """Add what is written on a carrier."""

    annotations: Annotations


class TransferDossier(Wish):
    """Hand a filed dossier over (移交); makes the transfer list."""

    to: Annotated[str, Field(min_length=1, max_length=200)]
    """The archives department, as it is called."""
    received_by: PersonId


class SetRetention(Wish):
    """Change how many years a filed dossier is kept."""

    years: Years


class AppendSupplement(Wish):
    """Begin a further volume of a filed dossier (T28); what was filed stays as it is."""

    reason: Reason
    records: Annotated[list[ItemId], Field(max_length=1000)] = []
    sessions: Annotated[list[ItemId], Field(max_length=1000)] = []


class MarkLongTerm(Wish):
    """Find a case important enough to be kept long-term (长期)."""

    reason: Reason


class OverrideRetention(Wish):
    """Keep a case as long as a law, regulation or rule demands, whatever the agency's table says."""

    authority_level: Literal["law", "regulation", "rule"]
    source: Annotated[str, Field(min_length=1, max_length=500)]
    """Name and article of the provision."""
    years: Years


class SetTestClock(Wish):
    """Set the clock of an agency and let everything due until then happen. Test environments only."""

    agency: AgencyId
    now: Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)]
