"""Comparing what is found in process with what a scenario says must be found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from casetrail_common.rules import LawBook, build, evaluate
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
        for line in _check(check, book, facts, packs=scenario.text["packs"])
    ]


def _check(check: Mapping[str, Any], book: LawBook, facts: Sequence[Any], *, packs: Sequence[str]) -> Iterator[str]:
    now = instant(check["as_of"])
    found = evaluate(book, build(facts, as_of=now), as_of=now)
    named = [replace(one, subject="agency") if one.subject == AGENCY else one for one in found]
    return unlike(check, named, packs=packs)
