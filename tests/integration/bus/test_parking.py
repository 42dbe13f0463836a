"""A fact that cannot be handled holds up its stream and nothing else."""

import asyncpg

from casetrail_common.bus.parking import BEHIND, retry_parked
from casetrail_common.ids import stream_name
from casetrail_embedded.stack.addresses import StackAddresses
from support.town import Town, new_agency


async def test_a_parked_stream_queues_and_a_retry_frees_it(town: Town) -> None:
    agency = new_agency()
    archive = town["archive"]
    archive.stumbles_over.add("bad")
    town.start("intake", "archive")
    await town["intake"].append(agency, ["bad", "good", "bad", "good"])
    await archive.follows(agency, "intake", 4)
    assert await archive.applied(agency) == [("intake", 2), ("intake", 4)]
    status = await archive.ledgers.status(agency)
    stream = stream_name("case", agency, "bad")
    assert [(held.service, held.stream) for held in status.parked] == [("intake", stream)]
    reasons = await archive.pool.fetch("select reason from parked order by n")
    assert [row["reason"] for row in reasons] == ["Stubborn", BEHIND]

    still = await retry_parked(archive.store, agency, stream, owner="intake")
    assert (still.handled, still.left, still.reason) == (0, 2, "Stubborn")
    archive.stumbles_over.clear()
    freed = await retry_parked(archive.store, agency, stream, owner="intake")
    assert (freed.handled, freed.left) == (2, 0)
    assert await archive.applied(agency) == [("intake", n) for n in (2, 4, 1, 3)]
    assert not (await archive.ledgers.status(agency)).parked


async def test_a_fact_that_breaks_its_transaction_is_parked_alone(town: Town) -> None:
    agency = new_agency()
    archive = town["archive"]
    archive.breaks_over.add("bad")
    await town["intake"].append(agency, ["a", "bad", "b", "c"])
    town.start("intake", "archive")
    await archive.follows(agency, "intake", 4)
    assert await archive.applied(agency) == [("intake", n) for n in (1, 3, 4)]
    assert await archive.pool.fetchval("select reason from parked") == "UniqueViolationError(23505)"


async def test_a_fact_that_was_altered_in_its_ledger_is_parked_as_unreadable(town: Town, stack: StackAddresses) -> None:
    agency = new_agency()
    await town["intake"].append(agency, ["a", "b"])
    await alter(stack, town["intake"].dsn)
    town.start("intake", "archive")
    await town["archive"].follows(agency, "intake", 2)
    assert await town["archive"].applied(agency) == [("intake", 2)]
    assert await town["archive"].pool.fetchval("select reason from parked") == "BrokenChainError"


async def alter(stack: StackAddresses, dsn: str) -> None:
    """Change the first fact as only a superuser can."""
    conn = await asyncpg.connect(stack.superuser_dsn.rpartition("/")[0] + "/" + dsn.rpartition("/")[2])
    try:
        await conn.execute("alter table ledger disable trigger all")
        altered = "convert_to(replace(convert_from(body, 'utf8'), 'worm', 'harm'), 'utf8')"
        await conn.execute(f"update ledger set body = {altered} where n = 1")
        await conn.execute("alter table ledger enable trigger all")
    finally:
        await conn.close()


async def test_too_many_parked_streams_stop_following_until_they_are_freed(town: Town) -> None:
    agency = new_agency()
    archive = town["archive"]
    archive.max_parked = 2
    archive.stumbles_over = {"bad0", "bad1", "bad2"}
    town.start("intake", "archive")
    await town["intake"].append(agency, ["bad0", "bad1", "bad2"])
    await archive.follows(agency, "intake", 3)
    await archive.becomes(ready=False)
    await town["intake"].append(agency, ["late"])
    archive.stumbles_over.clear()
    for item in ("bad0", "bad1", "bad2"):
        assert await archive.applied(agency) == [("intake", n + 1) for n in range(int(item[-1]))]
        await retry_parked(archive.store, agency, stream_name("case", agency, item), owner="intake")
    await archive.follows(agency, "intake", 4)
    await archive.becomes(ready=True)
