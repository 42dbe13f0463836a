"""Keeping followed facts verbatim, so that what another service's database says later can be held against them."""

from typing import Final

from casetrail_archive.domain.tied import concerns_agency
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.view import Clause

_KEEP: Final = """
insert into copied_fact (agency, service, n, stream, stream_seq, body, prev_hash, hash, wide)
select $1, f.* from unnest({0}::text[], {1}::bigint[], {2}::text[], {3}::bigint[], {4}::bytea[], {5}::bytea[],
                           {6}::bytea[], {7}::boolean[]) as f
"""
_COLUMNS: Final = ("service", "n", "stream", "stream_seq", "body", "prev_hash", "hash")


def keep_copies(facts: list[Fact]) -> Clause:
    """Keep facts in the transaction that follows them."""
    columns = ([getattr(fact, column) for fact in facts] for column in _COLUMNS)
    return _KEEP, [*columns, [concerns_agency(fact) for fact in facts]]
