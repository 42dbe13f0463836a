"""Findings as rows: what the last judgement says, and what a new one changes."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final

import asyncpg

from casetrail_archive.judging.deadlines import END, points
from casetrail_common.rules import Finding
from casetrail_common.rules.limits import ONE_SECOND

Key = tuple[str, str]
"""Rule and subject."""

_PASSING: Final[dict[str, Any]] = {"next_due": None, "sets": {}, "begun": None}
"""What is not kept of a finding: the next judgement says it again."""

_COLUMNS: Final = tuple(column.name for column in fields(Finding) if column.name not in _PASSING)

_LATEST: Final = f"""
select distinct on (rule, subject) {", ".join(_COLUMNS)} from finding where agency = $1 and scope = $2
order by rule, subject, id desc
"""  # noqa: S608  column names come from the dataclass
_ADD: Final = f"""
insert into finding (agency, scope, as_of, {", ".join(_COLUMNS)})
values ({", ".join(f"${place}" for place in range(1, len(_COLUMNS) + 4))})
"""  # noqa: S608  column names come from the dataclass
OPEN: Final = frozenset({"pending", "overdue"})
"""Statuses of a duty whose period runs, or ended with it undone."""

_CLOSE: Final = """
delete from open_deadline d using unnest($3::text[], $4::text[]) as t (rule, subject)
where d.agency = $1 and d.scope = $2 and d.rule = t.rule and d.subject = t.subject
"""
_OPEN: Final = """
insert into open_deadline (agency, scope, unit, rule, subject, subject_kind, status, due, provisional, pack, calendar)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
_CLEAR_TIMERS: Final = "delete from timer where agency = $1 and scope = $2 and fire_at > $3"
_SET_TIMERS: Final = """
insert into timer (agency, scope, rule, subject, due_at, percent, fire_at)
select $1, $2, t.rule, t.subject, t.due_at, t.percent, t.fire_at
from unnest($3::text[], $4::text[], $5::timestamptz[], $6::smallint[], $7::timestamptz[])
  as t (rule, subject, due_at, percent, fire_at)
on conflict do nothing
"""


def held_back(found: Iterable[Finding], *, closed_until: datetime | None) -> list[Finding]:
    """Return findings in which nothing is overdue before it is known that nobody has done it in time.

    Parameters
    ----------
    closed_until
        Instant before which no fact of any service is missing any more; None if nothing is known of that.
    """
    return [_awaited(finding) if _is_early(finding, closed_until) else finding for finding in found]


def _is_early(finding: Finding, closed_until: datetime | None) -> bool:
    if finding.status != "overdue" or finding.due is None:
        return False
    return closed_until is None or closed_until < finding.due + ONE_SECOND


def _awaited(finding: Finding) -> Finding:
    return replace(finding, status="pending", severity=None, next_due=finding.due)


def changes(before: Iterable[Finding], found: Iterable[Finding]) -> list[Finding]:
    """Return what a new judgement says otherwise; what it no longer speaks of is not applicable any more."""
    known = {(finding.rule, finding.subject): finding for finding in before}
    now = {(finding.rule, finding.subject): finding for finding in found}
    changed = [finding for key, finding in now.items() if _plain(finding) != _plain(known.get(key))]
    gone = [known[key] for key in known.keys() - now.keys() if known[key].status != "not_applicable"]
    withdrawn = [
        replace(finding, status="not_applicable", severity=None, due=None, provisional=False, late_by_s=None)
        for finding in sorted(gone, key=lambda finding: (finding.rule, finding.subject))
    ]
    return [*changed, *withdrawn]


def _plain(finding: Finding | None) -> Finding | None:
    return None if finding is None else replace(finding, **_PASSING)


async def latest(conn: asyncpg.Connection, agency: str, scope: str) -> list[Finding]:
    """Return what the last judgement of a case says."""
    return [finding_from(row) for row in await conn.fetch(_LATEST, agency, scope)]


def finding_from(row: asyncpg.Record) -> Finding:
    """Return a row as a finding."""
    values = {name: row[name] for name in _COLUMNS}
    return Finding(**{**values, "evidence": tuple(values["evidence"])}, next_due=None)


async def add_rows(
    conn: asyncpg.Connection, agency: str, scope: str, changed: Sequence[Finding], *, as_of: datetime
) -> None:
    """Add a row for each finding that changed."""
    rows = [(agency, scope, as_of, *(getattr(finding, name) for name in _COLUMNS)) for finding in changed]
    await conn.executemany(_ADD, rows)


async def list_deadlines(
    conn: asyncpg.Connection, agency: str, scope: str, changed: Sequence[Finding], *, unit: str | None
) -> None:
    """Keep the list of open deadlines as the findings that changed say."""
    await conn.execute(_CLOSE, agency, scope, [one.rule for one in changed], [one.subject for one in changed])
    rows = [
        (
            agency,
            scope,
            unit,
            one.rule,
            one.subject,
            one.subject_kind,
            one.status,
            one.due,
            one.provisional,
            one.pack,
            one.calendar,
        )
        for one in changed
        if one.status in OPEN and one.due
    ]
    if rows:
        await conn.executemany(_OPEN, rows)


async def set_timers(
    conn: asyncpg.Connection, agency: str, scope: str, found: Iterable[Finding], *, now: datetime
) -> None:
    """Have a case looked at again when what is pending nears its end, and when it falls due.

    A timer that is due already stays until it has fired: what it stands for was missed, even if it was done since. A
    reminder whose instant is over is not caught up on.
    """
    reached = [point for finding in found for point in points(finding)]
    ahead = [point for point in reached if point.percent == END or point.at > now]
    await conn.execute(_CLEAR_TIMERS, agency, scope, now)
    if ahead:
        await conn.execute(
            _SET_TIMERS,
            agency,
            scope,
            [point.rule for point in ahead],
            [point.subject for point in ahead],
            [point.due for point in ahead],
            [point.percent for point in ahead],
            [point.at + ONE_SECOND if point.percent == END else point.at for point in ahead],
        )
