"""Comparing what was answered, recorded and found with what a scenario says."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from casetrail_common.law import BEIJING
from casetrail_embedded.scenarios.reading import instant

BAD: Final = frozenset({"violated", "overdue", "needs_review"})
"""Statuses of which a check in a closed world lists every finding."""

Text = Mapping[str, Any]


class Found(Protocol):
    """A finding, however it came."""

    @property
    def rule(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def severity(self) -> str | None: ...
    @property
    def due(self) -> datetime | None: ...
    @property
    def late_by_s(self) -> int | None: ...
    @property
    def basis(self) -> str | None: ...
    @property
    def mitigation(self) -> str | None: ...
    @property
    def incidents(self) -> int: ...
    @property
    def since(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Row:
    """A finding as the API shows it, its subject named as in the file."""

    rule: str
    subject: str
    status: str
    severity: str | None
    due: datetime | None
    late_by_s: int | None
    basis: str | None
    mitigation: str | None
    incidents: int
    since: datetime | None

    @classmethod
    def of(cls, shown: Text, *, subject: str) -> "Row":
        """Return a finding of an answer."""
        plain = ("rule", "status", "severity", "late_by_s", "basis", "mitigation", "incidents")
        values: dict[str, Any] = {name: shown[name] for name in plain}
        values |= {name: shown[name] and datetime.fromisoformat(shown[name]) for name in ("due", "since")}
        return cls(subject=subject, **values)


def unlike(check: Text, found: Iterable[Found], *, packs: Collection[str]) -> Iterator[str]:
    """Yield in what findings differ from those that a check lists.

    Parameters
    ----------
    packs
        Packs of which nothing may be wrong that is not listed, in a closed world.
    """
    rows: dict[tuple[str, str], list[Found]] = {}
    for one in found:
        rows.setdefault((one.rule, one.subject), []).append(one)
    listed = {(one["rule"], one["subject"]): one for one in check["findings"]}
    for key, expected in listed.items():
        yield from _unlike(expected, rows.get(key, []))
    if not check.get("closed_world"):
        return
    for (rule, subject), same in rows.items():
        if (rule, subject) not in listed and rule.partition("/")[0] in packs:
            yield from (f"{rule} {subject}: found {_brief(one)}, not listed" for one in same if one.status in BAD)


def _unlike(expected: Text, found: Sequence[Found]) -> Iterator[str]:
    place = f"{expected['rule']} {expected['subject']}"
    if not found and expected["status"] != "not_applicable":
        yield f"{place}: expected {expected['status']}, found nothing"
    for one in found:
        got = {**_always(one), **{name: value for name, value in _optional(one).items() if name in expected}}
        wanted = {name: _plain(name, expected.get(name)) for name in got}
        differing = [name for name, value in got.items() if wanted[name] != value]
        if differing:
            told = (", ".join(f"{name} {_said(side[name])}" for name in differing) for side in (wanted, got))
            yield f"{place}: expected {next(told)}, found {next(told)}"


def _always(one: Found) -> dict[str, Any]:
    return {"status": one.status, "severity": one.severity, "due": one.due}


def _optional(one: Found) -> dict[str, Any]:
    return {
        "late_by": _late(one.late_by_s),
        "basis": one.basis,
        "mitigation": one.mitigation,
        "incidents": one.incidents,
        "since": one.since,
    }


def _plain(name: str, value: Any) -> Any:
    return instant(value) if name in {"due", "since"} and value is not None else value


def _late(seconds: int | None) -> str | None:
    if seconds is None:
        return None
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}h{minutes % 60:02}m{rest:02}s"


def _brief(one: Found) -> str:
    severity = f" ({one.severity})" if one.severity else ""
    return f"{one.status}{severity}{f', due {_said(one.due)}' if one.due else ''}"


def _said(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(BEIJING).isoformat()
    return "none" if value is None else str(value)
