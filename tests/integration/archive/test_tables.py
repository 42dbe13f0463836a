"""The tables that migrations make are those that the rows describe."""

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from casetrail_archive import storage
from casetrail_embedded.stack.addresses import StackAddresses
from support.ledgers import real_ledger

OWN = {
    table.__tablename__
    for table in (
        storage.CopiedFact,
        storage.FindingRow,
        storage.Timer,
        storage.DeadlineTold,
        storage.OpenDeadline,
        storage.ClosedPast,
    )
}


def differences(connection: Connection) -> list[object]:
    def is_own(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return kind != "table" or name in OWN

    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_own})
    return list(compare_metadata(context, SQLModel.metadata))


async def test_the_rows_describe_the_tables(stack: StackAddresses) -> None:
    async with real_ledger(stack, "archive") as ledger:
        engine = create_async_engine(ledger.database.owner_dsn.replace("postgresql://", "postgresql+asyncpg://"))
        async with engine.connect() as connection:
            assert await connection.run_sync(differences) == []
        await engine.dispose()


@pytest.mark.parametrize("table", ["copied_fact", "finding"])
async def test_not_even_the_owner_changes_copies_and_findings(stack: StackAddresses, table: str) -> None:
    async with real_ledger(stack, "archive") as ledger:
        owner = await asyncpg.connect(ledger.database.owner_dsn)
        for act in (f"truncate {table}",):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await owner.execute(act)
        await owner.close()
        for act in (f"delete from {table}", f"update {table} set agency = 'x'"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await ledger.store.pool.execute(act)
