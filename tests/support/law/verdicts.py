"""What must be found: `A1 violated; A2 satisfied basis=waiver; K1 overdue due=09-30T23:59:59; none`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from casetrail_common.rules import Finding
from support.law.stories import BEGIN, clock
from support.penalty import AGENCY

BROKEN: Final = frozenset({"violated", "overdue"})
BAD: Final = BROKEN | {"needs_review"}


@dataclass(frozen=True)
class Expected:
    """How a subject must stand. What is broken is an error unless the line says `warning`."""

    subject: str
    status: str | None
    """None if the rule must not reach the subject."""
    severity: str | None
    due: datetime | None
    more: tuple[tuple[str, str | None], ...] = ()
    """Further attributes of the finding; they are compared only if given."""


def expected(line: str) -> tuple[Expected, ...]:
    """Return what a line says."""
    return tuple(_expected(one.split()) for one in line.split(";") if one.strip() and one.strip() != "none")


def _expected(words: list[str]) -> Expected:
    subject, status, *rest = words
    named = dict(word.split("=", 1) for word in rest if "=" in word)
    due = named.pop("due", None)
    severity = "warning" if "warning" in rest else "error" if status in BROKEN else None
    return Expected(
        subject="agency" if subject == AGENCY else subject,
        status=None if status == "unreached" else status,
        severity=severity,
        due=clock(f"@{due}", BEGIN) if due else None,
        more=tuple((name, None if value == "None" else value) for name, value in sorted(named.items())),
    )


def broken_expectations(wanted: Iterable[Expected], found: Iterable[Finding]) -> Iterator[str]:
    """Yield in what the findings of one rule differ from what they must be; what is not listed must not be broken."""
    by_subject = {"agency" if one.subject == AGENCY else one.subject: one for one in found}
    for one in wanted:
        yield from _compared(one, by_subject.pop(one.subject, None))
    for subject, finding in by_subject.items():
        if finding.status in BAD:
            yield f"{subject} is {finding.status}, but not listed"


def _compared(wanted: Expected, found: Finding | None) -> Iterator[str]:
    if found is None or wanted.status is None:
        is_reached = found is not None and found.status != "not_applicable"
        if is_reached != (wanted.status is not None and wanted.status != "not_applicable"):
            yield f"{wanted.subject} is {found.status if found else 'not reached'}, not {wanted.status or 'unreached'}"
        return
    pairs: list[tuple[str, Any, Any]] = [
        ("status", found.status, wanted.status),
        ("severity", found.severity, wanted.severity),
        ("due", found.due, wanted.due),
        *((name, _told(found, name), value) for name, value in wanted.more),
    ]
    for name, is_, should in pairs:
        if is_ != should:
            yield f"{wanted.subject}: {name} is {is_}, not {should}"


def _told(found: Finding, name: str) -> str | None:
    """Return an attribute of a finding as lines write it."""
    value = getattr(found, name if name != "late" else "late_by_s")
    if name == "late":
        return None if value is None else str(timedelta(seconds=value)).replace(" days, ", "d").replace(" day, ", "d")
    if isinstance(value, datetime):
        return value.astimezone(BEGIN.tzinfo).strftime("%m-%dT%H:%M:%S")
    if name == "sets":
        return ",".join(f"{key}:{to}" for key, to in value.items())
    return None if value is None else str(value)
