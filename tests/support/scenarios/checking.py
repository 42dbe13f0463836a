"""Comparing what is found with what a scenario says must be found."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from casetrail_common.rules import Finding, LawBook, build, evaluate
from support import penalty
from support.penalty import AGENCY, Step
from support.scenarios.reading import Scenario, instant

BAD: Final = frozenset({"violated", "overdue", "needs_review"})


def differences(scenario: Scenario, book: LawBook, steps: Sequence[Step]) -> list[str]:
    """Return in what the findings differ from those that each check lists."""
    facts = penalty.facts(steps)
    return [
        f"{scenario.id} {check['as_of']}: {line}"
        for check in scenario.text["checks"]
        for line in _check(check, book, facts)
    ]


def _check(check: Mapping[str, Any], book: LawBook, facts: Sequence[Any]) -> Iterator[str]:
    now = instant(check["as_of"])
    yield from differing(check, evaluate(book, build(facts, as_of=now), as_of=now))


def differing(check: Mapping[str, Any], findings: Iterable[Finding]) -> Iterator[str]:
    """Yield in what findings differ from those that a check lists."""
    found = {(f.rule, "agency" if f.subject == AGENCY else f.subject): f for f in findings}
    listed = {(one["rule"], one["subject"]): one for one in check["findings"]}
    for key, expected in listed.items():
        yield from _compare(key, expected, found.get(key))
    if check.get("closed_world"):
        for key, finding in found.items():
            if finding.status in BAD and key not in listed:
                yield f"{key} is {finding.status}, but not listed"


def _compare(key: tuple[str, str], expected: Mapping[str, Any], found: Finding | None) -> Iterator[str]:
    if found is None:
        if expected["status"] != "not_applicable":
            yield f"{key} has no finding"
        return
    due = instant(expected["due"]) if expected["due"] else None
    wanted: dict[str, Any] = {"status": expected["status"], "severity": expected["severity"], "due": due}
    got: dict[str, Any] = {"status": found.status, "severity": found.severity, "due": found.due}
    optional = {
        "late_by": _late(found.late_by_s),
        "basis": found.basis,
        "mitigation": found.mitigation,
        "incidents": found.incidents,
        "since": found.since,
    }
    for name, value in optional.items():
        if name in expected:
            wanted[name], got[name] = _plain(name, expected[name]), value
    for name, value in wanted.items():
        if got[name] != value:
            yield f"{key}: {name} is {got[name]}, not {value}"


def _plain(name: str, value: Any) -> Any:
    return instant(value) if name == "since" and value else value


def _late(seconds: int | None) -> str | None:
    if seconds is None:
        return None
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}h{minutes % 60:02}m{rest:02}s"
