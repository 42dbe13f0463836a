"""Keeping followed facts verbatim, so that what another service's database says later can be held against them."""

from typing import Final

import asyncpg

from casetrail_archive.domain.tied import concerns_agency
from casetrail_common.ledger.fact import Fact

_KEEP: Final = """
insert into copied_fact (agency, service, n, stream, stream_seq, body, prev_hash, hash, wide)
select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bytea[], $7::bytea[],
                     $8::bytea[], $9::boolean[])
"""
_COLUMNS: Final = ("agency", "service", "n", "stream", "stream_seq", "body", "prev_hash", "hash")


async def keep_copies(conn: asyncpg.Connection, facts: list[Fact]) -> None:
    """Keep facts in the transaction that follows them."""
    columns = ([getattr(fact, column) for fact in facts] for column in _COLUMNS)
    await conn.execute(_KEEP, *columns, [concerns_agency(fact) for fact in facts])
