"""What a case is told to need is what its rules find missing, and nothing that they do not ask for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from casetrail_archive.domain.acts import ACTS, acts_for
from casetrail_archive.domain.ahead import PROPOSED, Step, steps_ahead
from casetrail_common.calendar import Calendar
from casetrail_common.facts.archive import CalendarLoadedV1
from casetrail_common.facts.intake import RecordAddedV1
from casetrail_common.rules import (
    CaseFile,
    Happening,
    LawBook,
    activate,
    after,
    build,
    compile_pack,
    evaluate,
    pack_document,
)
from casetrail_common.rules.guidance import Lack
from casetrail_common.rules.model import model
from casetrail_common.rules.needs import Need, Needs
from support import penalty
from support.penalty import at, story
from support.scenarios import Scenario, packs_of, scenarios, tell

CALENDAR = Calendar.of(CalendarLoadedV1(calendar="CN", years=[2025], holidays=[], make_up_workdays=[]))
BOOK = LawBook((activate(compile_pack(pack_document("henan-2019", "2019-06-04"))),), CALENDAR)


def needs_at(when: str, kinds: Sequence[penalty.Step] | None = None) -> Needs:
    """Return what finds needs in the penalty case at an instant."""
    now = at(when)
    steps = [step for step in (story() if kinds is None else kinds) if step.when <= now]
    return Needs(BOOK, build(penalty.facts(steps)), now)


def before(needs: Needs, command: str, *, activity: str | None = None) -> list[Need]:
    """Return what is needed before a command."""
    [case] = needs.file.of_kind("case")
    [step] = [s for s in steps_ahead(case, needs.file, needs.as_of, activity=activity) if s.command == command]
    return needs.before(command, tried(needs, case.id, step))


def tried(needs: Needs, case: str, step: Step) -> CaseFile:
    """Return the file after a command."""
    return after(needs.file, *(Happening(p, case, needs.as_of, PROPOSED) for p in step.payloads))


def all_lacks(lacks: Sequence[Lack]) -> Iterator[Lack]:
    """Yield what is missing, with the parts of choices."""
    for lack in lacks:
        yield lack
        for way in lack.either:
            yield from all_lacks(way)


def commands(when: str) -> list[str]:
    """Return which commands are ahead at an instant."""
    needs = needs_at(when)
    [case] = needs.file.of_kind("case")
    return [step.command for step in steps_ahead(case, needs.file, needs.as_of)]


@pytest.mark.parametrize(
    ("when", "ahead"),
    [
        ("2025-08-11T08:40", ["file_initiation"]),
        ("2025-08-11T08:55", ["give_opinion"]),
        ("2025-08-12T09:00", ["submit_review", "close_case"]),
        ("2025-08-20T11:10", ["end_session", "end_activity", "submit_review", "close_case"]),
        ("2025-09-01T09:00", ["issue_decision"]),
        ("2025-09-04T16:00", ["serve_document"]),
        ("2025-09-10T09:00", ["close_case"]),
        ("2025-09-20T09:00", ["file_dossier"]),
        ("2025-10-25T09:00", []),
    ],
)
def test_the_next_steps_are_those_of_the_state(when: str, ahead: list[str]) -> None:
    assert commands(when) == ahead


def test_before_the_decision_the_opinions_that_open_the_gate_are_asked_for() -> None:
    told = {need.rule.id: need for need in before(needs_at("2025-09-01T09:00"), "issue_decision")}
    legal, head = told["henan-2019/11.1(3)"], told["henan-2019/11.1(4)"]
    assert (legal.refused_with, head.refused_with) == ("legal_review_missing", "head_or_collective_missing")
    assert ("legal",) in {lack.codes for lack in all_lacks(legal.missing)}
    assert {("head",), ("collective_discussion_record",)} <= {lack.codes for lack in all_lacks(head.missing)}


def test_once_they_are_given_nothing_is_asked_for_any_more() -> None:
    assert [n.refused_with for n in before(needs_at("2025-09-04T12:00"), "issue_decision") if n.refused_with] == []


def test_a_document_that_lacks_a_signature_is_to_be_signed_and_not_made_again() -> None:
    unsigned = penalty.told_otherwise(
        story(), RecordAddedV1, lambda record: record.record == "D-2", marks=[penalty.SIGNED[0]]
    )
    jining = LawBook((activate(compile_pack(pack_document("jining-aic-2017", "2017-11-21"))),), CALENDAR)
    needs = replace(needs_at("2025-08-20T12:00", unsigned), book=jining).now()
    signing = [need for need in needs if need.rule.id == "jining-aic-2017/8.1a" and need.finding.subject == "D-2"]
    marks = [lack for need in signing for lack in all_lacks(need.missing) if lack.kind == "mark"]
    assert ("mark", "D-2", ("party",)) in {(lack.kind, lack.item, lack.codes) for lack in marks}
    assert not any(lack.kind == "record" for need in signing for lack in all_lacks(need.missing))


def test_a_period_that_runs_is_urgent_and_one_that_waits_for_an_event_is_not() -> None:
    needs = needs_at("2025-09-20T09:00").now()
    assert {need.rule.id for need in needs if need.is_urgent and need.finding.due} == {"henan-2019/21.1"}
    waiting = needs_at("2025-08-20T11:10").now()
    assert any(not need.is_urgent for need in waiting)


def test_a_planned_act_is_told_its_documents_and_recordings_before_it_begins() -> None:
    needs = before(needs_at("2025-08-12T09:00"), "start_activity", activity="inquiry")
    made = {fact for need in needs for lack in all_lacks(need.missing) for fact in lack.made_by}
    assert "record.added" in made


def judged(scenario: Scenario) -> Iterator[tuple[LawBook, CaseFile, datetime]]:
    """Yield a scenario at a few instants of its course."""
    active = packs_of(scenario)
    book = LawBook(active, scenario.calendar, scenario.settings)
    facts = penalty.facts(tell(scenario, tuple(one.pack for one in active)))
    for share in (2, 3, 4):
        some = facts[: len(facts) * share // 4]
        yield book, build(some), some[-1].recorded_at


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.id)
def test_in_every_scenario_what_is_needed_is_open_and_can_be_made(scenario: Scenario) -> None:
    for book, file, now in judged(scenario):
        found = {(f.rule, f.subject): f.status for f in evaluate(book, file, as_of=now)}
        needs = Needs(book, file, now)
        for need in needs.now():
            assert found[need.rule.id, need.finding.subject] in {"pending", "overdue", "violated", "needs_review"}
            assert need.missing or need.instead
        for case in file.of_kind("case"):
            for step in steps_ahead(case, file, now, activity="site_inspection"):
                assert step.command in ACTS
                for need in needs.before(step.command, tried(needs, case.id, step)):
                    assert found.get((need.rule.id, need.finding.subject)) not in {"violated", "overdue"}


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.id)
def test_whatever_is_missing_is_said_in_two_languages_with_the_command_that_makes_it(scenario: Scenario) -> None:
    for book, file, now in judged(scenario):
        for need in Needs(book, file, now).now():
            for lack in all_lacks([*need.missing, *(one for way in need.instead for one in way)]):
                assert lack.zh
                assert lack.en.isascii()
                assert lack.either or lack.absent or acts_for(lack.made_by), lack


def test_a_document_is_made_by_the_command_that_makes_its_type() -> None:
    born = model()["record"].born
    assert acts_for(born, ("handling_opinion",)) == ["add_record"]
    assert acts_for(born, ("decision_document",)) == ["add_record", "issue_decision"]
