"""Which positions are known to exist and have not come, and when to ask for them (again). Pure: it is told the time."""

from dataclasses import dataclass, field
from typing import Final

from casetrail_common.ids import Service

PAGE: Final = 1000
"""Most facts asked for at a time, so that an answer never floods a topic."""

AGAIN_AFTER_S: Final = 3.0
"""Seconds without progress after which a range is asked for again: the request or its answer may be lost, too."""

AGAIN_AT_MOST_S: Final = 60.0
"""The pause between repeats doubles up to this many seconds."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A range of a log that should be published again."""

    agency: str
    service: Service
    first: int
    last: int


@dataclass
class _Log:
    """What is known of one log, as seen by a follower."""

    followed: int = 0
    hole_end: int = 0
    """Last position of the first hole; 0 if what came has none."""
    head: int = 0
    """A position the owner said it has."""
    kept_next: bool = False
    """The next fact is here and only waits for its causes."""
    asked_last: int = 0
    progress_at: float = 0.0
    asked_at: float = 0.0
    tries: int = 0

    @property
    def target(self) -> int:
        if self.hole_end:
            return self.hole_end
        return 0 if self.kept_next else self.head


@dataclass
class Gaps:
    """Remembers holes and heads of every log a service follows."""

    logs: dict[tuple[str, Service], _Log] = field(default_factory=dict)

    def heard_of(self, agency: str, service: Service, n: int) -> None:
        """Take note that a log has at least n facts."""
        log = self.logs.setdefault((agency, service), _Log())
        log.head = max(log.head, n)

    def stands(
        self, agency: str, service: Service, *, followed: int, hole_end: int, kept_next: bool, now: float
    ) -> None:
        """Take note of how far a log is followed and where its first hole ends (0 = no hole seen)."""
        log = self.logs.get((agency, service))
        if log is None:
            if not hole_end:
                return
            log = self.logs.setdefault((agency, service), _Log())
        if followed > log.followed:
            log.followed, log.progress_at, log.tries = followed, now, 0
        log.hole_end, log.kept_next = hole_end, kept_next
        if log.followed >= max(log.head, log.hole_end):
            del self.logs[agency, service]

    def reached(self, agency: str, service: Service, followed: int, now: float) -> None:
        """Take note of how far a log is followed, perhaps by another worker of this service."""
        if log := self.logs.get((agency, service)):
            self.stands(agency, service, followed=followed, hole_end=log.hole_end, kept_next=log.kept_next, now=now)

    def due(self, now: float) -> list[Wanted]:
        """Return what to ask for now, and count it as asked."""
        return [wanted for (agency, service) in self.logs if (wanted := self._due(agency, service, now))]

    def _due(self, agency: str, service: Service, now: float) -> Wanted | None:
        log = self.logs[agency, service]
        first = log.followed + 1
        if log.target < first:
            return None
        if first <= log.asked_last:
            pause = min(AGAIN_AFTER_S * 2**log.tries, AGAIN_AT_MOST_S)
            if now < max(log.asked_at, log.progress_at) + pause:
                return None
            log.tries += 1
        log.asked_last, log.asked_at = min(log.target, first + PAGE - 1), now
        return Wanted(agency, service, first, log.asked_last)
