"""Which situations the exceptional rules of some regulations name."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from casetrail_common.rules import nodes
from casetrail_common.rules.casefile import CaseFile
from casetrail_common.rules.look import Look, Node
from casetrail_common.rules.pack import Pack, Rule

_NOTHING: Final = Look(CaseFile(), datetime.min.replace(tzinfo=UTC))


def admits_exception(packs: Iterable[Pack], *, kind: str, attribute: str, code: str) -> bool:
    """Whether a rule that takes another one's place does so for objects of a kind with this code.

    A rule in whose place that of a child pack stands does not count.

    Parameters
    ----------
    packs
        Those in force.
    """
    rules = [rule for pack in packs for rule in pack.rules]
    superseded = {rule.overrides for rule in rules}
    return any(
        all(test.holds(code, _NOTHING) for name, test in some.pattern.tests if name == attribute)
        for rule in rules
        if rule.relaxes and rule.id not in superseded
        for some in _situations(rule)
        if some.kind == kind
    )


def _situations(rule: Rule) -> Iterator[nodes.Some]:
    for duty in rule.duties:
        if duty.when is not None:
            yield from _objects(duty.when)


def _objects(node: Node) -> Iterator[nodes.Some]:
    """Yield what a situation asks to be there."""
    match node:
        case nodes.Some():
            yield node
        case nodes.All(parts) | nodes.AnyOf(parts):
            for part in parts:
                yield from _objects(part)
        case nodes.Term(_, inner) | nodes.On(_, inner):
            yield from _objects(inner)
