"""A pack tested against itself: objects made from the text of a rule miss it, and others meet it.

It shows that a rule can be broken and can be fulfilled at all; it does not show that it says what the regulation says.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from casetrail_common.rules import nodes
from casetrail_common.rules.casefile import BIRTH, CASE, CaseFile
from casetrail_common.rules.draft import Draft
from casetrail_common.rules.engine import Finding, LawBook, evaluate
from casetrail_common.rules.faults import Fault
from casetrail_common.rules.limits import Promptly, Within
from casetrail_common.rules.model import model
from casetrail_common.rules.pack import ActivePack, Duty, Pack, Rule

_BEGIN: Final = datetime(2025, 3, 3, 1, tzinfo=UTC)
_EVENT: Final = _BEGIN + timedelta(hours=1)
"""When that happens which the limit of the rule hangs on."""
_LATER: Final = _BEGIN + timedelta(hours=2)
_SECOND: Final = timedelta(seconds=1)
_SUBJECT: Final = "subject"


def self_test(pack: Pack) -> tuple[Fault, ...]:
    """Return which rules cannot be missed, or cannot be met, by objects made from their own text."""
    return tuple(
        Fault("not_tested", rule.id, {"detail": f"{duty.kind}: {detail}"})
        for rule in pack.rules
        for duty in rule.duties
        for detail in _Trial(pack, rule, duty).failures()
    )


@dataclass(frozen=True)
class _Trial:
    """One rule, asked of one kind of subject."""

    pack: Pack
    rule: Rule
    duty: Duty

    def failures(self) -> Iterator[str]:
        """Yield what turns out otherwise than the text of the rule says."""
        duty = self.duty
        if duty.must is None:
            yield from self._expect("satisfied", "a subject", self._stage())
            return
        yield from self._missing(self._stage(), "nothing done")
        for way in _ways(duty.must):
            yield from self._expect("satisfied", "all done", self._stage(way))
            for part in _parts(way):
                yield from self._lacking(part)
        for excuse in duty.unless:
            yield from self._expect("satisfied", "excused", self._stage(excuse))
        if duty.except_:
            yield from self._expect(None, "excepted", self._stage(duty.except_))
        if duty.when:
            yield from self._expect(None, "outside the situation", self._stage(in_situation=False, limit_known=False))

    def _lacking(self, part: nodes.Node) -> Iterator[str]:
        """Leave a part out. Where the event that the limit hangs on brings it about, it is missed before that."""
        failures = list(self._missing(self._stage(part), "one part left out"))
        before = self._judge(self._stage(part, limit_known=False).file, _LATER)
        yield from failures if before is None or before.status != "pending" else ()

    def _missing(self, stage: "_Stage", case: str) -> Iterator[str]:
        limit = self.duty.limit
        if not isinstance(limit, Within):
            yield from self._expect("pending" if isinstance(limit, Promptly) else "violated", case, stage)
            return
        finding = self._judge(stage.file, _LATER)
        due = finding.due if finding else None
        if due is None:
            yield f"{case}: no due date"
            return
        yield from self._expect("pending", f"{case}, at the due date", stage, now=due)
        yield from self._expect("overdue", f"{case}, one second later", stage, now=due + _SECOND)

    def _expect(self, status: str | None, case: str, stage: "_Stage", *, now: datetime = _LATER) -> Iterator[str]:
        finding = self._judge(stage.file, now)
        found = finding.status if finding else None
        if found != status:
            yield f"{case}: {found}, not {status}"

    def _judge(self, file: CaseFile, now: datetime) -> Finding | None:
        alone = replace(self.pack, rules=(self.rule,))
        found = evaluate(LawBook((ActivePack(alone, date.min),)), file, as_of=now)
        return next((finding for finding in found if finding.subject == _SUBJECT), None)

    def _stage(
        self, done: nodes.Node | None = None, *, in_situation: bool = True, limit_known: bool = True
    ) -> "_Stage":
        """Return a case with one subject of the rule, in its situation and with its limit at hand, or not."""
        stage = _Stage(Draft.of(CaseFile()))
        conduct = min(self.rule.conduct)
        case = _SUBJECT if self.duty.kind == CASE else "case"
        stage.draft.bear(CASE, case, _BEGIN, conduct_type=conduct)
        stage.draft.bear(self.duty.kind, _SUBJECT, _BEGIN)
        stage.shape(self.duty.where, self.duty.kind, _SUBJECT)
        if self.duty.when and in_situation:
            stage.meet(self.duty.when, self.duty.kind, _SUBJECT)
        if done:
            stage.meet(done, self.duty.kind, _SUBJECT)
        if limit_known:
            stage.reach(self.duty)
        return stage


@dataclass
class _Stage:
    """Objects made up for a trial."""

    draft: Draft

    @property
    def file(self) -> CaseFile:
        """Return the case file."""
        return self.draft.done()

    def meet(self, node: nodes.Node, kind: str, id_: str) -> None:
        """Make an object meet a requirement."""
        match node:
            case nodes.Is(pattern):
                self.shape(pattern, kind, id_)
            case nodes.Some(other, pattern):
                new = CASE if other == CASE else f"{other}-{len(self.draft.things)}"
                self.draft.bear(other, new, _BEGIN)
                self.draft.link(new, id_)
                self.shape(pattern, other, new)
            case nodes.All(parts):
                for part in parts:
                    self.meet(part, kind, id_)
            case nodes.AnyOf(ways):
                self.meet(ways[0], kind, id_)
            case nodes.On(_, inner) | nodes.Term(_, inner):
                self.meet(inner, kind, id_)
            case nodes.Recorded(by):
                self.draft.set(kind, id_, _BEGIN, started_at=_BEGIN)
                session = nodes.Some("session", nodes.Pattern((*by.tests, ("started_at", nodes.IsFilled())), by.inner))
                self.meet(session, kind, id_)

    def shape(self, pattern: nodes.Pattern, kind: str, id_: str) -> None:
        """Make an object as a pattern describes it."""
        for name, test in pattern.tests:
            if name != BIRTH:
                self.draft.set(kind, id_, _BEGIN, **{name: _passing(test, model()[kind].attributes[name].type)})
        for node in pattern.inner:
            self.meet(node, kind, id_)

    def reach(self, duty: Duty) -> None:
        """Let that happen which the limit hangs on."""
        if isinstance(duty.limit, Promptly):
            return
        anchor = duty.limit.anchor
        kind = anchor.kind or duty.kind
        near = [thing.id for thing in self.file.near(self.draft.things[_SUBJECT], kind)] if anchor.kind else [_SUBJECT]
        if not near:
            near = [f"{kind}-event"]
            self.draft.bear(kind, near[0], _EVENT)
            self.draft.link(near[0], _SUBJECT)
        for id_ in near:
            if anchor.attribute != BIRTH:
                self.draft.set(kind, id_, _EVENT, **{anchor.attribute: _EVENT})


def _passing(test: nodes.Test, type_: str) -> Any:
    """Return a value that passes a test; None stands for an empty one."""
    kind, _, _ = type_.partition(":")
    codes = sorted(model_codes) if (model_codes := _codes(type_)) else ["something"]
    samples: dict[str, list[Any]] = {"boolean": [True, False], "instant": [_BEGIN], "integer": [1]}
    for value in (*_named(test), *samples.get(kind, codes)):
        candidate = (value,) if kind in {"enums", "ids", "names"} and not isinstance(value, tuple) else value
        if test.holds(candidate):
            return candidate
    return None


def _named(test: nodes.Test) -> tuple[Any, ...]:
    """Return the values that a test names."""
    match test:
        case nodes.OneOf(codes):
            return codes
        case nodes.HoldsAll(codes):
            return (codes,)
    return ()


def _codes(type_: str) -> list[str]:
    return next(
        (list(a.codes) for kind in model().values() for a in kind.attributes.values() if a.type == type_ and a.codes),
        [],
    )


def _ways(node: nodes.Node) -> tuple[nodes.Node, ...]:
    """Return the alternatives of a requirement."""
    match node:
        case nodes.AnyOf(ways):
            return tuple(way for one in ways for way in _ways(one))
        case nodes.Term(_, inner) | nodes.On(_, inner):
            return _ways(inner)
    return (node,)


def _parts(node: nodes.Node) -> tuple[nodes.Node, ...]:
    """Return a requirement of several parts as often as it has parts, each time without one of them."""
    if not isinstance(node, nodes.All) or len(node.parts) < 2:
        return ()
    return tuple(nodes.All(node.parts[:n] + node.parts[n + 1 :]) for n in range(len(node.parts)))
