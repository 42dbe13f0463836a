"""Which objects a fact concerns, in the ways that most folds tell it."""

from collections.abc import Callable, Iterable

from casetrail_common.facts import Payload
from casetrail_common.ledger.fact import Fact

Keys = Callable[[Fact], Iterable[str]]


def of_stream(kind: str) -> Keys:
    """Return the keys of facts in streams of a kind: the object whose stream it is."""
    return lambda fact: (fact.stream_item,) if fact.stream_kind == kind else ()


def named(member: str, *kinds: type[Payload]) -> Keys:
    """Return the keys of facts of some kinds: the id that stands in a member of their payload."""
    return lambda fact: (getattr(fact.payload, member),) if isinstance(fact.payload, kinds) else ()


def of_agency(*kinds: type[Payload]) -> Keys:
    """Return the keys of facts of some kinds that concern the agency as a whole."""
    return lambda fact: (fact.agency,) if isinstance(fact.payload, kinds) else ()
