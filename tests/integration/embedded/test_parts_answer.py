"""What every other integration test relies on."""

import secrets

import asyncpg
import pytest

from casetrail_common.ids import SERVICES
from casetrail_embedded.stack.addresses import StackAddresses
from casetrail_embedded.stack.ports import LOOPBACK
from casetrail_embedded.stack.probes import http_answers, kafka_answers
from support.stack import scratch_database


async def test_every_service_has_a_database_an_owner_and_a_role_that_may_not_create_tables(
    stack: StackAddresses,
) -> None:
    for service in SERVICES:
        owner = await asyncpg.connect(stack.dsn(service, owner=True))
        app = await asyncpg.connect(stack.dsn(service))
        await owner.execute("CREATE TABLE belongs_to_owner (n int)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute("CREATE TABLE belongs_to_app (n int)")
        await owner.execute("DROP TABLE belongs_to_owner")
        await owner.close()
        await app.close()


async def test_a_role_may_not_enter_another_services_database(stack: StackAddresses) -> None:
    intruder = stack.dsn("intake").rpartition("/")[0] + "/review"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(intruder)


async def test_the_database_writes_through_to_the_disk(stack: StackAddresses) -> None:
    async with scratch_database(stack, "intake") as database:
        connection = await asyncpg.connect(database.app_dsn)
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert await connection.fetchval(f"SHOW {setting}") == "on"
        await connection.close()


async def test_broker_and_store_answer(stack: StackAddresses) -> None:
    assert await kafka_answers(stack.ports["kafka"])()
    assert await http_answers(f"http://{LOOPBACK}:{stack.ports['s3']}/healthz")()


async def test_what_people_wrote_does_not_come_into_the_log_of_the_database(stack: StackAddresses) -> None:
    written = f"written-{secrets.token_hex(8)}"
    connection = await asyncpg.connect(stack.superuser_dsn)
    await connection.execute("SET log_min_duration_statement = 0")
    await connection.fetchval("SELECT $1::text", written)
    await connection.execute("CREATE TEMP TABLE said (what text PRIMARY KEY)")
    await connection.execute("INSERT INTO said VALUES ($1)", written)
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute("INSERT INTO said VALUES ($1)", written)
    await connection.close()
    log = (stack.data_dir / "log" / "postgres.log").read_text()
    assert "SELECT $1::text" in log
    assert written not in log
