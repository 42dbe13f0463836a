"""Closing the past: until when nothing of any service is missing any more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from casetrail_common.bus.asking import Asker, NoAnswerError
from casetrail_common.bus.catchup import CatchUp
from casetrail_common.bus.topics import others
from casetrail_common.ids import Service
from casetrail_common.ledger.locked import LockedAgency

ANSWER_S: Final = 5.0
"""Seconds in which the other services must say that they have closed their past."""

FOLLOW_S: Final = 5.0
"""Seconds in which what they have recorded until then must have come."""

_UNTIL: Final = "select until from closed_past where agency = $1"
_AWAITS: Final = "select awaits from closed_past where agency = $1"
_CLOSE: Final = """
insert into closed_past (agency, until, awaits) values ($1, $2, '{}')
on conflict (agency) do update set until = greatest(closed_past.until, excluded.until), awaits = '{}'
"""
_AWAIT: Final = """
insert into closed_past (agency, until, awaits) values ($1, '1970-01-01Z', $2)
on conflict (agency) do update set awaits = excluded.awaits
"""
_SET_ASIDE: Final = """
select 'parked: ' || service || ' ' || stream as what from parked where agency = $1
union select 'waiting: ' || service from waiting where agency = $1 order by 1 limit 5
"""


@dataclass(frozen=True, slots=True)
class Watermark:
    """What the other services have promised: how long their logs were when nothing earlier could be added any more."""

    until: datetime
    heads: Mapping[Service, int]


@dataclass(frozen=True, slots=True)
class Past:
    """Closes the past of agencies."""

    pool: asyncpg.Pool
    asker: Asker
    catch_up: CatchUp

    async def ask(self, agency: str) -> Watermark | None:
        """Ask all other services to close their past, and wait until what belongs to it has been followed.

        Returns nothing if that takes too long; what is waited for can then be read from `awaited`.
        """
        try:
            notes = await self.asker.ask(others("archive"), "watermark", agency, timeout_s=ANSWER_S)
        except NoAnswerError as error:
            await self._await(agency, f"no answer: {error.owner}")
            return None
        heads = {note.owner: note.n for note in notes}
        if not await self.catch_up.wait_followed(agency, heads, FOLLOW_S):
            await self._await(agency, *(f"behind: {service}" for service in heads))
            return None
        return Watermark(min(note.t for note in notes if note.t is not None), heads)

    async def close(self, locked: LockedAgency, watermark: Watermark) -> bool:
        """Take note of a watermark under the agency's lock, unless something of the agency is set aside."""
        conn, agency = locked.conn, locked.agency
        aside = [row["what"] for row in await conn.fetch(_SET_ASIDE, agency)]
        if aside:
            await conn.execute(_AWAIT, agency, aside)
            return False
        locked.hold_now()
        await conn.execute(_CLOSE, agency, min(watermark.until, locked.now))
        return True

    async def _await(self, agency: str, *what: str) -> None:
        await self.pool.execute(_AWAIT, agency, list(what))


async def closed_until(conn: asyncpg.Connection, agency: str) -> datetime | None:
    """Return the instant before which nothing is missing any more; None if nothing is known of that."""
    until: datetime | None = await conn.fetchval(_UNTIL, agency)
    return until


async def awaited(conn: asyncpg.Connection, agency: str) -> list[str]:
    """Return what the last attempt to close the past still waited for."""
    return list(await conn.fetchval(_AWAITS, agency) or ())
