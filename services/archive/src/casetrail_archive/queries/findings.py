"""Showing findings: the last judgement, or how things stood at an instant, judged anew on what was recorded by then."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casetrail_archive.judging.findings import finding_from, held_back
from casetrail_archive.judging.judge import Judge
from casetrail_archive.judging.past import Past, awaited, closed_until
from casetrail_archive.judging.scopes import AGENCY, Scope
from casetrail_archive.projections import LOOSE
from casetrail_archive.queries.sight import ACROSS_UNITS, case_in_sight
from casetrail_archive.schemas import FindingShown, FindingsPage
from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.rules import Finding
from casetrail_common.web import PageWish

_CASES: Final = """
select id from snapshot where agency = $1 and kind = 'case' and (id > $2 or (id = $2 and $3)) order by id limit 50
"""
_LOOSE: Final = """
select id from snapshot where agency = $1 and kind = $2 and id >= $3
  and (state ->> 'since' is null or (state ->> 'since')::timestamptz > $4) order by id
"""
_LATEST: Final = """
select * from (
  select distinct on (scope, rule, subject) * from finding
  where agency = $1 and (scope, rule, subject) > ($2, $3, $4) and (not $5 or strpos(scope, ':') > 0)
  order by scope, rule, subject, id desc
) latest where ($6::text is null or rule = $6) and ($7::text is null or status = $7)
  and not exists (
    select from snapshot s where s.agency = $1 and s.kind in ('session', 'record')
      and s.id = split_part(scope, ':', 2) and s.kind = split_part(scope, ':', 1) and s.state -> 'cases' <> '[]')
order by scope, rule, subject limit $8
"""
"""What a case has taken up since is judged there."""

Row = tuple[str, Finding]
Key = tuple[str, str, str]
"""Scope, rule and subject: the order in which findings are listed."""

START: Final[Key] = ("", "", "")


@dataclass(frozen=True, slots=True)
class FindingsWish:
    """Which findings are asked for."""

    case: str | None = None
    agency: bool = False
    """Only what belongs to no case: the agency, its devices, recordings and records without a case, requests."""
    as_of: datetime | None = None
    rule: str | None = None
    status: str | None = None

    def fits(self, finding: Finding) -> bool:
        """Whether a finding is asked for."""
        return self.rule in (None, finding.rule) and self.status in (None, finding.status)


@dataclass(frozen=True, slots=True)
class Findings:
    """Answers questions about findings."""

    judge: Judge
    past: Past

    async def show(self, who: Principal, wish: FindingsWish, paging: PageWish) -> FindingsPage:
        """Return findings in the order of scope, rule and subject."""
        now = await self._require(who, wish)
        as_of = wish.as_of or now
        if as_of > now:
            raise CasetrailError("as_of_ahead", {"now": now.isoformat()})
        if wish.as_of is not None and as_of < now:
            await self._close_past(who.agency, as_of)
        after = _key(paging.after(str, str, str))
        judged = wish.case is not None or wish.as_of is not None
        rows = await (self._judged if judged else self._latest)(who.agency, wish, as_of, after, paging.limit + 1)
        async with self.judge.store.pool.acquire() as conn:
            until = await closed_until(conn, who.agency)
            awaits = await awaited(conn, who.agency)
        listed = paging.page(rows, _place)
        is_final = until is not None and until > as_of
        return FindingsPage(
            items=[_shown(Scope.of(scope), finding) for scope, finding in listed.items],
            next=listed.next,
            as_of=as_of,
            is_final=is_final,
            awaits=[] if is_final else awaits,
        )

    async def _require(self, who: Principal, wish: FindingsWish) -> datetime:
        """Insist that the person may ask, and return the agency's time."""
        async with self.judge.store.reading(who.agency) as view:
            if wish.case is None:
                who.require(ACROSS_UNITS)
            else:
                await case_in_sight(view, who, wish.case)
            return view.now

    async def _close_past(self, agency: str, as_of: datetime) -> None:
        """Make sure, if it can be had in time, that nothing recorded by an instant is missing any more."""
        async with self.judge.store.pool.acquire() as conn:
            until = await closed_until(conn, agency)
        if until is not None and until > as_of:
            return
        watermark = await self.past.ask(agency)
        if watermark is not None:
            async with self.judge.store.locked(agency) as locked:
                await self.past.close(locked, watermark)

    async def _latest(self, agency: str, wish: FindingsWish, _as_of: datetime, after: Key, limit: int) -> list[Row]:
        async with self.judge.store.pool.acquire() as conn:
            rows = await conn.fetch(_LATEST, agency, *after, wish.agency, wish.rule, wish.status, limit)
        return [(row["scope"], finding_from(row)) for row in rows]

    async def _judged(self, agency: str, wish: FindingsWish, as_of: datetime, after: Key, limit: int) -> list[Row]:
        found: list[Row] = []
        async for scope in self._scopes(agency, wish, as_of, after[0]):
            async with self.judge.store.pool.acquire() as conn:
                judged = await self.judge.judged_at(conn, agency, scope.key, as_of)
                findings = held_back(judged, closed_until=await closed_until(conn, agency))
            rows = [(scope.key, finding) for finding in findings if wish.fits(finding)]
            found += sorted((row for row in rows if _place(row) > after), key=_place)
            if len(found) >= limit:
                break
        return found[:limit]

    async def _scopes(self, agency: str, wish: FindingsWish, as_of: datetime, first: str) -> AsyncIterator[Scope]:
        """Yield what is asked about, in the order of keys, from a key on."""
        if wish.case is not None:
            yield Scope("case", wish.case)
            return
        whole = Scope(AGENCY, agency)
        if first <= whole.key:
            yield whole
        if not wish.agency:
            async for case_id in self._cases(agency, first if first > whole.key else ""):
                yield Scope("case", case_id)
        for kind in sorted(LOOSE):
            beginning, _, item = first.rpartition(":")
            if beginning <= kind:
                rows = await self.judge.store.pool.fetch(_LOOSE, agency, kind, item if beginning == kind else "", as_of)
                for row in rows:
                    yield Scope(kind, row["id"])

    async def _cases(self, agency: str, first: str) -> AsyncIterator[str]:
        rows = await self.judge.store.pool.fetch(_CASES, agency, first, True)
        while rows:
            for row in rows:
                yield row["id"]
            rows = await self.judge.store.pool.fetch(_CASES, agency, rows[-1]["id"], False)


def _key(cursor: tuple[str | int, ...] | None) -> Key:
    return START if cursor is None else (str(cursor[0]), str(cursor[1]), str(cursor[2]))


def _place(row: Row) -> Key:
    scope, finding = row
    return scope, finding.rule, finding.subject


def _shown(scope: Scope, finding: Finding) -> FindingShown:
    return FindingShown(
        case=scope.case,
        rule=finding.rule,
        subject=AGENCY if finding.subject_kind == AGENCY else finding.subject,
        subject_kind=finding.subject_kind,
        status=finding.status,
        severity=finding.severity,
        due=finding.due,
        provisional=finding.provisional,
        late_by_s=finding.late_by_s,
        basis=finding.basis,
        evidence=list(finding.evidence),
        incidents=finding.incidents,
        mitigation=finding.mitigation,
        since=finding.since,
        pack=finding.pack,
        calendar=finding.calendar,
        engine=finding.engine,
    )
