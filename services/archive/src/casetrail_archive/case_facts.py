"""Reading the facts of a case from what archive holds: its own ledger, and its copies of the others'."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import Final

import asyncpg

from casetrail_archive.domain.case import Case, evolve_case
from casetrail_common.ids import SERVICES, stream_name
from casetrail_common.ledger.fact import Fact, decode_fact

Stream = tuple[str, str]
"""A stream by its service and name: the name alone may exist in all four."""

_FACTS: Final = """
with wanted as (select * from unnest($1::text[], $2::text[], $3::bigint[]) as w (service, stream, after))
select f.body, f.prev_hash, f.hash from wanted w
  join copied_fact f on f.service = w.service and f.stream = w.stream and f.stream_seq > w.after
union all
select l.body, l.prev_hash, l.hash from wanted w
  join ledger l on l.stream = w.stream and l.stream_seq > w.after where w.service = 'archive'
"""
_SHARED: Final = """
with wanted as (select * from unnest($2::text[], $3::bigint[]) as w (service, n))
select f.body, f.prev_hash, f.hash from wanted w
  join copied_fact f on f.agency = $1 and f.service = w.service and f.n = w.n
union all
select l.body, l.prev_hash, l.hash from wanted w
  join ledger l on l.agency = $1 and l.n = w.n where w.service = 'archive'
"""
_WIDE: Final = """
with wanted as (select * from unnest($2::text[], $3::bigint[]) as w (service, after))
select f.body, f.prev_hash, f.hash from wanted w
  join copied_fact f on f.agency = $1 and f.service = w.service and f.n > w.after where f.wide
"""
NOTHING: Final[Mapping[Stream, int]] = {}
NO_POSITIONS: Final[Mapping[str, int]] = {}


def own_streams(agency: str, item: str, *, kind: str = "case") -> list[Stream]:
    """Return the stream that each service may have of the case itself, or of another object."""
    return [(service, stream_name(kind, agency, item)) for service in SERVICES]


def streams_of(agency: str, case_id: str, case: Case) -> list[Stream]:
    """Return every stream that belongs to a case as a whole: its own, and those that were born outside of it."""
    films, papers = sorted(set(case.sessions.values())), sorted(set(case.records.values()))
    linked = [*(("media", stream) for stream in films), *(("intake", stream) for stream in papers)]
    return [*own_streams(agency, case_id), *linked]


def judged_streams(agency: str, case_id: str, case: Case) -> list[Stream]:
    """Return every stream that tells of a case; of what was born outside of it other services may tell, too."""
    born = sorted({*case.sessions.values(), *case.records.values()})
    return [*own_streams(agency, case_id), *((service, stream) for stream in born for service in SERVICES)]


async def read_facts(
    conn: asyncpg.Connection, streams: Sequence[Stream], *, after: Mapping[Stream, int] = NOTHING
) -> list[Fact]:
    """Return the facts of streams, each service's in the order of its log.

    Parameters
    ----------
    after
        Stream positions up to which facts are already known.
    """
    rows = await conn.fetch(
        _FACTS,
        [service for service, _ in streams],
        [stream for _, stream in streams],
        [after.get(stream, 0) for stream in streams],
    )
    return _in_order(rows)


async def read_shared(conn: asyncpg.Connection, agency: str, positions: Sequence[tuple[str, int]]) -> list[Fact]:
    """Return facts of an agency by service and position, in the order in which they were recorded."""
    rows = await conn.fetch(_SHARED, agency, [service for service, _ in positions], [n for _, n in positions])
    return _in_order(rows)


async def read_wide(conn: asyncpg.Connection, agency: str, *, after: Mapping[str, int] = NO_POSITIONS) -> list[Fact]:
    """Return the facts of all cases and recordings that the agency as a whole is judged by.

    Parameters
    ----------
    after
        Position in each service's log up to which facts are already known.
    """
    rows = await conn.fetch(_WIDE, agency, list(SERVICES), [after.get(service, 0) for service in SERVICES])
    return _in_order(rows)


def _in_order(rows: Iterable[asyncpg.Record]) -> list[Fact]:
    facts = (decode_fact(row["body"], prev_hash=row["prev_hash"], hash_=row["hash"]) for row in rows)
    return sorted(facts, key=lambda fact: (fact.recorded_at, SERVICES.index(fact.service), fact.n))


async def count_wide(conn: asyncpg.Connection, agency: str) -> int:
    """Return how many such facts there are."""
    count: int = await conn.fetchval("select count(*) from copied_fact where agency = $1 and wide", agency)
    return count


async def facts_as_of(conn: asyncpg.Connection, agency: str, case_id: str, instant: datetime) -> list[Fact]:
    """Return the facts of a case as far as they had been recorded by an instant."""
    own = recorded_by(await read_facts(conn, own_streams(agency, case_id)), instant)
    case = reduce(evolve_case, own, None)
    if case is None:
        return []
    own_ones = set(own_streams(agency, case_id))
    linked = [stream for stream in judged_streams(agency, case_id, case) if stream not in own_ones]
    return [*own, *recorded_by(await read_facts(conn, linked), instant)]


def recorded_by(facts: Iterable[Fact], instant: datetime) -> list[Fact]:
    """Return the facts recorded at or before an instant."""
    return [fact for fact in facts if fact.recorded_at <= instant]
