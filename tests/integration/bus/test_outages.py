"""A database that goes away is waited for, in place; of two relays one works."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from casetrail_common.bus.relay import LOCK
from casetrail_common.outages import DATABASE_ERRORS
from casetrail_embedded.stack.addresses import StackAddresses
from support.town import Node, Town, new_agency


@asynccontextmanager
async def shut(stack: StackAddresses, dsn: str) -> AsyncIterator[None]:
    """Close a database: every session ends and none can begin."""
    name = dsn.rpartition("/")[2]
    conn = await asyncpg.connect(stack.superuser_dsn)
    try:
        await conn.execute(f"alter database {name} allow_connections false")
        await conn.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name)
        yield
    finally:
        await conn.execute(f"alter database {name} allow_connections true")
        await conn.close()


async def append_once_back(node: Node, agency: str, item: str) -> None:
    """Append a fact when the pool has noticed that its old connections are dead."""
    async with asyncio.timeout(300):
        while True:
            with contextlib.suppress(*DATABASE_ERRORS):
                await node.append(agency, [item])
                return
            await asyncio.sleep(0)


async def test_a_follower_waits_for_its_database_and_loses_nothing(town: Town, stack: StackAddresses) -> None:
    agency = new_agency()
    archive = town["archive"]
    town.start("intake", "archive")
    await town["intake"].append(agency, ["a"])
    await archive.follows(agency, "intake", 1)
    async with shut(stack, archive.dsn):
        await town["intake"].append(agency, ["b", "c"])
        await archive.becomes(ready=False)
    await archive.follows(agency, "intake", 3)
    assert await archive.applied(agency) == [("intake", n) for n in (1, 2, 3)]


async def test_a_relay_waits_for_its_database_and_goes_on(town: Town, stack: StackAddresses) -> None:
    agency = new_agency()
    town.start("intake", "archive")
    await town["intake"].append(agency, ["a"])
    await town["archive"].follows(agency, "intake", 1)
    async with shut(stack, town["intake"].dsn):
        pass
    await append_once_back(town["intake"], agency, "b")
    await town["archive"].follows(agency, "intake", 2)


async def test_of_two_relays_one_works_and_the_other_takes_over(town: Town) -> None:
    agency = new_agency()
    second = town.twin("intake")
    town.start("intake", "archive")
    second.start()
    await town["intake"].append(agency, [f"item{i}" for i in range(5)])
    await town["archive"].follows(agency, "intake", 5)
    holders = await town["intake"].pool.fetch(
        "select pid from pg_locks where locktype = 'advisory' and granted and "
        "objid = (hashtextextended($1, 0) & x'ffffffff'::bigint)::bigint::oid and "
        "database = (select oid from pg_database where datname = current_database())",
        LOCK,
    )
    assert len(holders) == 1
    await town["intake"].halt()
    await second.append(agency, ["late"])
    await town["archive"].follows(agency, "intake", 6)
    await second.halt()
    assert await town["archive"].applied(agency) == [("intake", n) for n in range(1, 7)]
