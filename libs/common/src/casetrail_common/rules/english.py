"""What a requirement asks, in English: the codes of the packs are English words.

The Chinese, which is what the regulations say, is told by `wording`.
"""

from collections.abc import Sequence
from typing import Final

from casetrail_common.rules import nodes, values
from casetrail_common.rules.casefile import BIRTH, Value
from casetrail_common.rules.look import Node
from casetrail_common.rules.model import FIELDS
from casetrail_common.rules.nodes import Pattern
from casetrail_common.rules.recorded import Recorded

_KINDS: Final = {"session": "recording", "record": "document", "gap": "interruption", "mark": "signature or seal"}
_ORDERS: Final = {"before": "before", "not_after": "not after", "after": "after", "not_before": "not before"}
_LIMITS: Final = "the time the clause sets"


def words(code: str) -> str:
    """Return a code as words."""
    return code.removeprefix(FIELDS).replace("_", " ")


def kind_words(kind: str) -> str:
    """Return what an object of a kind is called."""
    return _KINDS.get(kind, words(kind))


def node_words(node: Node, kind: str) -> str:  # noqa: C901  one case for each kind of node
    """Return what a requirement asks of an object of a kind."""
    match node:
        case nodes.Some(other, pattern):
            return f"{kind_words(other)}{described(pattern)}"
        case nodes.NoneSuch(some):
            return f"no {node_words(some, kind)}"
        case nodes.Is(pattern):
            return f"this {kind_words(kind)}{described(pattern)}"
        case nodes.Each(pattern):
            return f"each of them{described(pattern)}"
        case nodes.All(parts):
            return ", and ".join(node_words(part, kind) for part in parts)
        case nodes.AnyOf(ways):
            return ", or ".join(node_words(way, kind) for way in ways)
        case nodes.Term(_, inner) | nodes.On(_, inner):
            return node_words(inner, kind)
        case nodes.Every(some, must):
            return f"for each {node_words(some, kind)}: {node_words(must, kind)}"
        case nodes.Several(some, count, distinct):
            number = str(count) if isinstance(count, int) else f"as many as there are of: {node_words(count, kind)}"
            return f"{node_words(some, kind)} ({number}{' people' if distinct else ''})"
        case Recorded(by, how, gaps):
            extent = "from start to end" if how == "throughout" else "at the same time"
            return f"recording{described(by)} {extent}{', without interruption' if gaps == 'none' else ''}"
    return str(node)


def described(pattern: Pattern) -> str:
    """Return what is asked of an object, in brackets; nothing if any will do."""
    said = [test_words(test, name) for name, test in pattern.tests]
    said += [node_words(node, "") for node in pattern.inner]
    return f" ({'; '.join(said)})" if said else ""


def test_words(test: values.Test, name: str) -> str:
    """Return what is asked of the value of an attribute."""
    attribute = "time" if name == BIRTH else words(name)
    match test:
        case values.IsFilled():
            return f"{attribute} given"
        case values.Not(values.IsFilled()):
            return f"without {attribute}"
        case values.Not(inner):
            return f"not {test_words(inner, name)}"
        case values.OneOf(codes):
            return f"{attribute}: {' or '.join(_codes(codes))}"
        case values.HoldsAll(codes):
            return f"{attribute} includes {', '.join(_codes(codes))}"
        case values.AtLeast(count):
            return f"{attribute} at least {count}"
        case values.SameAs(of, other):
            return f"{attribute} the same as {words(other)} of {kind_words(of)}"
        case values.Ordered(how, _):
            return f"{attribute} {_ORDERS[how]} {_LIMITS}"
        case values.Near(_, tolerance):
            return f"{attribute} within {tolerance.value} s of {_LIMITS}"
    return attribute


def _codes(codes: Sequence[Value]) -> list[str]:
    return [words(code) if isinstance(code, str) else str(code).lower() for code in codes]
