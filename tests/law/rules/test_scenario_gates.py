"""The commands of the scenarios that a rule refuses, and no other."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from casetrail_common.ledger.append import NewFact
from casetrail_common.rules import LawBook, Refusal, build, gate
from support import penalty
from support.scenarios import Scenario, packs_of, scenarios
from support.scenarios.telling import apply, begun

GATED: Final = frozenset(
    {
        "demand_not_served",
        "field_missing",
        "head_approval_missing",
        "head_or_collective_missing",
        "interruption_needs_two_officers",
        "legal_opinion_missing",
        "legal_review_missing",
        "measure_not_approved",
        "refusal_needs_two_officers",
    }
)
"""Codes that rules refuse with; all others are guards of a service."""


def answers(scenario: Scenario) -> Iterator[tuple[Mapping[str, Any], Refusal | None]]:
    """Yield each step with what the rules say to it before it is done."""
    active = packs_of(scenario)
    book = LawBook(active, scenario.calendar, scenario.settings)
    commands = {one.refuses for pack in active for rule in pack.pack.rules for one in rule.gates}
    teller = begun(scenario, tuple(one.pack for one in active))
    for step in scenario.text["steps"]:
        if step["do"] in commands:
            wanted = teller.branch()
            apply(wanted, {**step, "expect": "ok"})
            new = [NewFact(one.stream, one.payload, one.when) for one in wanted.steps[len(teller.steps) :]]
            file = build(penalty.facts(teller.steps))
            yield step, gate(book, file, new, command=step["do"], now=wanted.now)
        apply(teller, step)


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.id)
def test_a_rule_refuses_what_the_scenario_says_and_nothing_else(scenario: Scenario) -> None:
    for step, refusal in answers(scenario):
        expect = step["expect"]
        code = expect.get("code") if isinstance(expect, Mapping) else None
        if code is None or code in GATED:  # what a guard refused before is not asked of the rules
            assert (refusal.code if refusal else None) == code, step
