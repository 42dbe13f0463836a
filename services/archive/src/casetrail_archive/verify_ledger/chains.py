"""One service's log, row by row: positions, chains, hashes. Pure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casetrail_archive.verify_ledger.report import Fault
from casetrail_common.canonical import chain, first_prev


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a ledger, as it stands in the table."""

    agency: str
    n: int
    stream: str
    stream_seq: int
    body: bytes
    prev_hash: bytes
    hash: bytes
    recorded_at: datetime


@dataclass
class LogReader:
    """Recomputes a service's log; rows must come by agency and position."""

    service: str
    facts: int = 0
    heads: dict[str, int] = field(default_factory=dict)
    """Last position by agency."""
    streams: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """Last position and hash by stream."""
    erased: set[bytes] = field(default_factory=set)
    """Commitments that facts of this log say were erased."""
    _last: tuple[str, datetime] | None = None

    def take(self, row: Row) -> Iterator[Fault]:
        """Take the next row and yield what is wrong with it."""
        self.facts += 1
        kinds = [*self._position(row), *self._chain(row), *self._body(row)]
        self.heads[row.agency] = row.n
        self.streams[row.stream] = (row.stream_seq, row.hash)
        self._last = (row.agency, row.recorded_at)
        for kind in kinds:
            yield Fault(kind, self.service, row.agency, row.n, row.stream)

    def _position(self, row: Row) -> Iterator[str]:
        if row.n != self.heads.get(row.agency, 0) + 1:
            yield "position_missing"
        if self._last and self._last[0] == row.agency and row.recorded_at < self._last[1]:
            yield "time_goes_back"

    def _chain(self, row: Row) -> Iterator[str]:
        seq, prev = self.streams.get(row.stream) or (0, first_prev(self.service, row.stream))
        if row.stream_seq != seq + 1:
            yield "stream_position_missing"
        if row.prev_hash != prev:
            yield "chain_broken"
        if chain(row.prev_hash, row.body) != row.hash:
            yield "hash_wrong"

    def _body(self, row: Row) -> Iterator[str]:
        try:
            body = json.loads(row.body)
            told = (*(body[name] for name in ("service", "agency", "n", "stream", "stream_seq")),)
            recorded_at = datetime.fromisoformat(body["recorded_at"])
        except (ValueError, KeyError, TypeError):
            yield "unreadable"
            return
        if told != (self.service, row.agency, row.n, row.stream, row.stream_seq) or recorded_at != row.recorded_at:
            yield "columns_differ"
        self._note_erasure(body)

    def _note_erasure(self, body: dict[str, Any]) -> None:
        if body.get("type") == "content.erased":
            self.erased.update(bytes.fromhex(digest) for digest in body["payload"]["commitments"])
