"""What the bus loses comes again from the ledgers, unasked."""

import pytest

from casetrail_common.bus import follower
from support.own_broker import OwnBroker
from support.town import Town, new_agency


async def test_a_lost_range_is_asked_for_and_applied_in_its_place(town: Town) -> None:
    agency = new_agency()
    await town["intake"].append(agency, [f"item{i}" for i in range(6)])
    await town["intake"].pool.execute("delete from outbox where n between 3 and 4")
    town.start("intake", "archive")
    await town["archive"].follows(agency, "intake", 6)
    assert await town["archive"].applied(agency) == [("intake", n) for n in range(1, 7)]


async def test_the_lost_tail_of_a_quiet_agency_is_found(town: Town) -> None:
    agency = new_agency()
    await town["intake"].append(agency, ["a", "b", "c"])
    await town["intake"].pool.execute("delete from outbox where n > 1")
    town.start("intake", "archive")
    await town["archive"].follows(agency, "intake", 3)
    assert await town["archive"].applied(agency) == [("intake", n) for n in (1, 2, 3)]


async def test_after_the_broker_was_wiped_everything_arrives_unasked(town: Town, broker: OwnBroker) -> None:
    agency = new_agency()
    town.start("intake", "media", "archive")
    await town["intake"].append(agency, ["a", "b"])
    await town["archive"].follows(agency, "intake", 2)
    await town["archive"].halt()
    await town["intake"].append(agency, ["c", "d"])
    await town["media"].follows(agency, "intake", 4)
    broker.wipe()
    town.start("archive")
    await town["archive"].follows(agency, "intake", 4)
    await town["intake"].append(agency, ["e"])
    for name in ("archive", "media"):
        await town[name].follows(agency, "intake", 5)
        assert await town[name].applied(agency) == [("intake", n) for n in range(1, 6)]


async def test_a_service_that_lost_its_projections_gets_every_fact_again(town: Town) -> None:
    agency = new_agency()
    town.start("intake", "archive")
    await town["intake"].append(agency, ["a", "b", "c"])
    await town["archive"].follows(agency, "intake", 3)
    await town["archive"].halt()
    await town["archive"].pool.execute("delete from followed")
    town.start("archive")
    await town["archive"].follows(agency, "intake", 3)
    assert await town["archive"].applied(agency) == [("intake", n) for n in (1, 2, 3, 1, 2, 3)]


async def test_what_a_crashed_database_has_lost_is_followed_again_unasked(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "WATCH_EVERY_S", 0.2)
    agency, media = new_agency(), town["media"]
    town.start("intake", "media")
    await town["intake"].append(agency, ["a", "b", "c"])
    await media.follows(agency, "intake", 3)
    # as it stands when the last commits had not reached the disk
    await media.pool.execute("update progress set next_offset = 0; update followed set n = 2")
    await media.follows(agency, "intake", 3)
    assert await media.applied(agency) == [("intake", n) for n in (1, 2, 3, 3)]


async def test_a_broker_that_is_killed_and_comes_back_loses_nothing(town: Town, broker: OwnBroker) -> None:
    agency = new_agency()
    town.start("intake", "archive")
    await town["intake"].append(agency, ["a"])
    await town["archive"].follows(agency, "intake", 1)
    broker.kill()
    await town["intake"].append(agency, ["b"])
    broker.start()
    await town["archive"].follows(agency, "intake", 2)
    assert await town["archive"].applied(agency) == [("intake", 1), ("intake", 2)]


async def test_a_position_beyond_the_end_of_the_log_is_given_up(town: Town) -> None:
    agency = new_agency()
    town.start("intake", "archive")
    await town["intake"].append(agency, ["a"])
    await town["archive"].follows(agency, "intake", 1)
    await town["archive"].halt()
    await town["archive"].pool.execute("update progress set next_offset = next_offset + 1000")
    await town["intake"].append(agency, ["b"])
    town.start("archive")
    await town["archive"].follows(agency, "intake", 2)
    await town["archive"].comes_to("select max(next_offset) < 1000 from progress where next_offset > 0", True)
    assert await town["archive"].applied(agency) == [("intake", 1), ("intake", 2)]
