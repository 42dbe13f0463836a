"""Supervision: rounds that were held, and what units were urged to put right."""

from dataclasses import dataclass, replace

from casetrail_common.facts.keeping import RectificationClosedV1, RectificationOpenedV1, SupervisionRoundHeldV1
from casetrail_common.ledger.fact import Fact


@dataclass(frozen=True)
class Round:
    """A round of supervision; that it was held is all that others ask of it."""

    unit: str | None


def evolve_round(known: Round | None, fact: Fact) -> Round | None:
    """Return the round after a fact."""
    return Round(fact.payload.unit) if isinstance(fact.payload, SupervisionRoundHeldV1) else known


@dataclass(frozen=True)
class Rectification:
    """What a unit was urged to put right."""

    unit: str
    is_closed: bool = False


def evolve_rectification(known: Rectification | None, fact: Fact) -> Rectification | None:
    """Return the rectification after a fact."""
    match fact.payload:
        case RectificationOpenedV1(unit=unit):
            return Rectification(unit)
        case RectificationClosedV1() if known is not None:
            return replace(known, is_closed=True)
    return known
