"""Keeping followed facts verbatim, so that what another service's database says later can be held against them."""

from typing import Final

import asyncpg

from casetrail_common.ledger.fact import Fact

_KEEP: Final = """
insert into copied_fact (agency, service, n, stream, stream_seq, body, prev_hash, hash)
select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bytea[], $7::bytea[],
                     $8::bytea[])
"""
_COLUMNS: Final = ("agency", "service", "n", "stream", "stream_seq", "body", "prev_hash", "hash")


async def keep_copies(conn: asyncpg.Connection, facts: list[Fact]) -> None:
    """Keep facts in the transaction that follows them."""
    await conn.execute(_KEEP, *([getattr(fact, column) for fact in facts] for column in _COLUMNS))
