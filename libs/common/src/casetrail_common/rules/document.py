"""The shape of a pack's document: which keys there are, and what kind of value stands under each."""

from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictStr, StringConstraints, ValidationError, model_validator

from casetrail_common.calendar import Unit
from casetrail_common.calendar.periods import UNCOUNTED
from casetrail_common.facts.intake import ConductType
from casetrail_common.rules.faults import FaultFoundError

Modality = Literal["must", "must_not", "must_as_appropriate", "may"]
"""应当、不得、应当根据实际、可以. What a clause merely allows is judged only for what must come before it."""

Missed = Literal["overdue", "violated", "needs_review"]
Authority = Literal["law", "regulation", "rule", "normative_document"]
"""法律、法规、规章、规范性文件."""

Word = Annotated[str, StringConstraints(min_length=1, strict=True)]
Cited = dict[Word, Word | dict[Word, Word]]
"""Clauses by what they are cited for; a table tells several cases of one thing apart."""


class Text(BaseModel):
    """A mapping of a pack: every key is known, and nothing is converted."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Gist(Text):
    """What a rule says, in two languages."""

    zh: Word
    en: Word


class Parameter(Text):
    """A number or a code list that a rule rests on."""

    value: Annotated[int, Field(strict=True, gt=0)] | StrictStr | tuple[StrictStr | bool, ...]
    unit: Unit | Literal["people", "pages"] | None = None
    stricter: Literal["shorter", "more", "fewer"]
    """In which direction a child pack may move it without authority."""
    agency: bool = False
    """The text gives no number: an agency may set its own under the same name."""

    @model_validator(mode="after")
    def _is_counted_by_its_unit(self) -> "Parameter":
        is_number = isinstance(self.value, int)
        if is_number != (self.unit is not None and self.unit not in UNCOUNTED):
            raise ValueError(f"{self.value} {self.unit or '(no unit)'}")
        return self


class TermText(Text):
    """A requirement that has a name (用语), for rules to refer to."""

    zh: Word
    means: Any


class Gate(Text):
    """What is refused rather than allowed to violate the rule."""

    refuses: Word
    """Command, as services name it."""
    code: Word
    target: dict[Word, Any] | None = None
    """What the command brings about, where that is not the subject of the rule."""
    must: Any = None
    """What is then asked of the target."""


class PartText(Text):
    """A part of a sentence that says several things; it takes from the sentence what it does not say itself."""

    subjects: dict[Word, Any] | None = Field(None, alias="for")
    when: Any = None
    except_: Any = Field(None, alias="except")
    must: Any = None
    unless: list[Any] = []
    by: Any = None


class RuleText(Text):
    """One sentence: for these objects, when this holds, this must be there, by then, unless excused."""

    rule: Word
    gist: Gist
    modality: Modality = "must"
    parameters: dict[Word, Parameter] = {}
    conduct: frozenset[ConductType] | None = None
    subjects: dict[Word, Any] = Field({}, alias="for")
    when: Any = None
    except_: Any = Field(None, alias="except")
    must: Any = None
    prohibits: tuple[Word, ...] = ()
    sets: dict[Word, Word] = {}
    parts: list[PartText] = []
    unless: list[Any] = []
    by: Any = None
    missed: Missed = "overdue"
    relaxes: Word | None = None
    mitigated_by: list[dict[Word, Any]] = []
    gate: Gate | list[Gate] = []


class PackText(Text):
    """A whole pack: which regulation it is, what is cited for what, and its rules, which are read one by one."""

    pack: Word
    version: Word
    title_zh: Word
    issuer_zh: Word
    province_zh: Word | None = None
    """Only agencies in this province are bound; None if the text binds its own issuer."""
    document_no: Word | None = None
    in_force_from: date | None = None
    """None if the text names no day: the agency that loads it must."""
    conduct_types: frozenset[ConductType]
    commands: Cited = {}
    rejections: dict[Word, Word] = {}
    incidents: Cited = {}
    parameters: dict[Word, Parameter] = {}
    terms: dict[Word, TermText] = {}
    rollups: dict[Word, tuple[Word, ...]] = {}
    """Clauses that are the sum of others, where these are not the ones whose ids extend theirs by an item number."""
    rules: list[Any] = Field(min_length=1)


class ChildParameter(Text):
    """Another value of a parameter of the parent."""

    value: Annotated[int, Field(strict=True, gt=0)] | StrictStr | tuple[StrictStr | bool, ...]
    unit: Unit | Literal["people", "pages"] | None = None


class ChildRuleText(Text):
    """A rule that takes the place of one of the parent pack: it changes parameters only."""

    rule: Word
    overrides: Word
    authority_level: Authority
    stricter: bool = False
    """Confirms that it is stricter where units cannot be compared."""
    gist: Gist | None = None
    parameters: dict[Word, ChildParameter] = Field(min_length=1)


class ChildText(Text):
    """A pack that inherits another one."""

    pack: Word
    version: Word
    inherits: Word
    title_zh: Word | None = None
    issuer_zh: Word | None = None
    in_force_from: date | None = None
    rules: list[Any] = Field(min_length=1)


T = TypeVar("T", bound=Text)


def shaped(shape: type[T], text: Any) -> T:
    """Return a mapping of a pack in its shape.

    Raises
    ------
    FaultFoundError
        If a key is unknown or missing, or a value is not of its kind.
    """
    try:
        return shape.model_validate(text)
    except ValidationError as error:
        first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"]) or type(text).__name__
    match first["type"]:
        case "extra_forbidden":
            known = {field.alias or name for name, field in shape.model_fields.items()}
            raise FaultFoundError("unknown_key", key=place, known=known)
        case "missing":
            raise FaultFoundError("key_missing", key=place)
    raise FaultFoundError("value_wrong", key=place, detail=first["msg"])
