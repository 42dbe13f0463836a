"""A carrier (光盘、移动存储介质) that recordings were put on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from casetrail_common.facts.keeping import DiscAnnotatedV1, DiscRegisteredV1
from casetrail_common.ledger.fact import Fact


@dataclass(frozen=True)
class Disc:
    """A carrier, its recordings, and what is written on it."""

    sessions: tuple[str, ...]
    medium: str
    cases: tuple[str, ...]
    """Cases of the recordings; a recording without a case brings none."""
    streams: tuple[str, ...]
    """Own streams that tell of the carrier: one for each case, else that of the first recording."""
    annotations: Mapping[str, str] = field(default_factory=dict)
    """Commitment of what is written, by its name."""
    filled: tuple[str, ...] = ()


def evolve_disc(disc: Disc | None, fact: Fact) -> Disc | None:
    """Return the carrier after a fact that names it; one of several cases is told of once in each."""
    match fact.payload:
        case DiscRegisteredV1() as made:
            known = disc or Disc(tuple(made.sessions), made.medium, (), ())
            cases = (*known.cases, *filter(None, [made.case]))
            return _written(replace(known, cases=cases, streams=(*known.streams, fact.stream)), made)
        case DiscAnnotatedV1() as added if disc is not None:
            return _written(disc, added)
    return disc


def _written(disc: Disc, said: DiscRegisteredV1 | DiscAnnotatedV1) -> Disc:
    written = {name: ref.sha256 for name, ref in said.annotations.items()}
    filled = tuple(sorted({*disc.filled, *said.filled}))
    return replace(disc, annotations={**disc.annotations, **written}, filled=filled)
