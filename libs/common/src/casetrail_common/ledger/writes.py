"""The one statement that writes a commit, of as many clauses as there is something to write."""

import json
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Final

import asyncpg

from casetrail_common.ledger.content import ContentItem
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.view import AlsoKeep, Clause, Job, Key, Place
from casetrail_common.ledger.waking import JOB, OUTBOX

_FACTS: Final = """
  insert into ledger (agency, n, stream, stream_seq, body, prev_hash, hash, recorded_at, traceparent)
  select $1, f.* from unnest({0}::bigint[], {1}::text[], {2}::bigint[], {3}::bytea[], {4}::bytea[], {5}::bytea[],
                             {6}::timestamptz[], {7}::text[]) as f
"""
_OUTBOX: Final = "insert into outbox (agency, n) select $1, n from unnest({0}::bigint[]) as n order by n"
_HEADS: Final = """
  insert into stream_head (stream, stream_seq, hash)
  select distinct on (f.stream) f.stream, f.seq, f.hash
  from unnest({0}::text[], {1}::bigint[], {2}::bytea[]) as f (stream, seq, hash) order by f.stream, f.seq desc
  on conflict (stream) do update set stream_seq = excluded.stream_seq, hash = excluded.hash
"""
_TIP: Final = "update agency_head set n = {0}::bigint, last = {1}::timestamptz where agency = $1"
_CONTENT: Final = """
  insert into content (commitment, agency, salt, bytes)
  select c.commitment, $1, c.salt, c.bytes
  from unnest({0}::bytea[], {1}::bytea[], {2}::bytea[]) as c (commitment, salt, bytes)
  on conflict (commitment) do nothing
"""
_STATES: Final = """
  insert into snapshot (agency, kind, id, version, state)
  select $1, s.kind, s.id, {3}::bigint, s.state::jsonb
  from unnest({0}::text[], {1}::text[], {2}::text[]) as s (kind, id, state)
  on conflict (agency, kind, id) do update set state = excluded.state, version = excluded.version
"""
_ANSWERED: Final = """
  insert into idempotency (agency, person, key, request_hash, answer, recorded_at)
  select $1, a.person, a.key, a.request_hash, a.answer::jsonb, clock_timestamp()
  from unnest({0}::text[], {1}::text[], {2}::bytea[], {3}::text[]) as a (person, key, request_hash, answer)
"""
_FOLLOWED: Final = """
  insert into followed (agency, service, n) select $1, f.* from unnest({0}::text[], {1}::bigint[]) as f
  on conflict (agency, service) do update set n = excluded.n
"""
PROGRESS: Final = """
  insert into progress (topic, partition, next_offset)
  select * from unnest({0}::text[], {1}::int[], {2}::bigint[])
  on conflict (topic, partition) do update set next_offset = greatest(progress.next_offset, excluded.next_offset)
"""
_JOBS: Final = """
  insert into job (agency, kind, key, payload, not_before)
  select $1, j.kind, j.key, j.payload::jsonb, coalesce(j.at, now())
  from unnest({0}::text[], {1}::text[], {2}::text[], {3}::timestamptz[]) as j (kind, key, payload, at)
  on conflict (agency, kind, key) do nothing
"""
_FINISHED: Final = """
  delete from job j using unnest({0}::text[], {1}::text[]) as f (kind, key)
  where j.agency = $1 and j.kind = f.kind and j.key = f.key
"""
_LASTING: Final = "select $1::text"
_REPEATABLE: Final = f"{_LASTING}, set_config('synchronous_commit', 'off', true)"

_TAKEN: Final = re.compile(r"\{(\d+)\}")


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
    version: int = field(default_factory=partial(secrets.randbits, 62))
    """Of these states. Drawn, so that it is never that of another transaction, not even of one that was lost."""
    followed: dict[str, int] = field(default_factory=dict)
    progress: dict[Place, int] = field(default_factory=dict)
    """Next offset in each partition of a topic that is followed."""
    jobs: dict[tuple[str, str], Job] = field(default_factory=dict)
    finished: list[tuple[str, str]] = field(default_factory=list)
    copies: list[Fact] = field(default_factory=list)
    tip: tuple[int, datetime] | None = None
    """Where the log ends, and the instant before which nothing more is recorded; None if they stay."""
    answered: list[Answered] = field(default_factory=list)

    @property
    def wakes(self) -> tuple[str, ...]:
        """The channels on which somebody waits for what was written."""
        return (*((OUTBOX,) if self.facts else ()), *((JOB,) if self.jobs else ()))

    async def execute(
        self, conn: asyncpg.Connection, agency: str, *, also_keep: AlsoKeep | None, repeatable: bool
    ) -> None:
        """Write everything.

        Which rows are written together matters to nobody: the transaction is the unit.

        Parameters
        ----------
        repeatable
            Whether all that the transaction does would be done again if the database forgot it. If so, the commit does
            not wait for the disk; a later one that waits takes it along, for the database's log has one order.
        """
        await self._execute_rare(conn, agency)
        clauses = [*self._clauses(), *([also_keep(self.copies)] if also_keep and self.copies else ())]
        if clauses:
            statement = _statement(tuple(sql for sql, _ in clauses), _REPEATABLE if repeatable else _LASTING)
            await conn.execute(statement, agency, *(value for _, values in clauses for value in values))

    def _clauses(self) -> Iterator[Clause]:
        if self.facts:
            columns = _columns(self.facts, "n", "stream", "stream_seq", "body", "prev_hash", "hash", "recorded_at")
            yield _FACTS, [*columns, self.traceparents]
            yield _OUTBOX, columns[:1]
            yield _HEADS, [columns[1], columns[2], columns[5]]
        if self.tip:
            yield _TIP, list(self.tip)
        if self.content:
            yield _CONTENT, _columns(self.content, "commitment", "salt", "bytes")
        if states := [(*key, state) for key, state in self.states.items() if state is not None]:
            yield _STATES, [*_turned(states), self.version]
        if self.answered:
            answers = [json.dumps(one.answer) for one in self.answered]
            yield _ANSWERED, [*_columns(self.answered, "person", "key", "request_hash"), answers]
        if self.followed:
            yield _FOLLOWED, [list(self.followed), list(self.followed.values())]
        if self.finished and not self.jobs:
            yield _FINISHED, _turned(self.finished)
        if self.progress:
            yield PROGRESS, _turned([(*place, offset) for place, offset in self.progress.items()])
        if self.jobs:
            yield (
                _JOBS,
                _turned([(job.kind, job.key, json.dumps(job.payload), job.not_before) for job in self.jobs.values()]),
            )

    async def _execute_rare(self, conn: asyncpg.Connection, agency: str) -> None:
        """Write what must come before the rest: a job that was done may be asked for again, content erased once."""
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
        if self.finished and self.jobs:
            await conn.execute(_FINISHED.format("$2", "$3"), agency, *_turned(self.finished))


@lru_cache(maxsize=256)
def _statement(clauses: tuple[str, ...], selected: str) -> str:
    """Put a statement together, numbering what its clauses take one after the other."""
    place, queries = 2, []
    for number, clause in enumerate(clauses):
        takes = {int(one) for one in _TAKEN.findall(clause)}
        queries.append(f"w{number} as ({_TAKEN.sub(_numbered(place), clause)})")
        place += len(takes)
    return f"with {', '.join(queries)} {selected}"


def _numbered(first: int) -> Callable[[re.Match[str]], str]:
    return lambda found: f"${first + int(found[1])}"


def _columns(rows: Sequence[Any], *names: str) -> list[list[Any]]:
    """Turn rows into one list per column, as `unnest` takes them."""
    return [[getattr(row, name) for row in rows] for name in names]


def _turned(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    """Turn rows into one list per column; there is at least one row."""
    return [list(column) for column in zip(*rows, strict=True)]
