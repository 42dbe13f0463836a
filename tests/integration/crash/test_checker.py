"""The checker finds what it is there to find: otherwise its silence would mean nothing."""

from dataclasses import replace

import asyncpg
import pytest

from casetrail_embedded.commands.ledger import rebuild_all, retry_all
from casetrail_embedded.demo import cast
from support.ledger_checker import faults, until_settled
from support.load import CASE, Load
from support.patient_client import new_mark
from support.whole_stack import WholeStack


async def test_what_was_lost_doubled_or_made_up_is_found(whole: WholeStack, capsys: pytest.CaptureFixture[str]) -> None:
    dsns, load = whole.addresses.app_dsns, Load(whole.addresses.public_url, b"")
    async with load.client((await load.set_up("checked")).id) as client:
        wish = {**CASE, "matter": new_mark()}
        for key in ("once", "again"):
            await client.send(cast.FENG.login, "POST", "/v1/cases", body=wish, key=key)
    await until_settled(dsns)
    twice = [client.attempts[key] for key in ("once", "again")]
    assert [fault.partition(" is ")[2] for fault in await faults(dsns, twice)] == [
        "2 times in intake",
        "2 times in archive",
    ] * 2
    lost = replace(twice[0], key="lost", body=None)
    assert [fault.rpartition("} ")[2] for fault in await faults(dsns, [lost])] == ["and is in no ledger"]
    intake = await asyncpg.connect(dsns["intake"])
    answer = await intake.fetchrow("delete from idempotency where key = 'again' returning *")
    await intake.execute("update snapshot set state = '{}' where agency = 'checked' and kind = 'agency'")
    assert sorted(fault.rpartition(" ")[2] for fault in await faults(dsns, [])) == ["different", "request"]
    await intake.execute("insert into idempotency values ($1, $2, $3, $4, $5, $6)", *answer)
    assert [await rebuild_all(whole.addresses, repair=repair) for repair in (False, True, False)] == [1, 0, 0]
    said = capsys.readouterr().out
    assert said.count("intake/checked: the snapshot agency checked is different") == 2
    assert "1 snapshots replaced" in said
    assert said.endswith("every snapshot is what the ledgers say\n")
    assert await faults(dsns, []) == []
    await intake.execute(
        "insert into parked (agency, service, n, stream, body, prev_hash, hash, reason) "
        "select agency, 'media', n, stream, body, prev_hash, hash, 'made up' from ledger "
        "where agency = 'checked' limit 1"
    )
    assert await retry_all(whole.addresses) == 1
    assert await intake.fetchval("select reason from parked where agency = 'checked'") == "BrokenChainError"
    await intake.execute("delete from parked")
    assert await retry_all(whole.addresses) == 0
    await intake.close()
