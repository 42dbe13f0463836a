"""Whether recordings cover an act."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from casetrail_common.rules.casefile import Thing
from casetrail_common.rules.look import Look, Met, instant_of
from casetrail_common.rules.nodes import Pattern

Span = tuple[datetime, datetime]

INSTANT: Final = timedelta(microseconds=1)
"""The smallest step of time that facts tell apart."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Linked recordings, taken together, cover an act from its start to its end, or at all.

    While the act is under way it is met if all of it so far is covered and recording goes on; what is lost stays lost.
    A gap that was entered as an interruption is never held against the coverage, unless the clause admits none.
    """

    by: Pattern
    how: Literal["throughout", "at_all"] = "throughout"
    gaps: Literal["excused", "none"] = "excused"

    def met(self, look: Look, thing: Thing) -> Met | None:
        """Return since when it is met for an object, or None."""
        start, ended = instant_of(thing, "started_at") or thing.at, instant_of(thing, "ended_at")
        if start is None:
            return None
        end, until = ended or look.moment(), ended or look.moment() + INSTANT
        sessions = [s for s in look.near(thing, "session") if self.by.match(look, s)]
        spans = sorted((span, s.id) for s in sessions for span in self._spans(look, s, until))
        if self.how == "at_all":
            meeting = [(span, id_) for span, id_ in spans if span[0] <= end and span[1] >= start]
            return Met(max(meeting[0][0][0], start), (meeting[0][1],)) if meeting else None
        covered, evidence = start, []
        for (begun, ended), id_ in spans:
            if begun > covered:
                break
            covered = max(covered, ended)
            evidence.append(id_)
        return Met(end, tuple(dict.fromkeys(evidence))) if evidence and covered >= until else None

    def _spans(self, look: Look, session: Thing, until: datetime) -> Iterator[Span]:
        """Yield the stretches that a session covers."""
        begun = instant_of(session, "started_at") or until
        ended = instant_of(session, "completed_at") or look.moment() + INSTANT
        for gap in look.near(session, "gap"):
            if self.gaps == "excused":
                ended = max(ended, until) if gap.held["final"].value else ended
            elif gap.at is not None:
                yield begun, gap.at
                begun = instant_of(gap, "resumed_at") or ended
        yield begun, ended
