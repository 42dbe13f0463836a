"""A database superuser with bad intent, whose changes are taken back in the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from casetrail_common.canonical import chain
from casetrail_common.ids import Service
from casetrail_embedded.stack.addresses import StackAddresses
from support.ledger_reading import connected

_OF_AGENCY = {
    "ledger": "agency = $1",
    "content": "agency = $1",
    "agency_head": "agency = $1",
    "stream_head": "split_part(stream, ':', 2) = $1",
}
GUARDED = ("ledger", "content")


@dataclass
class Superuser:
    """Changes what is recorded of one agency in one service's database."""

    conn: asyncpg.Connection
    agency: str

    async def position_of(self, fact: str) -> int:
        """Return where the last fact of a type stands."""
        found: int = await self.conn.fetchval(
            "select max(n) from ledger where agency = $1 and convert_from(body, 'UTF8')::json ->> 'type' = $2",
            self.agency,
            fact,
        )
        return found

    async def replace(self, n: int, old: str, new: str) -> None:
        """Replace a text in the body of a fact, and nothing else."""
        body = await self.conn.fetchval("select body from ledger where agency = $1 and n = $2", self.agency, n)
        assert old.encode() in body
        changed = body.replace(old.encode(), new.encode())
        await self.conn.execute("update ledger set body = $3 where agency = $1 and n = $2", self.agency, n, changed)

    async def rechain(self, n: int) -> None:
        """Recompute every hash from a fact on to the end of its stream, and its head, as a forger does who knows us."""
        stream = await self.conn.fetchval("select stream from ledger where agency = $1 and n = $2", self.agency, n)
        rows = await self.conn.fetch(
            "select n, body, prev_hash from ledger where stream = $1 and agency = $2 and n >= $3 order by n",
            stream, self.agency, n,
        )  # fmt: skip
        prev = rows[0]["prev_hash"]
        for row in rows:
            hash_ = chain(prev, row["body"])
            await self.conn.execute(
                "update ledger set prev_hash = $3, hash = $4 where agency = $1 and n = $2",
                self.agency, row["n"], prev, hash_,
            )  # fmt: skip
            prev = hash_
        await self.conn.execute("update stream_head set hash = $2 where stream = $1", stream, prev)

    async def cut_off(self, n: int) -> None:
        """Remove every fact from a position on, and make the heads fit."""
        await self.conn.execute("delete from ledger where agency = $1 and n >= $2", self.agency, n)
        await self.conn.execute("update agency_head set n = $2 where agency = $1", self.agency, n - 1)
        await self.conn.execute(f"delete from stream_head where {_OF_AGENCY['stream_head']}", self.agency)
        await self.conn.execute(
            "insert into stream_head (stream, stream_seq, hash) "
            "select distinct on (stream) stream, stream_seq, hash from ledger where agency = $1 "
            "order by stream, stream_seq desc",
            self.agency,
        )

    async def forge_content(self) -> None:
        """Replace what somebody wrote."""
        await self.conn.execute(
            "update content set bytes = '\"something else\"' where commitment = "
            "(select commitment from content where agency = $1 and bytes is not null limit 1)",
            self.agency,
        )


@asynccontextmanager
async def superuser(stack: StackAddresses, service: Service, agency: str) -> AsyncIterator[Superuser]:
    """Let a superuser at a quiet agency, then put everything back as it was."""
    async with connected(f"{stack.superuser_dsn.rpartition('/')[0]}/{service}") as conn:
        for table, mine in _OF_AGENCY.items():
            await conn.execute(f"create temporary table kept_{table} as select * from {table} limit 0")
            await conn.execute(f"insert into kept_{table} select * from {table} where {mine}", agency)
        for table in GUARDED:
            await conn.execute(f"alter table {table} disable trigger all")
        try:
            yield Superuser(conn, agency)
        finally:
            for table, mine in _OF_AGENCY.items():
                await conn.execute(f"delete from {table} where {mine}", agency)
                await conn.execute(f"insert into {table} select * from kept_{table}")
            for table in GUARDED:
                await conn.execute(f"alter table {table} enable trigger all")
