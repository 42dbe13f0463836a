"""How the test clock finds an agency at rest, and how often it asks for that."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from casetrail_common.bus.asking import Asker
from casetrail_common.bus.clock import Clock
from casetrail_common.bus.control import Ledgers
from casetrail_common.bus.messages import Kind, Note, Status
from casetrail_common.ids import SERVICES, Service

NOW = datetime(2025, 3, 3, tzinfo=UTC)


@dataclass
class Town:
    """Four services that only count; it stands in for this one's ledgers and for those who answer."""

    n: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SERVICES, 3))
    simulated: datetime | None = None
    jobs: list[int] = field(default_factory=list)
    """Work of archive at each of the next looks."""
    asked: list[tuple[Kind, dict[str, int]]] = field(default_factory=list)

    async def status(self, _agency: str) -> Status:
        return self._of("archive", jobs=self.jobs.pop(0) if self.jobs else 0)

    async def set_clock(self, _agency: str, now: datetime) -> Status:
        self.simulated = now
        return self._of("archive")

    async def ask(
        self,
        owners: Iterable[Service],
        kind: Kind,
        agency: str,
        *,
        timeout_s: float,
        now: datetime | None = None,
        heads: Mapping[str, int],
    ) -> list[Note]:
        del timeout_s
        self.asked.append((kind, dict(heads)))
        self.simulated = now or self.simulated
        return [
            Note(kind="status", request="r", owner=owner, agency=agency, n=self.n[owner], status=self._of(owner))
            for owner in owners
        ]

    def _of(self, service: Service, jobs: int = 0) -> Status:
        followed = {other: n for other, n in self.n.items() if other != service}
        return Status(
            service=service,
            n=self.n[service],
            followed=followed,
            waiting=0,
            parked=[],
            jobs=jobs,
            simulated=self.simulated,
        )


def clock(town: Town) -> Clock:
    return Clock("archive", cast("Ledgers", town), cast("Asker", town))


async def no_timers(*_about: Any) -> datetime | None:
    return None


async def test_an_agency_at_rest_is_asked_once_and_told_once() -> None:
    town = Town()
    statuses = await clock(town).advance_to("a", NOW, no_timers)
    assert [kind for kind, _ in town.asked] == ["status", "clock"]
    assert {status.simulated for status in statuses} == {NOW}


async def test_others_are_told_how_far_they_should_be_and_asked_only_when_this_service_is_at_rest() -> None:
    town = Town(jobs=[2, 1])
    await clock(town).advance_to("a", NOW, no_timers)
    assert town.asked[0] == ("status", dict.fromkeys(SERVICES, 3))
    assert len(town.asked) == 2


async def test_a_clock_that_stands_already_is_not_set_again() -> None:
    town = Town(simulated=NOW)
    await clock(town).advance_to("a", NOW, no_timers)
    assert [kind for kind, _ in town.asked] == ["status"]


async def test_it_stops_at_a_timer_and_looks_whether_there_is_another() -> None:
    town = Town(simulated=NOW)

    async def due(_agency: str, _until: datetime) -> datetime | None:
        return NOW + timedelta(hours=1) if town.simulated == NOW else None

    await clock(town).advance_to("a", NOW + timedelta(days=1), due)
    assert [kind for kind, _ in town.asked] == ["status", "clock", "clock"]
