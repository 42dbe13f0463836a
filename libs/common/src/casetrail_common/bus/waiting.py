"""Facts that came before their turn: kept until their predecessors and causes have come."""

import json
from collections.abc import Iterable
from typing import Final

import asyncpg

from casetrail_common.bus.envelope import Letter
from casetrail_common.bus.order import Key
from casetrail_common.ids import Service

Stream = tuple[Service, str]
"""A stream by the service whose it is: two services may have streams of the same name."""

_SET_ASIDE: Final = """
select service, n, null as stream from waiting where agency = $1
union all select distinct service, null::bigint, stream from parked where agency = $1
"""


async def set_aside(conn: asyncpg.Connection, agency: str) -> tuple[set[Key], set[Stream]]:
    """Return which facts of an agency are kept for later, and which streams are parked: in one round trip."""
    rows = await conn.fetch(_SET_ASIDE, agency)
    kept = {(row["service"], row["n"]) for row in rows if row["n"] is not None}
    parked = {(row["service"], row["stream"]) for row in rows if row["stream"] is not None}
    return kept, parked


async def load(conn: asyncpg.Connection, agency: str, wanted: Iterable[Key]) -> dict[Key, Letter]:
    """Return kept facts. Their content is not with them: it was put where content is kept when they came."""
    services, ns = _columns(wanted)
    if not ns:
        return {}
    rows = await conn.fetch(
        "select w.* from waiting w join unnest($2::text[], $3::bigint[]) as k (service, n) "
        "on w.service = k.service and w.n = k.n where w.agency = $1",
        agency, services, ns,
    )  # fmt: skip
    return {(row["service"], row["n"]): letter_of(row) for row in rows}


async def keep(conn: asyncpg.Connection, letters: Iterable[Letter]) -> None:
    """Keep facts for later; one that is kept already stays as it is."""
    await conn.executemany(
        "insert into waiting (agency, service, n, body, prev_hash, hash) values ($1, $2, $3, $4, $5, $6) "
        "on conflict do nothing",
        [(letter.agency, letter.service, letter.n, letter.body, letter.prev_hash, letter.hash) for letter in letters],
    )


async def forget(conn: asyncpg.Connection, agency: str, done: Iterable[Key]) -> None:
    """Let go of facts whose turn has come."""
    services, ns = _columns(done)
    if ns:
        await conn.execute(
            "delete from waiting w using unnest($2::text[], $3::bigint[]) as k (service, n) "
            "where w.agency = $1 and w.service = k.service and w.n = k.n",
            agency, services, ns,
        )  # fmt: skip


def letter_of(row: asyncpg.Record) -> Letter:
    """Return a fact from a row that keeps it."""
    return Letter(
        service=row["service"],
        agency=row["agency"],
        n=row["n"],
        stream=_stream_of(row["body"]),
        body=row["body"],
        prev_hash=row["prev_hash"],
        hash=row["hash"],
    )


def _stream_of(body: bytes) -> str:
    """Return the stream that a body names; the body has not been verified."""
    try:
        return str(json.loads(body)["stream"])
    except (ValueError, KeyError, TypeError):
        return "unreadable"


def _columns(wanted: Iterable[Key]) -> tuple[list[str], list[int]]:
    pairs = list(wanted)
    return [service for service, _ in pairs], [n for _, n in pairs]
