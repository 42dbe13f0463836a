"""Facts that could not be handled: their stream is parked, later facts of it queue behind, everything else flows on."""

from dataclasses import dataclass
from typing import Final

import asyncpg

from casetrail_common.bus.envelope import Letter
from casetrail_common.ids import Service
from casetrail_common.ledger.store import Store

BEHIND: Final = "behind an earlier fact of its stream"

_STILL_PARKED: Final = """
with mine as (select n from parked where agency = $1 and service = $2 and stream = $3),
     told as (update parked set reason = $4 where agency = $1 and service = $2 and n = (select min(n) from mine))
select count(*) from mine
"""


@dataclass(frozen=True, slots=True)
class Retried:
    """What came of retrying a parked stream."""

    handled: int
    left: int
    reason: str | None
    """Why the next one is parked again; None if the stream is free."""


async def park(conn: asyncpg.Connection, letter: Letter, reason: str) -> None:
    """Set a fact aside until an operator has its stream retried."""
    await conn.execute(
        "insert into parked (agency, service, n, stream, body, prev_hash, hash, reason) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        letter.agency, letter.service, letter.n, letter.stream, letter.body, letter.prev_hash, letter.hash, reason,
    )  # fmt: skip


async def retry_parked(store: Store, agency: str, stream: str, *, owner: Service) -> Retried:
    """Handle the parked facts of a stream in order, each in its own transaction, up to the first that still fails.

    Parameters
    ----------
    owner
        The service whose facts are parked: two services may have streams of the same name.
    """
    handled = 0
    while True:
        try:
            if not await _retry_next(store, agency, stream, owner):
                return Retried(handled, 0, None)
        except Exception as error:  # whatever it is, the operator is told and the rest stays parked
            reason = reason_of(error)
            left = await store.pool.fetchval(_STILL_PARKED, agency, owner, stream, reason)
            return Retried(handled, left, reason)
        handled += 1


async def _retry_next(store: Store, agency: str, stream: str, owner: Service) -> bool:
    async with store.locked(agency) as tx:
        row = await tx.conn.fetchrow(
            "select * from parked where agency = $1 and service = $2 and stream = $3 order by n limit 1",
            agency, owner, stream,
        )  # fmt: skip
        if row is None:
            return False
        letter = Letter(owner, agency, row["n"], row["stream"], row["body"], row["prev_hash"], row["hash"])
        await tx.handle(letter.open())
        await tx.conn.execute(
            "delete from parked where agency = $1 and service = $2 and n = $3", agency, owner, row["n"]
        )
        return True


def reason_of(error: Exception) -> str:
    """Return what an operator needs to know, without any text that may quote content."""
    code = getattr(error, "code", None) or getattr(error, "sqlstate", None)
    return f"{type(error).__name__}({code})" if code else type(error).__name__
