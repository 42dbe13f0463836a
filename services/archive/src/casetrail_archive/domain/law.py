"""Where in the own log the law of an agency stands."""

from dataclasses import dataclass

from casetrail_common.facts.archive import CalendarLoadedV1, PackLoadedV1, ParametersSetV1
from casetrail_common.ledger.fact import Fact


@dataclass(frozen=True)
class LawPositions:
    """Positions of every fact that ever put law in force; so the law of any past instant can be read again."""

    positions: tuple[int, ...] = ()


def is_law(fact: Fact) -> bool:
    """Whether a fact changes what cases are judged by."""
    return isinstance(fact.payload, PackLoadedV1 | CalendarLoadedV1 | ParametersSetV1)


def evolve_positions(known: LawPositions | None, fact: Fact) -> LawPositions:
    """Return the positions after a fact that changes the law."""
    return LawPositions((*(known.positions if known else ()), fact.n))
