"""The one statement that writes a commit."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import asyncpg

from casetrail_common.ledger.content import ContentItem
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.view import Job, Key
from casetrail_common.ledger.waking import JOB, OUTBOX

_FACTS: Final = """
with facts as (
  insert into ledger (agency, n, stream, stream_seq, body, prev_hash, hash, recorded_at, traceparent)
  select $1, f.* from unnest($2::bigint[], $3::text[], $4::bigint[], $5::bytea[], $6::bytea[], $7::bytea[],
                             $8::timestamptz[], $11::text[]) as f
), heads as (
  insert into stream_head (stream, stream_seq, hash)
  select distinct on (f.stream) f.stream, f.seq, f.hash
  from unnest($3::text[], $4::bigint[], $7::bytea[]) as f (stream, seq, hash) order by f.stream, f.seq desc
  on conflict (stream) do update set stream_seq = excluded.stream_seq, hash = excluded.hash
), tip as (
  update agency_head set n = $9, last = $10, simulated = $12::timestamptz where agency = $1
), texts as (
  insert into content (commitment, agency, salt, bytes)
  select c.commitment, $1, c.salt, c.bytes
  from unnest($13::bytea[], $14::bytea[], $15::bytea[]) as c (commitment, salt, bytes)
  on conflict (commitment) do nothing
), states as (
  insert into snapshot (agency, kind, id, version, state)
  select $1, s.kind, s.id, pg_current_xact_id()::text::bigint, s.state::jsonb
  from unnest($16::text[], $17::text[], $18::text[]) as s (kind, id, state)
  where s.state is not null
  on conflict (agency, kind, id) do update set state = excluded.state, version = excluded.version
), published as (
  insert into outbox (agency, n, note)
  select $1, o.n, o.note from unnest($19::bigint[], $20::bytea[]) with ordinality as o (n, note, i) order by o.i
), answered as (
  insert into idempotency (agency, person, key, request_hash, answer, recorded_at)
  select $1, a.person, a.key, a.request_hash, a.answer::jsonb, clock_timestamp()
  from unnest($21::text[], $22::text[], $23::bytea[], $24::text[]) as a (person, key, request_hash, answer)
), followed as (
  insert into followed (agency, service, n) select $1, f.* from unnest($25::text[], $26::bigint[]) as f
  on conflict (agency, service) do update set n = excluded.n
)
select pg_current_xact_id()::text::bigint
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that a repeat of the same request gets again: ids, positions and codes, no content."""

    person: str
    key: str
    request_hash: bytes
    answer: dict[str, Any]


@dataclass
class Writes:
    """What one transaction over an agency will have written when it commits."""

    facts: list[Fact] = field(default_factory=list)
    traceparents: list[str | None] = field(default_factory=list)
    """Of each fact."""
    content: list[ContentItem] = field(default_factory=list)
    erased: list[bytes] = field(default_factory=list)
    """Commitments whose content goes, or must never come."""
    states: dict[Key, str | None] = field(default_factory=dict)
    """JSON text per snapshot; None forgets it."""
    followed: dict[str, int] = field(default_factory=dict)
    again: list[int] = field(default_factory=list)
    notes: list[bytes] = field(default_factory=list)
    jobs: dict[tuple[str, str], Job] = field(default_factory=dict)
    finished: list[tuple[str, str]] = field(default_factory=list)
    copies: list[Fact] = field(default_factory=list)
    head: tuple[int, datetime, datetime | None] | None = None
    answered: list[Answered] = field(default_factory=list)

    @property
    def wakes(self) -> tuple[str, ...]:
        """The channels on which somebody waits for what was written."""
        published = self.facts or self.again or self.notes
        return (*((OUTBOX,) if published else ()), *((JOB,) if self.jobs else ()))

    async def execute(self, conn: asyncpg.Connection, agency: str) -> int:
        """Write everything and return the version under which states were written.

        Which rows are written together matters to nobody: the transaction is the unit.
        """
        if self.head is None:
            raise RuntimeError("the head of the agency was not taken")
        n, last, simulated = self.head
        outgoing: list[tuple[int | None, bytes | None]] = [
            *((again, None) for again in self.again),
            *((fact.n, None) for fact in self.facts),
            *((None, note) for note in self.notes),
        ]
        version = await conn.fetchval(
            _FACTS,
            agency,
            *_columns(self.facts, "n", "stream", "stream_seq", "body", "prev_hash", "hash", "recorded_at"),
            n,
            last,
            self.traceparents,
            simulated,
            *_columns(self.content, "commitment", "salt", "bytes"),
            [kind for kind, _ in self.states],
            [item for _, item in self.states],
            list(self.states.values()),
            [number for number, _ in outgoing],
            [note for _, note in outgoing],
            *_columns(self.answered, "person", "key", "request_hash"),
            [json.dumps(one.answer) for one in self.answered],
            list(self.followed),
            list(self.followed.values()),
        )
        await self._execute_rare(conn, agency)
        return int(version)

    async def _execute_rare(self, conn: asyncpg.Connection, agency: str) -> None:
        forgotten = [key for key, state in self.states.items() if state is None]
        if forgotten:
            await conn.executemany(
                "delete from snapshot where agency = $1 and kind = $2 and id = $3",
                [(agency, *key) for key in forgotten],
            )
        if self.erased:
            await conn.execute(
                "insert into content (commitment, agency) select distinct unnest($2::bytea[]), $1 "
                "on conflict (commitment) do update set salt = null, bytes = null",
                agency, self.erased,
            )  # fmt: skip
        if self.finished:
            await conn.executemany(
                "delete from job where agency = $1 and kind = $2 and key = $3",
                [(agency, *done) for done in self.finished],
            )
        if self.jobs:
            jobs = list(self.jobs.values())
            await conn.execute(
                "insert into job (agency, kind, key, payload, not_before) "
                "select $1, j.kind, j.key, j.payload::jsonb, coalesce(j.at, now()) "
                "from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[]) as j (kind, key, payload, at) "
                "on conflict (agency, kind, key) do nothing",
                agency, *_columns(jobs, "kind", "key"), [json.dumps(job.payload) for job in jobs],
                *_columns(jobs, "not_before"),
            )  # fmt: skip


def _columns(rows: list[Any], *names: str) -> list[list[Any]]:
    """Turn rows into one list per column, as `unnest` takes them."""
    return [[getattr(row, name) for row in rows] for name in names]
