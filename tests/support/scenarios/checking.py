"""Comparing what is found in process with what a scenario says must be found."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from casetrail_common.rules import Finding, LawBook, build, evaluate
from casetrail_embedded.scenarios.checking import unlike
from support import penalty
from support.penalty import AGENCY, Step
from support.scenarios.reading import Scenario, instant


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
    """Yield in what findings differ from those that a check lists, whatever pack they are of."""
    named = [replace(one, subject="agency") if one.subject == AGENCY else one for one in findings]
    return unlike(check, named, packs={one.rule.partition("/")[0] for one in named})
