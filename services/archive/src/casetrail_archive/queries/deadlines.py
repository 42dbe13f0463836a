"""Open deadlines of a unit or an agency, the next ones first."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import asyncpg

from casetrail_archive.judging.judge import Judge
from casetrail_archive.judging.scopes import Scope
from casetrail_archive.outlook_schemas import DeadlineShown, Words
from casetrail_archive.queries.sight import ACROSS_UNITS
from casetrail_common.auth import Principal
from casetrail_common.auth.sight import WITHIN_UNIT
from casetrail_common.rules import LawBook
from casetrail_common.web import Page, PageWish

_OPEN: Final = """
select * from open_deadline
where agency = $1 and ($2::text is null or unit = $2) and ($3::timestamptz is null or due <= $3)
  and (due, scope, rule, subject) > ($4, $5, $6, $7)
order by due, scope, rule, subject limit $8
"""
_START: Final = (0, "", "", "")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Answers which deadlines are open."""

    judge: Judge

    async def show(
        self, who: Principal, paging: PageWish, *, unit: str | None, until: datetime | None
    ) -> Page[DeadlineShown]:
        """Return deadlines that run or were missed, in the order in which they fall due.

        Parameters
        ----------
        unit
            Unit of the cases; absent = all of the agency.
        until
            Leave out what falls due later.
        """
        if unit is None or unit != who.unit or who.roles.isdisjoint(WITHIN_UNIT):
            who.require(ACROSS_UNITS)
        due, *after = paging.after(int, str, str, str) or _START
        async with self.judge.store.reading(who.agency) as view:
            now = view.now
        async with self.judge.store.pool.acquire() as conn:
            begin = datetime.fromtimestamp(min(int(due), _LAST), UTC)
            rows = await conn.fetch(_OPEN, who.agency, unit, until, begin, *after, paging.limit + 1)
            book = await self.judge.laws.at(conn, who.agency, now)
        listed = paging.page(rows, lambda row: (int(row["due"].timestamp()), row["scope"], row["rule"], row["subject"]))
        return Page[DeadlineShown](items=[_shown(row, book) for row in listed.items], next=listed.next)


_LAST: Final = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp())
"""No later instant is a due date."""


def _shown(row: asyncpg.Record, book: LawBook) -> DeadlineShown:
    rule = next(iter(book.versions.named(row["rule"])), None)
    return DeadlineShown(
        case=Scope.of(row["scope"]).case,
        unit=row["unit"],
        rule=row["rule"],
        gist=Words(zh=rule.gist.zh, en=rule.gist.en) if rule else None,
        subject=row["subject"],
        subject_kind=row["subject_kind"],
        status=row["status"],
        due=row["due"],
        provisional=row["provisional"],
        pack=row["pack"],
        calendar=row["calendar"],
    )
