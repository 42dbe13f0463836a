"""A pack tested against itself: objects made from the text of a rule miss it, and others meet it.

It shows that a rule can be broken and can be fulfilled at all; it does not show that it says what the regulation says.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from casetrail_common.rules import nodes
from casetrail_common.rules.casefile import AGENCY, CASE, CaseFile
from casetrail_common.rules.draft import Draft
from casetrail_common.rules.engine import Finding, evaluate
from casetrail_common.rules.faults import Fault
from casetrail_common.rules.judging import LawBook
from casetrail_common.rules.limits import Promptly, Within
from casetrail_common.rules.look import Node
from casetrail_common.rules.pack import ActivePack, Duty, Pack, Rule
from casetrail_common.rules.staging import BEGIN, LATER, SUBJECT, Stage

_SECOND: Final = timedelta(seconds=1)


def self_test(pack: Pack) -> tuple[Fault, ...]:
    """Return which rules cannot be missed, or cannot be met, by objects made from their own text.

    What a clause only allows cannot be missed.
    """
    return tuple(
        Fault("not_tested", rule.id, {"detail": f"{duty.kind}: {detail}"})
        for rule in pack.rules
        for duty in rule.duties
        for detail in _Trial(pack, rule, duty).failures()
    )


@dataclass(frozen=True)
class _Trial:
    """One sentence, asked of one kind of subject."""

    pack: Pack
    rule: Rule
    duty: Duty

    def failures(self) -> Iterator[str]:
        """Yield what turns out otherwise than the text of the rule says."""
        duty = self.duty
        if duty.must is None:
            yield from self._expect("satisfied", "a subject", self._stage())
            return
        if self.rule.modality != "may":
            yield from self._broken(duty.must)
        for way in _ways(duty.must):
            yield from self._expect("satisfied", "all done", self._stage(way))
        for excuse in duty.unless:
            yield from self._expect("satisfied", "excused", self._stage(excuse))
        if duty.except_:
            yield from self._expect(None, "excepted", self._stage(duty.except_))
        if duty.when:
            yield from self._expect(None, "outside the situation", self._stage(in_situation=False, limit_known=False))

    def _broken(self, must: Node) -> Iterator[str]:
        """Yield what is not noticed: that nothing is done, that a part is left out, that something is there."""
        if offence := _offence(must):
            yield from self._missing(self._stage(offence), "an offence")
            return
        yield from self._missing(self._stage(_nothing(must)), "nothing done")
        for way in _ways(must):
            for rest, left_out in _parts(way):
                yield from self._lacking(rest, left_out)

    def _lacking(self, rest: Node, left_out: Node) -> Iterator[str]:
        """Leave a part out, unless it asks for nothing here.

        Where the event that the limit hangs on brings it about, it is missed before that.
        """
        stage = self._stage(rest)
        if left_out.met(stage.look(), stage.draft.things[SUBJECT]):
            return
        failures = list(self._missing(stage, "one part left out"))
        before = self._judge(self._stage(rest, limit_known=False).file, LATER)
        yield from failures if before is None or before.status != "pending" else ()

    def _missing(self, stage: Stage, case: str) -> Iterator[str]:
        limit, missed = self.duty.limit, self.rule.missed
        if not isinstance(limit, Within):
            yield from self._expect("pending" if isinstance(limit, Promptly) else "violated", case, stage)
            return
        if limit.is_hidden or missed != "overdue":
            yield from self._expect(missed, f"{case}, long after", stage, now=LATER + timedelta(days=60))
            return
        finding = self._judge(stage.file, LATER)
        due = finding.due if finding else None
        if due is None:
            # A period that facts give is not known of objects made up.
            yield from () if not hasattr(limit.period, "unit") else (f"{case}: no due date",)
            return
        yield from self._expect(
            "pending" if due >= LATER else "overdue", f"{case}, at the due date", stage, now=max(due, LATER)
        )
        yield from self._expect("overdue", f"{case}, one second later", stage, now=max(due, LATER) + _SECOND)

    def _expect(self, status: str | None, case: str, stage: Stage, *, now: datetime = LATER) -> Iterator[str]:
        finding = self._judge(stage.file, now)
        found = finding.status if finding else None
        if found != status:
            yield f"{case}: {found}, not {status}"

    def _judge(self, file: CaseFile, now: datetime) -> Finding | None:
        alone = replace(self.rule, duties=(self.duty,), relaxes=None)
        pack = replace(self.pack, rules=(alone,))
        found = evaluate(LawBook((ActivePack(pack, date.min),)), file, as_of=now)
        return next((finding for finding in found if finding.subject == SUBJECT), None)

    def _stage(self, done: Node | None = None, *, in_situation: bool = True, limit_known: bool = True) -> Stage:
        """Return a case with one subject of the rule, in its situation and with its limit at hand, or not."""
        stage = Stage(Draft.of(CaseFile()))
        conduct = min(self.rule.conduct or self.pack.text.conduct_types, default="")
        if self.duty.kind != CASE:
            stage.draft.bear(CASE, "case", BEGIN, conduct_type=conduct)
        values = {"conduct_type": conduct} if self.duty.kind == CASE else {}
        stage.draft.bear(self.duty.kind, SUBJECT, BEGIN, **values)
        if self.duty.kind != AGENCY:
            stage.draft.bear(AGENCY, "agency", BEGIN)
        stage.shape(self.duty.where, self.duty.kind, SUBJECT)
        if self.duty.when and in_situation:
            stage.meet(self.duty.when, self.duty.kind, SUBJECT)
        if done:
            stage.meet(done, self.duty.kind, SUBJECT)
        if limit_known:
            stage.reach(self.duty)
        return stage


def _ways(node: Node) -> tuple[Node, ...]:
    """Return the alternatives of a requirement."""
    match node:
        case nodes.AnyOf(ways):
            return tuple(way for one in ways for way in _ways(one))
        case nodes.Term(_, inner) | nodes.On(_, inner):
            return _ways(inner)
    return (node,)


def _parts(node: Node) -> tuple[tuple[Node, Node], ...]:
    """Return a requirement of several parts as often as it has parts, each time without one of them, and that one."""
    if not isinstance(node, nodes.All) or len(node.parts) < 2 or any(_offence(part) for part in node.parts):
        return ()
    return tuple((nodes.All(node.parts[:n] + node.parts[n + 1 :]), part) for n, part in enumerate(node.parts))


def _offence(node: Node) -> Node | None:
    """Return what breaks a rule that only forbids something to be there, at all or beside each of some objects."""
    match node:
        case nodes.NoneSuch(some):
            return some
        case nodes.Every(some, nodes.NoneSuch(other)):
            return nodes.Every(some, other)
    return None


def _nothing(node: Node) -> Node | None:
    """Return what calls for a duty towards each of some objects: that there is one of them."""
    match node:
        case nodes.Every(some, _):
            return some
        case nodes.All(parts):
            found = [called for part in parts if (called := _nothing(part))]
            return nodes.All(tuple(found)) if found else None
    return None
