"""Findings as rows: what the last judgement says, and what a new one changes."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from casetrail_common.rules import Finding

Key = tuple[str, str]
"""Rule and subject."""

ONE_SECOND: Final = timedelta(seconds=1)
"""The law counts whole seconds: until the next one begins a duty can be done in time."""

_COLUMNS: Final = tuple(column.name for column in fields(Finding) if column.name not in {"next_due", "sets"})

_LATEST: Final = f"""
select distinct on (rule, subject) {", ".join(_COLUMNS)} from finding where agency = $1 and scope = $2
order by rule, subject, id desc
"""  # noqa: S608  column names come from the dataclass
_ADD: Final = f"""
insert into finding (agency, scope, as_of, {", ".join(_COLUMNS)})
values ({", ".join(f"${place}" for place in range(1, len(_COLUMNS) + 4))})
"""  # noqa: S608  column names come from the dataclass
_CLEAR_TIMERS: Final = "delete from timer where agency = $1 and scope = $2 and fire_at > $3"
_SET_TIMERS: Final = """
insert into timer (agency, scope, rule, subject, due_at, fire_at)
select $1, $2, t.rule, t.subject, t.due_at, t.fire_at
from unnest($3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[]) as t (rule, subject, due_at, fire_at)
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
    return None if finding is None else replace(finding, next_due=None, sets={})


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


async def set_timers(
    conn: asyncpg.Connection, agency: str, scope: str, found: Iterable[Finding], *, now: datetime
) -> None:
    """Have a case judged again when what is pending falls due.

    A timer that is due already stays until it has fired: what it stands for was missed, even if it was done since.
    """
    ahead = [(finding, finding.next_due) for finding in found if finding.next_due is not None]
    await conn.execute(_CLEAR_TIMERS, agency, scope, now)
    if ahead:
        await conn.execute(
            _SET_TIMERS,
            agency,
            scope,
            [finding.rule for finding, _ in ahead],
            [finding.subject for finding, _ in ahead],
            [due for _, due in ahead],
            [due + ONE_SECOND for _, due in ahead],
        )
