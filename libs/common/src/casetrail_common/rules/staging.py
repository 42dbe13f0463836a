"""Objects made up so that they meet a requirement, or are as a pattern describes them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from casetrail_common.rules import nodes, values
from casetrail_common.rules.anchors import Anchor, EachAnchor, WhenMet
from casetrail_common.rules.casefile import AGENCY, BIRTH, CASE, CaseFile, Held, Thing
from casetrail_common.rules.draft import Draft
from casetrail_common.rules.limits import Promptly
from casetrail_common.rules.look import Look, Node
from casetrail_common.rules.model import model
from casetrail_common.rules.pack import Duty
from casetrail_common.rules.recorded import Recorded

BEGIN: Final = datetime(2025, 3, 3, 1, tzinfo=UTC)
EVENT: Final = BEGIN + timedelta(hours=1)
"""When that happens which the limit of the rule hangs on."""
LATER: Final = BEGIN + timedelta(hours=2)
SUBJECT: Final = "subject"


@dataclass
class Stage:
    """Objects made up for a trial."""

    draft: Draft
    each: str | None = None
    """Id of the object that `every` speaks of."""
    met_at: datetime = BEGIN
    """When what is made up comes into being."""
    made: int = field(default=0)

    @property
    def file(self) -> CaseFile:
        """Return the case file."""
        return self.draft.done()

    def meet(self, node: Node, kind: str, id_: str) -> None:  # noqa: C901  one case for each kind of node
        """Make an object meet a requirement."""
        match node:
            case nodes.Is(pattern):
                self.shape(pattern, kind, id_)
            case nodes.Each(pattern) if self.each:
                self.shape(pattern, self.draft.things[self.each].kind, self.each)
            case nodes.Some(other, pattern):
                self.bear(other, pattern, id_)
            case nodes.Several(some, count, _):
                wanted = count if isinstance(count, int) else len(self.near(id_, count.kind))
                for number in range(wanted):
                    new = self.bear(some.kind, some.pattern, id_)
                    if "by" in model()[some.kind].attributes:
                        self.draft.set(some.kind, new, self.met_at, by=f"someone-{number}")
            case nodes.Every(some, must):
                self._meet_every(some, must, kind, id_)
            case nodes.All(parts):
                for part in parts:
                    self.meet(part, kind, id_)
            case nodes.AnyOf(ways):
                self.meet(self._possible(ways), kind, id_)
            case nodes.On(_, inner) | nodes.Term(_, inner):
                self.meet(inner, kind, id_)
            case Recorded(by):
                self.draft.set(kind, id_, BEGIN, started_at=BEGIN)
                filled = ("started_at", values.IsFilled())
                self.meet(nodes.Some("session", nodes.Pattern((*by.tests, filled), by.inner)), kind, id_)

    def near(self, id_: str, kind: str) -> list[Thing]:
        """Return the objects of a kind that are linked to an object."""
        return list(self.file.near(self.draft.things[id_], kind))

    def bear(self, kind: str, pattern: nodes.Pattern, beside: str) -> str:
        """Make an object as a pattern describes it, linked to another one; return its id."""
        self.made += 1
        taken = [thing.id for thing in self.draft.things.values() if thing.kind == kind and kind in (CASE, AGENCY)]
        new = taken[0] if taken else f"{kind}-{self.made}"
        if not taken:
            self.draft.bear(kind, new, self._birth(pattern))
        self.draft.link(new, beside)
        self._join(kind, new, beside)
        self.shape(pattern, kind, new)
        return new

    def shape(self, pattern: nodes.Pattern, kind: str, id_: str) -> None:
        """Make an object as a pattern describes it."""
        for name, test in pattern.tests:
            attribute = model()[kind].attribute(name)
            if name != BIRTH and attribute:
                held = self.draft.things[id_].held.get(name)
                if held is None or not test.holds(held.value, self.look()):
                    self._put(kind, id_, name, self._passing(test, attribute.type, attribute.codes))
        for node in pattern.inner:
            self.meet(node, kind, id_)

    def reach(self, duty: Duty) -> None:
        """Let that happen which the limit hangs on."""
        if isinstance(duty.limit, Promptly):
            return
        self.met_at = EVENT
        match duty.limit.anchor:
            case Anchor(of, attribute):
                self._reach(of or duty.kind, attribute, is_linked=of is not None)
            case WhenMet(node) if node.met(self.look(), self.draft.things[SUBJECT]) is None:
                self.meet(node, duty.kind, SUBJECT)
        self.met_at = BEGIN

    def _reach(self, kind: str, attribute: str, *, is_linked: bool) -> None:
        near = [thing.id for thing in self.near(SUBJECT, kind)] if is_linked else [SUBJECT]
        for id_ in near or [self.bear(kind, nodes.Pattern(), SUBJECT)]:
            if attribute != BIRTH and attribute not in self.draft.things[id_].held:
                self.draft.set(kind, id_, EVENT, **{attribute: EVENT})

    def _meet_every(self, some: nodes.Some, must: Node, kind: str, id_: str) -> None:
        near = [thing for thing in self.near(id_, some.kind) if some.pattern.match(self.look(), thing)]
        found = [thing.id for thing in near] or [self.bear(some.kind, some.pattern, id_)]
        for each in found:
            outer, self.each = self.each, each
            self.meet(must, kind, id_)
            self.each = outer

    def _possible(self, ways: tuple[Node, ...]) -> Node:
        """Return the first way that can be brought about: that something is absent cannot."""
        return next((way for way in ways if not isinstance(way, nodes.NoneSuch)), ways[0])

    def _join(self, kind: str, new: str, beside: str) -> None:
        """Give an object the attributes by which it is joined to another one."""
        other = self.draft.things[beside]
        join = model()[other.kind].joins.get(kind)
        if join is None:
            return
        if join.through:
            near = self.near(beside, join.through)
            other = near[0] if near else self.draft.things[self.bear(join.through, nodes.Pattern(), beside)]
        for mine, theirs in join.pairs:
            held = other.held.get(mine)
            codes = model()[other.kind].attributes[mine].codes
            value = held.value if held else min(codes) if codes else "something"
            self.draft.set(other.kind, other.id, self.met_at, **{mine: value})
            self.draft.set(kind, new, self.met_at, **{theirs: value})

    def _birth(self, pattern: nodes.Pattern) -> datetime:
        """Return when an object comes into being, which its pattern may say."""
        for name, test in pattern.tests:
            if name == BIRTH:
                self._wanted(test)  # so that what it is compared with has its instant
                return next(
                    at for at in (self.met_at, BEGIN - timedelta(hours=1), EVENT, LATER) if self._holds(test, at)
                )
        return self.met_at

    def _holds(self, test: values.Test, at: datetime) -> bool:
        return test.holds(at, self.look()) or at == LATER

    def _put(self, kind: str, id_: str, name: str, value: Any) -> None:
        """Set an attribute; None empties it."""
        if value is None:
            thing = self.draft.things[id_]
            held: dict[str, Held] = {key: one for key, one in thing.held.items() if key != name}
            self.draft.things[id_] = Thing(kind, id_, thing.at, held)
        else:
            self.draft.set(kind, id_, self.met_at, **{name: value})

    def look(self) -> Look:
        """Return the look at the stage."""
        things = self.draft.things
        return Look(self.file, LATER, subject=things.get(SUBJECT), each=things.get(self.each or ""))

    def _passing(self, test: values.Test, type_: str, codes: Any) -> Any:
        """Return a value that passes a test; None stands for an empty one."""
        kind, _, _ = type_.partition(":")
        samples: dict[str, list[Any]] = {
            "boolean": [True, False],
            "instant": [self.met_at, BEGIN, EVENT, BEGIN - timedelta(hours=1)],
            "date": ["2025-03-04"],
            "integer": list(range(1, 20)),
        }
        for value in (*_named(test), *self._wanted(test), *samples.get(kind, sorted(codes or ["something"]))):
            candidate = (value,) if kind in {"enums", "ids", "names"} and not isinstance(value, tuple) else value
            if test.holds(candidate, self.look()):
                return candidate
        return None

    def _wanted(self, test: values.Test) -> list[Any]:
        """Return the values that would be the same as another one."""
        ids: list[str | None]
        match test:
            case values.SameAs("each", attribute):
                ids = [self.each]
            case values.SameAs("subject", attribute):
                ids = [SUBJECT]
            case values.SameAs(of, attribute):
                ids = [thing.id for thing in self.near(SUBJECT, of)]
            case values.Near(EachAnchor(attribute), _) | values.Ordered(_, EachAnchor(attribute)) if attribute != BIRTH:
                ids = [self.each]
            case _:
                return []
        return self._values(ids, attribute)

    def _values(self, ids: Iterable[str | None], attribute: str) -> list[Any]:
        """Return the values of an attribute; objects that have none get one."""
        found = []
        for id_ in filter(None, ids):
            thing = self.draft.things[id_]
            if attribute not in thing.held:
                known = model()[thing.kind].attribute(attribute)
                value: Any = min(known.codes) if known and known.codes else "something"
                if known and known.type == "instant":
                    value = BEGIN
                self.draft.set(thing.kind, id_, BEGIN, **{attribute: value})
            found.append(self.draft.things[id_].held[attribute].value)
        return found


def _named(test: values.Test) -> tuple[Any, ...]:
    """Return the values that a test names."""
    match test:
        case values.OneOf(codes):
            return codes
        case values.HoldsAll(codes):
            return (codes,)
    return ()
