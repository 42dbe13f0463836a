"""Building facts: the next bodies of a log, given where its agency and its streams stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from casetrail_common.canonical import canonical, chain, first_prev
from casetrail_common.facts import Payload
from casetrail_common.facts.model import format_instant
from casetrail_common.ids import SERVICES, Service
from casetrail_common.ledger.fact import Actor, Fact


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact that a decision wants appended."""

    stream: str
    payload: Payload
    occurred_at: datetime | None = None
    """Domain instant of what happened; absent = the instant of recording."""


@dataclass(frozen=True, slots=True)
class Law:
    """What was in force when something was decided; goes into every body."""

    packs: tuple[str, ...] = ()
    calendar: str | None = None


@dataclass
class Tip:
    """Where the log of one agency ends: the numbers that the next fact gets."""

    service: Service
    agency: str
    n: int
    now: datetime
    followed: Mapping[Service, int]
    heads: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """Last position and hash of each stream loaded so far."""

    def extend(self, new: Sequence[NewFact], *, actor: Actor, law: Law) -> list[Fact]:
        """Return the facts with their numbers, bodies and hashes, and move the tip past them."""
        return [self._next(one, actor=actor, law=law) for one in new]

    def _next(self, new: NewFact, *, actor: Actor, law: Law) -> Fact:
        seq, prev = self.heads.get(new.stream) or (0, first_prev(self.service, new.stream))
        self.n, seq = self.n + 1, seq + 1
        seen: dict[str, int] = {other: self.followed.get(other, 0) for other in SERVICES if other != self.service}
        fields = new.payload.model_dump(mode="json", exclude_none=True)
        occurred_at = min(new.occurred_at or self.now, self.now)
        body = canonical(
            {
                "service": self.service,
                "agency": self.agency,
                "n": self.n,
                "stream": new.stream,
                "stream_seq": seq,
                "type": new.payload.FACT,
                "version": new.payload.VERSION,
                "actor": {"person": actor.person, "roles": actor.roles, "unit": actor.unit},
                "occurred_at": format_instant(occurred_at),
                "recorded_at": format_instant(self.now),
                "seen": seen,
                "packs": law.packs,
                "calendar": law.calendar,
                "payload": fields,
            }
        )
        hash_ = chain(prev, body)
        self.heads[new.stream] = (seq, hash_)
        return Fact(
            service=self.service,
            agency=self.agency,
            n=self.n,
            stream=new.stream,
            stream_seq=seq,
            type=new.payload.FACT,
            version=new.payload.VERSION,
            actor=actor,
            occurred_at=occurred_at,
            recorded_at=self.now,
            seen=seen,
            packs=law.packs,
            calendar=law.calendar,
            payload=new.payload,
            fields=fields,
            body=body,
            prev_hash=prev,
            hash=hash_,
        )
