"""Which facts of an agency concern every case of it: people, devices, lists, plans, returns to the unit."""

from dataclasses import dataclass

from casetrail_common.ledger.fact import Fact
from casetrail_common.rules import SHARED


@dataclass(frozen=True)
class SharedPositions:
    """Where these facts stand, by service and position, in the order in which archive followed them."""

    positions: tuple[tuple[str, int], ...] = ()


def is_shared(fact: Fact) -> bool:
    """Whether a fact may concern every case of its agency."""
    return fact.type in SHARED


def evolve_shared(known: SharedPositions | None, fact: Fact) -> SharedPositions:
    """Return the positions after another such fact."""
    return SharedPositions((*(known.positions if known else ()), (fact.service, fact.n)))
