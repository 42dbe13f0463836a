"""The law that binds an agency, as it had been recorded at an instant."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import asyncpg

from casetrail_archive.projections import LAW_FACTS
from casetrail_common.calendar import Calendar
from casetrail_common.facts import Payload
from casetrail_common.facts.archive import CalendarLoadedV1, PackLoadedV1, ParametersSetV1
from casetrail_common.ledger.fact import decode_fact
from casetrail_common.ledger.locked import load_snapshot
from casetrail_common.rules import LawBook, activate, compiled

_KNOWN: Final = "select n from ledger where agency = $1 and n = any ($2) and recorded_at <= $3 order by n"
_FACTS: Final = "select body, prev_hash, hash from ledger where agency = $1 and n = any ($2) order by n"

KEPT: Final = 64
"""States of the law kept compiled in a process: one per agency, and those that questions about the past asked for."""


class Laws:
    """Reads law from archive's own ledger, where every pack, calendar and parameter is a fact."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, tuple[int, ...]], LawBook] = {}

    async def at(self, conn: asyncpg.Connection, agency: str, instant: datetime) -> LawBook:
        """Return the law as far as it had been recorded by an instant."""
        state = (await load_snapshot(conn, agency, LAW_FACTS, agency))[1]
        rows = await conn.fetch(_KNOWN, agency, list(state.positions) if state else [], instant)
        return await self.of(conn, agency, tuple(row["n"] for row in rows))

    async def of(self, conn: asyncpg.Connection, agency: str, positions: tuple[int, ...]) -> LawBook:
        """Return the law of facts by their positions in the log."""
        key = (agency, positions)
        if key not in self._kept:
            if len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = await self._read(conn, *key)
        return self._kept[key]

    async def _read(self, conn: asyncpg.Connection, agency: str, positions: tuple[int, ...]) -> LawBook:
        rows = await conn.fetch(_FACTS, agency, list(positions))
        facts = (decode_fact(row["body"], prev_hash=row["prev_hash"], hash_=row["hash"]) for row in rows)
        return law_after(LawBook(()), (fact.payload for fact in facts))


def law_after(book: LawBook, payloads: Iterable[Payload | None]) -> LawBook:
    """Return the law after facts that change it, in the order in which they were recorded."""
    packs = {active.pack.name: active for active in book.packs}
    calendar, settings = book.calendar, dict(book.settings)
    for payload in payloads:
        match payload:
            case PackLoadedV1() as loaded:
                pack = compiled(loaded.document, sha256=loaded.sha256)
                packs[pack.name] = activate(pack, loaded.valid_from)
            case CalendarLoadedV1() as loaded:
                calendar = Calendar.of(loaded)
            case ParametersSetV1(values=values):
                settings |= values
    return LawBook(tuple(packs.values()), calendar, settings)
