"""Facts reach the other services once, in order, after their causes."""

from casetrail_common.ledger.content import ContentBag
from support.own_broker import drop_topics
from support.town import ECHO, Town, new_agency


async def test_facts_of_one_service_reach_the_others_in_order(town: Town) -> None:
    agency = new_agency()
    town.start()
    await town["intake"].append(agency, [f"item{i}" for i in range(20)])
    for follower in ("media", "review", "archive"):
        await town[follower].follows(agency, "intake", 20)
        assert await town[follower].applied(agency) == [("intake", n) for n in range(1, 21)]


async def test_a_repeated_fact_changes_nothing(town: Town) -> None:
    agency = new_agency()
    town.start("intake", "archive")
    await town["intake"].append(agency, ["a", "b", "c"])
    await town["archive"].follows(agency, "intake", 3)
    await town["intake"].ledgers.publish_range(agency, 1, 3)
    await town["intake"].append(agency, ["d"])
    await town["archive"].follows(agency, "intake", 4)
    assert await town["archive"].applied(agency) == [("intake", n) for n in (1, 2, 3, 4)]


async def test_an_effect_that_arrives_before_its_cause_waits_for_it(town: Town) -> None:
    agency = new_agency()
    town.start("intake", "review")
    await town["intake"].append(agency, ["a"], code=ECHO)
    await town["review"].follows(agency, "intake", 1)
    await town["intake"].halt()
    await town["review"].halt()
    await drop_topics(town["archive"].bootstrap)
    await town["review"].ledgers.publish_range(agency, 1, 1)
    town.start("review", "archive")
    await town["archive"].comes_to("select count(*) from waiting", 1)
    assert await town["archive"].applied(agency) == []
    town.start("intake")
    await town["archive"].follows(agency, "review", 1)
    assert await town["archive"].applied(agency) == [("intake", 1), ("review", 1)]
    assert (await town["archive"].ledgers.status(agency)).waiting == 0


async def test_agencies_do_not_wait_for_each_other(town: Town) -> None:
    blocked, free = new_agency(), new_agency()
    await town["intake"].append(blocked, ["a", "b"])
    await town["intake"].pool.execute("delete from outbox where agency = $1 and n = 1", blocked)
    await town["intake"].append(free, ["a"])
    town.start("archive", "intake")
    await town["archive"].follows(free, "intake", 1)
    await town["archive"].follows(blocked, "intake", 2)
    assert await town["archive"].applied(blocked) == [("intake", 1), ("intake", 2)]


async def test_content_travels_with_its_fact_and_erased_content_does_not(town: Town) -> None:
    agency = new_agency()
    kept, erased = ContentBag(), ContentBag()
    kept.seal("kept")
    erased.seal("erased")
    items = [kept.items[0], erased.items[0]]
    await town["intake"].append_people(agency, items)
    await town["intake"].pool.execute(
        "update content set salt = null, bytes = null where commitment = $1", erased.items[0].commitment
    )
    town.start("intake", "archive")
    await town["archive"].follows(agency, "intake", 2)
    rows = await town["archive"].pool.fetch("select bytes from content where agency = $1", agency)
    assert [row["bytes"] for row in rows] == [b'"kept"']


async def test_two_workers_of_a_service_share_the_work_and_one_takes_over(town: Town) -> None:
    agency = new_agency()
    town.start("intake", "archive")
    second = town.twin("archive")
    second.start()
    await town["intake"].append(agency, ["a"])
    await second.follows(agency, "intake", 1)
    await town["archive"].halt()
    await town["intake"].append(agency, ["b"])
    await second.follows(agency, "intake", 2)
    await second.halt()
    assert await town["archive"].applied(agency) == [("intake", 1), ("intake", 2)]
