"""What the broker has forgotten comes again from the ledgers, through the whole application and unasked."""

import asyncio
import contextlib

import asyncpg

from casetrail_common.ids import SERVICES
from casetrail_embedded.demo import cast
from casetrail_embedded.stack.addresses import StackAddresses
from support.ledger_checker import faults, unsettled, until_settled
from support.load import CASE, Load
from support.patient_client import new_mark
from support.whole_stack import WholeStack

CASES = "/v1/cases"


async def forget_what_is_to_be_published(addresses: StackAddresses) -> None:
    """Leave facts to the ledgers alone, as if they had been published long ago."""
    for service in SERVICES:
        conn = await asyncpg.connect(addresses.dsn(service))
        await conn.execute("delete from outbox")
        await conn.close()


async def test_after_the_broker_was_wiped_everything_arrives_and_new_facts_flow(whole: WholeStack) -> None:
    addresses, load = whole.addresses, Load(whole.addresses.public_url, b"")
    agency = await load.set_up("wiped")
    await until_settled(addresses.app_dsns)
    officer, wish = cast.FENG.login, {**CASE, "matter": new_mark()}
    with whole.unsupervised():
        async with load.client(agency.id, patience_s=0.0) as client:
            request = asyncio.create_task(client.send(officer, "POST", CASES, body=wish, key="lost"))
            await whole.dies_at("follower.before_commit")
            with contextlib.suppress(TimeoutError):  # whether the answer came before the end was left to chance
                await request
        whole.wipe_broker()
        await forget_what_is_to_be_published(addresses)
        left = await unsettled(addresses.app_dsns)
    assert len([one for one in left if "followed intake in wiped" in one]) == len(SERVICES) - 1, left
    await whole.serves()
    await until_settled(addresses.app_dsns)
    async with load.client(agency.id) as client:
        await client.send(officer, "POST", CASES, body=wish, key="lost")
        await client.post(officer, CASES, {**CASE, "matter": new_mark()})
    await until_settled(addresses.app_dsns)
    attempts = [attempt for client in load.clients for attempt in client.attempts.values()]
    assert await faults(addresses.app_dsns, attempts) == []
