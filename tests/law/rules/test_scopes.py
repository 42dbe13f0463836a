"""Judging scope by scope finds what judging everything at once finds."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from casetrail_archive.domain.tied import concerns_agency
from casetrail_archive.judging.scopes import Scope, found_in
from casetrail_common.facts.intake import ActivityStartedV1, CaseRegisteredV1
from casetrail_common.facts.media import AvSessionStartedV1
from casetrail_common.ledger.fact import Fact
from casetrail_common.rules import SHARED, Finding, LawBook, build, evaluate
from support import penalty
from support.penalty import AGENCY
from support.scenarios import packs_of, scenarios, tell
from support.scenarios.reading import Scenario

END = datetime(2026, 6, 1, tzinfo=UTC)


def scoped(facts: Iterable[Fact]) -> dict[Scope, list[Fact]]:
    """Return what belongs to each scope, as facts name it; what is shared belongs to none."""
    own = [fact for fact in facts if fact.type not in SHARED]
    taken: set[str] = set()
    for fact in own:
        match fact.payload:
            case CaseRegisteredV1(complaint=str(record)):
                taken.add(record)
            case ActivityStartedV1(sessions=sessions):
                taken |= set(sessions)
            case AvSessionStartedV1(case=str(), session=session):
                taken.add(session)
    found: dict[Scope, list[Fact]] = {
        Scope("agency", AGENCY): [fact for fact in facts if concerns_agency(fact)],
    }
    born = {fact.stream_item for fact in own if fact.type in {"av.session_started", "record.added", "access.requested"}}
    for fact in own:
        is_loose = fact.stream_kind != "case" and fact.stream_item in born - taken
        scope = Scope(fact.stream_kind, fact.stream_item) if is_loose else Scope("case", "K1")
        found.setdefault(scope, []).append(fact)
    return found


def told(findings: Iterable[Finding]) -> set[tuple[object, ...]]:
    return {(f.rule, f.subject, f.status, f.due, f.late_by_s, f.basis, f.incidents, f.since) for f in findings}


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.id)
def test_every_scope_is_judged_as_if_the_agency_had_nothing_else(scenario: Scenario) -> None:
    packs = packs_of(scenario)
    book = LawBook(packs, scenario.calendar, scenario.settings)
    facts = penalty.facts(tell(scenario, tuple(active.pack for active in packs)))
    shared = build(fact for fact in facts if fact.type in SHARED)
    found = [
        one for scope, own in scoped(facts).items() for one in found_in(scope, book, build(own), shared, as_of=END)
    ]
    assert told(found) == told(evaluate(book, build(facts), as_of=END))
    assert len(found) == len(told(found))


def test_a_scope_is_named_by_its_key() -> None:
    assert Scope.of("i-1") == Scope("case", "i-1")
    assert Scope.of("session:m-1") == Scope("session", "m-1")
    for scope in (Scope("case", "i-1"), Scope("session", "m-1"), Scope("agency", "t")):
        assert Scope.of(scope.key) == scope
    assert Scope("session", "m-1").stream("t") == "session:t:m-1"
    assert Scope("agency", "t").stream("t") == "finding:t:t"
