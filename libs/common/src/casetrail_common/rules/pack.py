"""A rule pack in the form in which it is judged."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Literal

from casetrail_common.calendar import Unit
from casetrail_common.rules.limits import Limit
from casetrail_common.rules.nodes import Node, Pattern

Modality = Literal["must", "must_not", "must_as_appropriate"]
"""应当、不得、应当根据实际. What a clause merely allows (可以) is no rule: nothing can break it."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number or a code list that a rule rests on."""

    value: int | str | tuple[str, ...]
    unit: Unit | None
    stricter: Literal["shorter", "more", "fewer"]
    """In which direction a child pack may move it without authority."""


@dataclass(frozen=True, slots=True)
class Duty:
    """What a rule asks of one kind of subject."""

    kind: str
    where: Pattern
    """Which objects of the kind are subjects."""
    when: Node | None
    """情形: outside of it there is no finding."""
    except_: Node | None
    """除外: the clause does not reach it."""
    must: Node | None
    """None for a prohibition."""
    unless: tuple[Node, ...]
    """免责: what excuses that it is not met."""
    limit: Limit


@dataclass(frozen=True, slots=True)
class Gate:
    """What is refused rather than allowed to violate the rule."""

    refuses: str
    """Command, as services name it."""
    code: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence of a regulation."""

    id: str
    """Id of the clause."""
    gist: Mapping[str, str]
    """What it says, in `zh` and `en`."""
    modality: Modality
    parameters: Mapping[str, Parameter]
    conduct: frozenset[str]
    """Conduct types that it applies to."""
    duties: tuple[Duty, ...]
    """One for each kind of subject."""
    prohibits: tuple[str, ...]
    """Codes of the refusals that stand for attempts to break a prohibition."""
    gate: Gate | None


@dataclass(frozen=True, slots=True)
class Header:
    """Which regulation this is."""

    pack: str
    version: str
    title_zh: str
    issuer_zh: str
    province_zh: str | None
    """Only agencies in this province are bound; None if the text binds its own issuer."""
    document_no: str | None
    in_force_from: date | None
    """None if the text names no day: the agency that loads it must."""
    conduct_types: tuple[str, ...]


@dataclass(frozen=True)
class Pack:
    """One version of a regulation, compiled."""

    header: Header
    rules: tuple[Rule, ...]
    """In the order of the file, which is the order in which gates refuse."""
    commands: Mapping[str, str | Mapping[str, str]]
    rejections: Mapping[str, str]
    incidents: Mapping[str, str | Mapping[str, str]]

    @property
    def name(self) -> str:
        """`pack@version`, as findings cite it."""
        return f"{self.header.pack}@{self.header.version}"

    def clause_of_command(self, command: str, detail: str | None = None) -> str | None:
        """Return the clause that stands beside a step.

        Parameters
        ----------
        detail
            What tells steps of one command apart: record type, activity kind, slot of an opinion, start mode.
        """
        return _cited(self.commands, command, detail)

    def clause_of_refusal(self, code: str) -> str | None:
        """Return the clause that demands a refusal: of a gate, or of a guard."""
        gated = (rule.id for rule in self.rules if rule.gate and rule.gate.code == code)
        return next(gated, self.rejections.get(code))

    def clause_of_incident(self, code: str, item: str) -> str | None:
        """Return the clause that a forbidden act offends; None if this regulation says nothing of it.

        Parameters
        ----------
        item
            Kind of the object at which the act was aimed: `session`, `record`, `dossier`.
        """
        return _cited(self.incidents, code, item)


def _cited(table: Mapping[str, str | Mapping[str, str]], name: str, detail: str | None) -> str | None:
    cited = table.get(name)
    return cited.get(detail or "") if isinstance(cited, Mapping) else cited


@dataclass(frozen=True, slots=True)
class ActivePack:
    """A pack, and since when it binds an agency."""

    pack: Pack
    valid_from: date


class Versions:
    """All versions of all packs of an agency: which law is that of a day."""

    def __init__(self, packs: Iterable[ActivePack]) -> None:
        self._of: dict[str, list[ActivePack]] = {}
        for active in packs:
            self._of.setdefault(active.pack.header.pack, []).append(active)
        for versions in self._of.values():
            versions.sort(key=lambda active: (active.valid_from, active.pack.header.version))

    def rules(self) -> Sequence[tuple[ActivePack, Rule]]:
        """Return every rule of every version, each pack in the order of its file."""
        return [(active, rule) for versions in self._of.values() for active in versions for rule in active.pack.rules]

    def is_law_of(self, active: ActivePack, day: date) -> bool:
        """Whether a version is the one of its pack that is in force on a day."""
        versions = self._of[active.pack.header.pack]
        in_force = bisect_right(versions, day, key=attrgetter("valid_from"))
        return in_force > 0 and versions[in_force - 1] is active
