"""What is said of a period: that half of it, or nine tenths, are over; that it was missed, and who is told that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from casetrail_archive.judging.scopes import Scope
from casetrail_archive.projections import CASE
from casetrail_common.calendar import whole_second
from casetrail_common.facts.archive import DeadlineMissedV1
from casetrail_common.facts.keeping import DeadlineApproachingV1, DeadlineEscalatedV1
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Actor
from casetrail_common.ledger.locked import LockedAgency
from casetrail_common.rules import CaseFile, Finding
from casetrail_common.rules.casefile import Thing
from casetrail_common.rules.look import value_of

ACTOR: Final = Actor("system:archive")

REMINDERS: Final = (50, 90)
"""Percent of a period after which an undone duty is recalled."""

END: Final = 100

ESCALATED_TO: Final = ("unit_head", "supervisor")
"""Roles that are told of a missed deadline; of the unit heads that of the case's unit."""

_REMEMBER: Final = """
insert into deadline_told (agency, scope, rule, subject, due_at, percent)
select $1, $2, t.rule, t.subject, t.due_at, t.percent
from unnest($3::text[], $4::text[], $5::timestamptz[], $6::smallint[]) as t (rule, subject, due_at, percent)
on conflict do nothing returning rule, subject, due_at, percent
"""


@dataclass(frozen=True, slots=True)
class Point:
    """A point in a running period."""

    rule: str
    subject: str
    due: datetime
    percent: int
    at: datetime
    """The instant of it: what is said of it has happened then."""

    @classmethod
    def end_of(cls, finding: Finding, due: datetime) -> "Point":
        """Return the end of a finding's period."""
        return cls(finding.rule, finding.subject, due, END, due)


def points(finding: Finding) -> Iterator[Point]:
    """Yield the points of the period in which a finding stands, its end last.

    A tolerance that shows no due date recalls nothing, and a period that is over as it begins has no middle.
    """
    due, begun = finding.next_due, finding.begun
    if due is None:
        return
    if finding.due is not None and begun is not None:
        first = whole_second(begun)
        seconds = int((due - first).total_seconds())
        for percent in REMINDERS:
            if seconds > 0:
                at = first + timedelta(seconds=seconds * percent // 100)
                yield Point(finding.rule, finding.subject, due, percent, at)
    yield Point.end_of(finding, due)


async def tell(locked: LockedAgency, scope: Scope, reached: Sequence[Point], shared: CaseFile) -> None:
    """Append what is to be said of points that a scope has reached with the duty undone; of each once, for ever."""
    if not reached:
        return
    columns = [[getattr(point, name) for point in reached] for name in ("rule", "subject", "due", "percent")]
    rows = await locked.conn.fetch(_REMEMBER, locked.agency, scope.key, *columns)
    new = {tuple(row.values()) for row in rows}
    stream = scope.stream(locked.agency)
    to = recipients(shared, await unit_of(locked, scope))
    facts = [
        NewFact(stream, payload, occurred_at=point.at)
        for point in reached
        if (point.rule, point.subject, point.due, point.percent) in new
        for payload in _said(scope.case, point, to)
    ]
    if facts:
        await locked.append(facts, actor=ACTOR)


def _said(
    case_id: str | None, point: Point, to: Sequence[str]
) -> list[DeadlineApproachingV1 | DeadlineMissedV1 | DeadlineEscalatedV1]:
    of = {"case": case_id, "rule": point.rule, "subject": point.subject, "due": point.due}
    if point.percent < END:
        return [DeadlineApproachingV1.model_validate({**of, "percent": point.percent})]
    return [
        DeadlineMissedV1.model_validate(of),
        DeadlineEscalatedV1.model_validate({**of, "to": list(to)}),
    ]


async def unit_of(locked: LockedAgency, scope: Scope) -> str | None:
    """Return the unit that handles a case; None for what is no case."""
    if scope.case is None:
        return None
    case = await locked.view().get(CASE, scope.case)
    return case.unit if case else None


def recipients(shared: CaseFile, unit: str | None) -> list[str]:
    """Return who is told of a missed deadline: the people who hold the roles, or a role that nobody holds."""
    told: list[str] = []
    for role in ESCALATED_TO:
        holders = [
            person.id
            for person in shared.of_kind("person")
            if role in _roles(person)
            and (role != "unit_head" or f"unit/{unit}" in shared.links.get(person.id, frozenset()))
        ]
        told += sorted(holders) or [role]
    return list(dict.fromkeys(told))


def _roles(person: Thing) -> tuple[str, ...]:
    roles = value_of(person, "roles")
    return roles if isinstance(roles, tuple) else ()
