"""A rule pack in the form in which it is judged."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Final

from casetrail_common.rules.document import Cited, Gist, Missed, Modality, PackText, Parameter
from casetrail_common.rules.limits import Limit
from casetrail_common.rules.look import Node
from casetrail_common.rules.nodes import Pattern

ANY: Final = "any"
"""What a table of a pack cites for everything that it does not name."""


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
    """A command that is refused if it would newly break the rule."""

    refuses: str
    code: str
    target: Duty | None
    """What is asked of what the command brings about; None if it is the rule itself."""


@dataclass(frozen=True, slots=True)
class Mitigation:
    """What makes a breach less grave."""

    rule: str
    kind: str
    node: Node


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence of a regulation."""

    id: str
    """Id of the clause."""
    gist: Gist
    modality: Modality
    parameters: Mapping[str, Parameter]
    scope: frozenset[str]
    """Conduct types that the pack covers."""
    conduct: frozenset[str] | None
    """Conduct types that it applies to; None for all within the scope of the pack."""
    duties: tuple[Duty, ...]
    """One for each kind of subject, and for each part of the sentence."""
    prohibits: tuple[str, ...]
    """Codes of the refusals that stand for attempts to break a prohibition."""
    sets: Mapping[str, str]
    """What follows by operation of law."""
    missed: Missed
    """The status when a period has passed."""
    relaxes: str | None
    """The rule in whose place it comes when its situation is given in time."""
    overrides: str | None
    """The rule of the parent pack in whose place it stands."""
    mitigations: tuple[Mitigation, ...]
    gates: tuple[Gate, ...]

    @property
    def kinds(self) -> Sequence[str]:
        """The kinds of its subjects, in the order of its duties."""
        return tuple(dict.fromkeys(duty.kind for duty in self.duties))


@dataclass(frozen=True)
class Pack:
    """One version of a regulation, compiled."""

    text: PackText
    rules: tuple[Rule, ...]
    """In the order of the file, which is the order in which gates refuse."""

    @property
    def name(self) -> str:
        """`pack@version`, as findings cite it."""
        return f"{self.text.pack}@{self.text.version}"

    def clause_of_command(self, command: str, detail: str | None = None) -> str | None:
        """Return the clause that stands beside a step.

        Parameters
        ----------
        detail
            What tells steps of one command apart, as the pack has it: start mode, record type, activity kind, slot.
        """
        return _cited(self.text.commands, command, detail)

    def clause_of_refusal(self, code: str) -> str | None:
        """Return the clause that demands a refusal: of a gate, or of a guard."""
        gated = (rule.id for rule in self.rules for gate in rule.gates if gate.code == code)
        return next(gated, self.text.rejections.get(code))

    def clause_of_incident(self, code: str, item: str) -> str | None:
        """Return the clause that a forbidden act offends; None if this regulation says nothing of it.

        Parameters
        ----------
        item
            Kind of the object at which the act was aimed: `session`, `record`, `dossier`.
        """
        return _cited(self.text.incidents, code, item)


def _cited(table: Cited, name: str, detail: str | None) -> str | None:
    cited = table.get(name)
    return cited.get(detail or "", cited.get(ANY)) if isinstance(cited, dict) else cited


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
            self._of.setdefault(active.pack.text.pack, []).append(active)
        for versions in self._of.values():
            versions.sort(key=lambda active: (active.valid_from, active.pack.text.version))
        self._rules = tuple(
            (active, rule) for versions in self._of.values() for active in versions for rule in active.pack.rules
        )
        self._children: dict[str, list[tuple[ActivePack, str]]] = {}
        self._named: dict[str, list[Rule]] = {}
        self._relaxing: dict[str, list[Rule]] = {}
        for active, rule in self._rules:
            self._named.setdefault(rule.id, []).append(rule)
            if rule.relaxes:
                self._relaxing.setdefault(rule.relaxes, []).append(rule)
            if rule.overrides:
                self._children.setdefault(rule.overrides, []).append((active, rule.id))

    def rules(self) -> Sequence[tuple[ActivePack, Rule]]:
        """Return every rule of every version, each pack in the order of its file."""
        return self._rules

    def named(self, rule: str) -> Sequence[Rule]:
        """Return a rule in each version that has it."""
        return self._named.get(rule, ())

    def relaxing(self, rule: str) -> Sequence[Rule]:
        """Return the rules that relax another one."""
        return self._relaxing.get(rule, ())

    def has_children(self, rule: str) -> bool:
        """Whether some child pack has another rule for it, whenever that is in force."""
        return rule in self._children

    def superseding(self, rule: str, day: date) -> str | None:
        """Return the rule of a child pack that stands in the place of one on a day."""
        return next((other for active, other in self._children.get(rule, ()) if self.is_law_of(active, day)), None)

    def is_law_of(self, active: ActivePack, day: date) -> bool:
        """Whether a version is the one of its pack that is in force on a day."""
        versions = self._of[active.pack.text.pack]
        in_force = bisect_right(versions, day, key=attrgetter("valid_from"))
        return in_force > 0 and versions[in_force - 1] is active
