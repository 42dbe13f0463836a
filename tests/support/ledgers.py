"""A ledger on a real database, migrated as in production."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg

from casetrail_common.ids import Service
from casetrail_common.ledger.store import Store
from casetrail_embedded.stack.addresses import StackAddresses
from support.stack import ScratchDatabase, scratch_database


@dataclass(frozen=True)
class RealLedger:
    """A store and the database it lies in."""

    store: Store
    database: ScratchDatabase


@contextlib.asynccontextmanager
async def real_ledger(stack: StackAddresses, service: Service, **options: Any) -> AsyncIterator[RealLedger]:
    """Open the ledger of an empty database of the service as the application's role."""
    async with (
        scratch_database(stack, service) as database,
        asyncpg.create_pool(database.app_dsn, min_size=1, max_size=16) as pool,
    ):
        yield RealLedger(Store(service, pool, **options), database)
