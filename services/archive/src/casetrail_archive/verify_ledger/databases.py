"""Reading the four databases side by side, each as it stood at one moment."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

import asyncpg

from casetrail_archive.verify_ledger.chains import LogReader, Row
from casetrail_archive.verify_ledger.report import Fault, Report
from casetrail_common.bus.envelope import content_references
from casetrail_common.canonical import chain, commitment
from casetrail_common.ids import SERVICES, Service

AT_ONCE: Final = 1000
"""Rows read at a time: a ledger need not fit into memory."""

_LEDGER: Final = """
select agency, n, stream, stream_seq, body, prev_hash, hash, recorded_at from ledger order by agency collate "C", n
"""
_COPIES: Final = """
select agency, n, stream, body, prev_hash, hash from (
  select agency, n, stream, body, prev_hash, hash from copied_fact where service = $1
  union all select agency, n, stream, body, prev_hash, hash from parked where service = $1
) copies order by agency collate "C", n
"""
_GONE: Final = """
select r.commitment from unnest($1::bytea[]) as r (commitment) left join content c using (commitment)
where c.commitment is null
"""


@dataclass(frozen=True, slots=True)
class _Copy:
    agency: str
    n: int
    stream: str
    body: bytes
    prev_hash: bytes
    hash: bytes


async def verify(dsns: Mapping[Service, str]) -> Report:
    """Recompute every chain of all ledgers and hold each log against what the other services know of it.

    It may run beside the services: each database is read as of one moment, and archive's copies before the logs they
    were taken from.
    """
    report = Report()
    async with AsyncExitStack() as stack:
        followed = {service: await _followed(dsns[service]) for service in SERVICES}
        opened = {service: await _snapshot(stack, dsns[service]) for service in reversed(SERVICES)}
        readers: dict[str, LogReader] = {service: LogReader(service) for service in SERVICES}
        for service in SERVICES:
            witness = None if service == "archive" else opened["archive"]
            await _read_log(opened[service], readers[service], witness, report)
        erased = set().union(*(reader.erased for reader in readers.values()))
        for service in SERVICES:
            await _read_heads(opened[service], readers[service], report)
            await _read_content(opened[service], service, erased, report)
    for follower, logs in followed.items():
        _compare_followed(follower, logs, readers, report)
    return report


async def _followed(dsn: str) -> dict[tuple[str, str], int]:
    conn = await asyncpg.connect(dsn)
    try:
        rows = await conn.fetch("select service, agency, n from followed")
        return {(row["service"], row["agency"]): row["n"] for row in rows}
    finally:
        await conn.close()


async def _snapshot(stack: AsyncExitStack, dsn: str) -> asyncpg.Connection:
    conn = await asyncpg.connect(dsn)
    stack.push_async_callback(conn.close)
    await stack.enter_async_context(conn.transaction(isolation="repeatable_read", readonly=True))
    await conn.fetchval("select count(*) from followed")  # the moment of a snapshot is that of its first query
    return conn


async def _read_log(
    conn: asyncpg.Connection, reader: LogReader, witness: asyncpg.Connection | None, report: Report
) -> None:
    copies = _Copies(reader.service, witness, report)
    await copies.start()
    batch: list[Row] = []
    async for record in conn.cursor(_LEDGER, prefetch=AT_ONCE):
        row = Row(**record)
        report.faults.extend(reader.take(row))
        await copies.compare(row)
        batch.append(row)
        if len(batch) == AT_ONCE:
            await _find_lost_content(conn, reader.service, batch, report)
            batch.clear()
    await _find_lost_content(conn, reader.service, batch, report)
    await copies.finish()
    report.facts[reader.service] = reader.facts


class _Copies:
    """Archive's copies of one log, walked in step with it."""

    def __init__(self, service: str, witness: asyncpg.Connection | None, report: Report) -> None:
        self._service = service
        self._witness = witness
        self._report = report
        self._followed: dict[str, int] = {}
        self._rows: AsyncIterator[asyncpg.Record] | None = None
        self._next: _Copy | None = None

    async def start(self) -> None:
        if self._witness is not None:
            rows = await self._witness.fetch("select agency, n from followed where service = $1", self._service)
            self._followed = {row["agency"]: row["n"] for row in rows}
            self._rows = aiter(self._witness.cursor(_COPIES, self._service, prefetch=AT_ONCE))
            await self._advance()

    async def compare(self, row: Row) -> None:
        if self._witness is None:
            return
        while self._next is not None and (self._next.agency, self._next.n) < (row.agency, row.n):
            await self._say_missing(self._next)
        if self._next is not None and (self._next.agency, self._next.n) == (row.agency, row.n):
            await self._compare_with(row, self._next)
        elif row.n <= self._followed.get(row.agency, 0):
            self._say("never_copied", row)
        else:
            self._report.not_yet_followed += 1

    async def finish(self) -> None:
        while self._next is not None:
            await self._say_missing(self._next)

    async def _compare_with(self, row: Row, copy: _Copy) -> None:
        self._report.copies += 1
        if chain(copy.prev_hash, copy.body) != copy.hash:
            self._say("copy_broken", copy)
        if (copy.body, copy.prev_hash, copy.hash) != (row.body, row.prev_hash, row.hash):
            self._say("rewritten", row)
        await self._advance()

    async def _say_missing(self, copy: _Copy) -> None:
        self._say("missing", copy)
        await self._advance()

    async def _advance(self) -> None:
        record = None if self._rows is None else await anext(self._rows, None)
        self._next = None if record is None else _Copy(**record)

    def _say(self, kind: str, at: Row | _Copy) -> None:
        self._report.faults.append(Fault(kind, self._service, at.agency, at.n, at.stream))


async def _find_lost_content(conn: asyncpg.Connection, service: str, rows: list[Row], report: Report) -> None:
    """Find what bodies refer to and the table no longer holds, not even as erased."""
    owners = {reference: row for row in rows for reference in content_references(row.body)}
    for found in await conn.fetch(_GONE, list(owners)) if owners else ():
        row = owners[found["commitment"]]
        report.faults.append(Fault("content_lost", service, row.agency, row.n, row.stream, found["commitment"].hex()))


async def _read_heads(conn: asyncpg.Connection, reader: LogReader, report: Report) -> None:
    for row in await conn.fetch("select agency, n from agency_head"):
        if row["n"] != reader.heads.get(row["agency"], 0):
            report.faults.append(Fault("head_differs", reader.service, row["agency"], row["n"]))
    told = {row["stream"]: (row["stream_seq"], row["hash"]) for row in await conn.fetch("select * from stream_head")}
    for stream in told.keys() | reader.streams.keys():
        if told.get(stream) != reader.streams.get(stream):
            report.faults.append(Fault("stream_head_differs", reader.service, stream.split(":")[1], stream=stream))


async def _read_content(conn: asyncpg.Connection, service: str, erased: set[bytes], report: Report) -> None:
    async for row in conn.cursor("select commitment, agency, salt, bytes from content", prefetch=AT_ONCE):
        digest = row["commitment"]
        if row["bytes"] is None:
            if digest not in erased:
                report.faults.append(Fault("content_lost", service, row["agency"], more=digest.hex()))
            continue
        report.contents += 1
        if commitment(row["salt"], row["bytes"]) != digest:
            report.faults.append(Fault("content_forged", service, row["agency"], more=digest.hex()))


def _compare_followed(
    follower: str, logs: Mapping[tuple[str, str], int], readers: Mapping[str, LogReader], report: Report
) -> None:
    """A log that ends before what another service has followed of it was cut off."""
    for (service, agency), n in logs.items():
        reader = readers.get(service)
        if reader is not None and n > reader.heads.get(agency, 0):
            report.faults.append(Fault("cut_off", service, agency, n, more=f"{follower} has followed so far"))
