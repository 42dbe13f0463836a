"""Findings kept up fact by fact are those that judging everything anew makes."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail_common.ledger.fact import Fact
from casetrail_common.rules import SHARED, CaseFile, Happening, Judgement, LawBook, after, build, evaluate
from support import penalty
from support.scenarios import packs_of, scenarios, tell

PAUSES = st.sampled_from([timedelta(0), timedelta(seconds=1), timedelta(hours=30), timedelta(days=12)])
"""Time that goes by before a fact comes, so that periods end meanwhile."""


@cache
def told(number: int) -> tuple[LawBook, Sequence[Fact]]:
    """Return the law and the facts of a scenario."""
    scenario = scenarios()[number]
    active = packs_of(scenario)
    facts = penalty.facts(tell(scenario, tuple(one.pack for one in active)))
    return LawBook(active, scenario.calendar, scenario.settings), facts


def interleaved(draw: st.DrawFn, facts: Sequence[Fact]) -> list[Fact]:
    """Return the facts in an order in which those of each service keep theirs."""
    logs: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        logs[fact.service].append(fact)
    turns = draw(st.permutations([fact.service for fact in facts]))
    return [logs[service].pop(0) for service in turns]


@st.composite
def courses(draw: st.DrawFn) -> tuple[LawBook, list[tuple[datetime, list[Fact]]]]:
    """Return the law, and facts as they come: a few at a time, each time later."""
    book, facts = told(draw(st.integers(0, len(scenarios()) - 1)))
    facts = interleaved(draw, facts) if draw(st.booleans()) else list(facts)
    now, course = facts[0].recorded_at, []
    while facts:
        count = draw(st.integers(1, 4))
        some, facts = facts[:count], facts[count:]
        now = max(now, *(fact.recorded_at for fact in some)) + draw(PAUSES)
        course.append((now, some))
    return book, course


@settings(max_examples=60, deadline=None)
@given(courses())
def test_judging_again_finds_what_judging_anew_finds(course: tuple[LawBook, list[tuple[datetime, list[Fact]]]]) -> None:
    book, steps = course
    file, judgement = CaseFile(), Judgement()
    for now, some in steps:
        file = after(file, *map(Happening.of, some))
        again = judgement.again(book, file, as_of=now)
        assert again == evaluate(book, CaseFile(file.things, file.links), as_of=now)


@settings(max_examples=20, deadline=None)
@given(courses())
def test_what_cases_share_may_come_from_a_file_of_its_own(course: tuple[LawBook, list[Any]]) -> None:
    book, steps = course
    facts: list[Fact] = []
    judgement = Judgement()
    for now, some in steps:
        facts += some
        own = build(fact for fact in facts if fact.type not in SHARED)
        whole = own.with_(build(fact for fact in facts if fact.type in SHARED))
        of = own.things.keys()
        assert judgement.again(book, whole, as_of=now, of=of) == evaluate(book, whole, as_of=now, of=of)


@settings(max_examples=15, deadline=None)
@given(courses(), courses())
def test_another_law_an_earlier_instant_and_another_case_are_judged_from_scratch(
    one: tuple[LawBook, list[Any]], other: tuple[LawBook, list[Any]]
) -> None:
    judgement = Judgement()
    for book, steps in (one, other, one):
        for now, some in (steps[-1], steps[0]):
            file = build(some)
            assert judgement.again(book, file, as_of=now) == evaluate(book, file, as_of=now)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, len(scenarios()) - 1), st.lists(st.integers(1, 5000), min_size=2, max_size=8))
def test_time_alone_changes_findings_as_if_they_were_judged_anew(number: int, hours: list[int]) -> None:
    book, facts = told(number)
    file, judgement = build(facts[: len(facts) * 2 // 3]), Judgement()
    for hour in sorted(hours):
        now = facts[0].recorded_at + timedelta(hours=hour)
        assert judgement.again(book, file, as_of=now) == evaluate(book, CaseFile(file.things, file.links), as_of=now)
