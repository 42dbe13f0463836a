"""What services ask each other: how far they are, and to close the past."""

import pytest

from casetrail_common.bus.asking import Asker, NoAnswerError
from casetrail_common.bus.catchup import CatchUp
from casetrail_common.bus.kafka import Broker
from casetrail_common.bus.topics import ALL_TOPICS
from support.own_broker import OwnBroker
from support.town import Town, new_agency


async def test_a_status_says_how_far_a_service_is(town: Town, asker: Asker) -> None:
    agency = new_agency()
    town.start()
    await town["intake"].append(agency, ["a", "b"])
    await town["media"].follows(agency, "intake", 2)
    intake, media = await asker.ask(["intake", "media"], "status", agency, timeout_s=300)
    assert intake.status is not None
    assert media.status is not None
    assert intake.status.n == intake.n == 2
    assert media.status.followed == {"intake": 2}
    assert (media.status.waiting, media.status.jobs, media.status.parked) == (0, 0, [])


async def test_no_fact_is_recorded_before_a_watermark_that_was_given(town: Town, asker: Asker) -> None:
    agency = new_agency()
    town.start("intake")
    await town["intake"].append(agency, ["a"])
    (note,) = await asker.ask(["intake"], "watermark", agency, timeout_s=300)
    assert note.n == 1
    assert note.t is not None
    await town["intake"].append(agency, ["b"])
    recorded = await town["intake"].pool.fetchval("select recorded_at from ledger where n = 2")
    assert recorded >= note.t


async def test_a_service_that_is_not_there_is_named(asker: Asker) -> None:
    with pytest.raises(NoAnswerError, match="media"):
        await asker.ask(["media"], "status", new_agency(), timeout_s=0.5)


async def test_the_end_of_a_partition_is_reached_only_when_all_of_it_was_followed(
    town: Town, broker: OwnBroker
) -> None:
    agency = new_agency()
    await town.broker.ensure(ALL_TOPICS)
    looking = Broker(broker.bootstrap)
    catch_up = CatchUp("archive", town["archive"].pool, looking)
    try:
        assert await catch_up.wait_to_end(agency, 300.0)
        town.start("intake")
        await town["intake"].append(agency, ["a"])
        await town["intake"].comes_to("select count(*) from outbox", 0)
        assert not await catch_up.wait_to_end(agency, 0.2)
        town.start("archive")
        assert await catch_up.wait_to_end(agency, 300.0)
        assert await town["archive"].followed(agency) == {"intake": 1}
    finally:
        await looking.close()


async def test_a_position_is_waited_for_and_given_up_in_time(town: Town) -> None:
    agency = new_agency()
    archive = town["archive"]
    catch_up = CatchUp("archive", archive.pool, town.broker, bell=archive.worker.bell)
    assert await catch_up.wait_followed(agency, {"archive": 5}, 0.0)
    assert not await catch_up.wait_followed(agency, {"intake": 1}, 0.05)
    town.start("intake", "archive")
    await town["intake"].append(agency, ["a"])
    assert await catch_up.wait_followed(agency, {"intake": 1}, 300.0)
