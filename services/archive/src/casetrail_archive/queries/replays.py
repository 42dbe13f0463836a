"""What a new pack, calendar or parameter would change in the open cases: judged twice, and nothing recorded."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

import asyncpg

from casetrail_archive import service
from casetrail_archive.commands import ReplayLaw
from casetrail_archive.judging.judge import Judge
from casetrail_archive.judging.laws import law_after
from casetrail_archive.outlook_schemas import CaseReplayed, ChangeShown, JudgedShown, ReplayPage, Words
from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts import Payload
from casetrail_common.ledger.view import View
from casetrail_common.rules import CaseFile, Finding, LawBook, evaluate
from casetrail_common.web import PageWish

_OPEN: Final = """
select id from snapshot where agency = $1 and kind = 'case' and id > $2 and (state ->> 'filed' = 'false'
  or exists (select from timer t where t.agency = $1 and t.scope = snapshot.id))
order by id limit $3
"""


@dataclass(frozen=True, slots=True)
class Replays:
    """Tries out law on open cases."""

    judge: Judge

    async def show(self, who: Principal, wish: ReplayLaw, paging: PageWish) -> ReplayPage:
        """Return the open cases that would be judged otherwise.

        A page looks at as many open cases as it may have items, one after the other and under no lock; it has an item
        for each that would change, so it may be empty and yet not the last.
        """
        store, files = self.judge.store, self.judge.files
        async with store.reading(who.agency) as view:
            payloads = await proposed(wish, who, view)
            now = view.now
        (after,) = paging.after(str) or ("",)
        async with store.pool.acquire() as conn:
            book = await self.judge.laws.at(conn, who.agency, now)
            shared = await files.shared(conn, who.agency)
            rows = await conn.fetch(_OPEN, who.agency, after, paging.limit + 1)
        other = law_after(book, payloads)
        cases = paging.page([row["id"] for row in rows], lambda case: (case,))
        replayed = []
        for case_id in cases.items:
            await asyncio.sleep(0)  # others have their turn between two cases
            async with store.pool.acquire() as conn:
                file = await self._file(conn, who.agency, case_id, now)
            changes = _changes((book, other), file, shared, now)
            if changes:
                replayed.append(CaseReplayed(case=case_id, changes=changes))
        return ReplayPage(items=replayed, next=cases.next, as_of=now, judged=len(cases.items))

    async def _file(self, conn: asyncpg.Connection, agency: str, case_id: str, now: datetime) -> CaseFile:
        return await self.judge.files.at(conn, agency, case_id, now)


async def proposed(wish: ReplayLaw, who: Principal, view: View) -> Sequence[Payload]:
    """Return the facts that would change the law: those that the commands themselves would append.

    Raises
    ------
    CasetrailError
        What the commands would be refused with; `field_missing` if nothing is to be tried.
    """
    decisions = []
    if wish.pack is not None:
        decisions.append(service.load_pack(wish.pack, who))
    if wish.calendar is not None:
        decisions.append(service.load_calendar(wish.calendar, who))
    if wish.parameters is not None:
        decisions.append(service.set_parameters(wish.parameters, who))
    if not decisions:
        raise CasetrailError("field_missing", {"fields": "pack, calendar, parameters"})
    plans = [await decide(view) for decide in decisions]
    return [new.payload for plan in plans for new in plan.facts]


def _changes(books: tuple[LawBook, LawBook], file: CaseFile, shared: CaseFile, now: datetime) -> list[ChangeShown]:
    """Return what is judged otherwise; that it was judged by another version is no change in itself."""
    whole, of = file.with_(shared), file.things.keys()
    before, after = (
        {(one.rule, one.subject): one for one in evaluate(book, whole, as_of=now, of=of)} for book in books
    )
    names = [*before, *(name for name in after if name not in before)]
    changes = []
    for name in names:
        one, other = _shown(before.get(name)), _shown(after.get(name))
        if one != other:
            changes.append(_change(name, one, other, books[1]))
    return changes


def _change(name: tuple[str, str], before: JudgedShown | None, after: JudgedShown | None, book: LawBook) -> ChangeShown:
    rule, subject = name
    gist = next((one.gist for one in book.versions.named(rule)), None)
    return ChangeShown(
        rule=rule,
        subject=subject,
        gist=Words(zh=gist.zh, en=gist.en) if gist else None,
        before=before,
        after=after,
    )


def _shown(finding: Finding | None) -> JudgedShown | None:
    return JudgedShown.model_validate(asdict(finding)) if finding else None
