"""The test clock moves an agency through time in all four services, timer by timer, and waits until all is quiet."""

from datetime import UTC, datetime, timedelta

import pytest

from casetrail_common.bus.asking import Asker
from casetrail_common.bus.clock import Clock
from casetrail_common.errors import CasetrailError
from casetrail_common.ids import SERVICES
from support.town import ECHO, Town, new_agency

START = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)


@pytest.fixture
def clock(asker: Asker, town: Town) -> Clock:
    """The coordinator in archive, with time enough on any machine."""
    return Clock("archive", town["archive"].ledgers, asker)


async def no_timers(_agency: str, _until: datetime) -> datetime | None:
    return None


async def simulated_everywhere(town: Town, agency: str) -> set[datetime | None]:
    """Return where the clocks of the four services stand."""
    return {(await town[service].ledgers.status(agency)).simulated for service in SERVICES}


async def test_all_services_stand_at_the_instant_that_was_set(town: Town, clock: Clock) -> None:
    agency = new_agency()
    town.start()
    await clock.advance_to(agency, START, no_timers)
    assert await simulated_everywhere(town, agency) == {START}
    await town["intake"].append(agency, ["a"])
    assert await town["intake"].pool.fetchval("select recorded_at from ledger where agency = $1", agency) == START


async def test_when_it_answers_everything_caused_before_has_been_followed_by_all(town: Town, clock: Clock) -> None:
    agency = new_agency()
    town.start()
    await clock.advance_to(agency, START, no_timers)
    await town["intake"].append(agency, [f"item{i}" for i in range(10)], code=ECHO)
    statuses = await clock.advance_to(agency, START + timedelta(days=1), no_timers)
    assert {status.service: status.n for status in statuses} == {"intake": 10, "media": 10, "review": 10, "archive": 0}
    assert await town["archive"].followed(agency) == {"intake": 10, "media": 10, "review": 10}


async def test_it_stops_at_each_timer_on_the_way(town: Town, clock: Clock) -> None:
    agency = new_agency()
    town.start()
    dues = [START + timedelta(days=day) for day in (1, 5)]
    stops: list[datetime | None] = []

    async def due_timers(_agency: str, until: datetime) -> datetime | None:
        stops.append((await town["review"].ledgers.status(agency)).simulated)
        while dues and stops[-1] and dues[0] <= stops[-1]:
            dues.pop(0)
        return dues[0] if dues and dues[0] <= until else None

    await clock.advance_to(agency, START, no_timers)
    await clock.advance_to(agency, START + timedelta(days=7), due_timers)
    assert stops == [START, START + timedelta(days=1), START + timedelta(days=5)]
    assert await simulated_everywhere(town, agency) == {START + timedelta(days=7)}


async def test_it_never_goes_back(town: Town, clock: Clock) -> None:
    agency = new_agency()
    town.start()
    await clock.advance_to(agency, START, no_timers)
    with pytest.raises(CasetrailError, match="clock_goes_back"):
        await clock.advance_to(agency, START - timedelta(seconds=1), no_timers)


async def test_a_parked_stream_blocks_it_and_is_named(town: Town, clock: Clock) -> None:
    agency = new_agency()
    town["media"].stumbles_over.add("bad")
    town.start()
    await clock.advance_to(agency, START, no_timers)
    await town["intake"].append(agency, ["bad"])
    with pytest.raises(CasetrailError, match="clock_blocked") as refused:
        await clock.advance_to(agency, START + timedelta(days=1), no_timers)
    assert refused.value.facts == {"service": "media", "stream": f"intake case:{agency}:bad"}


async def test_work_that_does_not_end_is_named(town: Town, clock: Clock, asker: Asker) -> None:
    agency = new_agency()
    town.start()
    await clock.advance_to(agency, START, no_timers)
    await town["review"].pool.execute(
        "insert into job (agency, kind, key, payload) values ($1, 'endless', 'x', '{}')", agency
    )
    impatient = Clock("archive", town["archive"].ledgers, asker, budget_s=3.0)
    with pytest.raises(CasetrailError, match="clock_not_settled") as refused:
        await impatient.advance_to(agency, START + timedelta(days=1), no_timers)
    assert refused.value.facts == {"waiting": "review: 1 jobs"}
