"""How facts become the objects that rules speak of."""

import json
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from casetrail_common.facts import REGISTRY, common, intake, media, review
from casetrail_common.ledger.fact import Fact
from casetrail_common.rules import SHARED, CaseFile, Happening, after, build
from casetrail_common.rules.model import model
from support import penalty
from support.penalty import step
from support.scenarios import scenarios, tell

ATTEMPT = common.IncidentRecordedV1(item="AV-1", code="worm_protected", clause="henan-2019/24.1a", command="sweep")
FACTS = penalty.facts(
    [
        *penalty.story(),
        step(
            "2025-08-12T09:00",
            "intake",
            "case:K1",
            intake.CaseFlaggedV1(target="A1", flag="major", reason=penalty.TEXT),
        ),
        step("2025-08-15T09:00", "intake", "case:K1", intake.RecordSignedV1(record="D-1", marks=penalty.SIGNED)),
        step("2025-08-15T09:00", "media", "session:AV-1", ATTEMPT),
        step("2025-09-02T09:00", "review", "case:K1", review.ReviewReturnedV1(submission="S1", reason=penalty.TEXT)),
    ]
)
WHOLE = build(FACTS)


@st.composite
def interleavings(draw: st.DrawFn) -> list[Fact]:
    """Return the facts in an order in which those of each service keep theirs."""
    logs: dict[str, list[Fact]] = defaultdict(list)
    for fact in FACTS:
        logs[fact.service].append(fact)
    turns = draw(st.permutations([fact.service for fact in FACTS]))
    return [logs[service].pop(0) for service in turns]


@settings(max_examples=30, deadline=None)
@given(interleavings())
def test_the_order_in_which_services_are_followed_does_not_matter(facts: list[Fact]) -> None:
    assert build(facts) == WHOLE


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, len(FACTS)), max_size=6))
def test_fact_by_fact_or_in_batches_the_file_is_the_same_as_from_scratch(cuts: Sequence[int]) -> None:
    file, bounds = CaseFile(), [0, *sorted(cuts), len(FACTS)]
    for first, last in pairwise(bounds):
        file = after(file, *map(Happening.of, FACTS[first:last]))
    assert file == WHOLE


@settings(max_examples=30, deadline=None)
@given(interleavings(), st.integers(0, len(FACTS)))
def test_a_file_taken_up_again_from_its_json_goes_on_as_if_it_had_never_been_put_away(
    facts: list[Fact], cut: int
) -> None:
    half = json.loads(json.dumps(build(facts[:cut]).to_plain()))
    assert after(CaseFile.from_plain(half), *map(Happening.of, facts[cut:])) == WHOLE


def test_a_fact_told_twice_changes_nothing() -> None:
    assert build([*FACTS[:20], *FACTS[:20]]) == build(FACTS[:20])


def test_a_fold_can_keep_a_file_as_a_snapshot() -> None:
    codec = TypeAdapter(CaseFile)
    assert codec.validate_json(codec.dump_json(WHOLE)) == WHOLE


def test_a_file_is_not_changed_by_what_comes_after() -> None:
    before = build(FACTS[:10])
    plain = before.to_plain()
    after(before, *map(Happening.of, FACTS[10:]))
    assert before.to_plain() == plain


def test_an_object_only_spoken_of_is_not_there_yet() -> None:
    accepted = [fact for fact in FACTS if isinstance(fact.payload, intake.ReviewAcceptedV1)]
    file = build(accepted)
    assert "S1" in file.things
    assert file.of_kind("submission") == ()


def test_what_is_flagged_is_the_object_named_and_not_the_case() -> None:
    [flag] = WHOLE.of_kind("flag")
    [activity] = [thing for thing in WHOLE.of_kind("activity") if thing.id == "A1"]
    [case] = WHOLE.of_kind("case")
    assert WHOLE.near(activity, "flag") == (flag,)
    assert WHOLE.near(case, "flag") == ()
    assert WHOLE.near(flag, "case") == ()


def test_a_recording_counts_as_stored_when_it_was_received_not_when_it_was_verified() -> None:
    received, verified = penalty.at("2025-08-13T23:59:59"), penalty.at("2025-08-14T00:00:07")
    late = penalty.Step(verified, "media", "session:xinzheng:AV-1", penalty.stored("AV-1", "2025-08-13T23:59:59"))
    story = [*penalty.without(penalty.story(), media.AvStoredV1), late]
    assert build(penalty.facts(story)).things["AV-1"].held["stored_at"].since == received


@pytest.mark.parametrize("name", ["penalty", *(scenario.id for scenario in scenarios())])
def test_every_attribute_is_set_by_the_facts_that_the_model_names_and_by_no_other(name: str) -> None:
    told = {scenario.id: scenario for scenario in scenarios()}
    facts = FACTS if name == "penalty" else penalty.facts(tell(told[name], ()))
    set_by: dict[tuple[str, str], set[str]] = defaultdict(set)
    file = CaseFile()
    for fact in facts:
        changed = after(file, Happening.of(fact))
        for id_, thing in changed.things.items():
            known = file.things.get(id_)
            for attribute, held in thing.held.items():
                if known is None or known.held.get(attribute) != held:
                    set_by[thing.kind, attribute].add(fact.type)
            if known is None or known.at != thing.at:
                assert fact.type in model()[thing.kind].born
        file = changed
    for (kind, attribute), types in set_by.items():
        known_attribute = model()[kind].attribute(attribute)
        assert known_attribute is not None, (kind, attribute)
        assert types <= set(known_attribute.set_by), (kind, attribute)


def test_the_model_rests_on_facts_that_services_record() -> None:
    known = {fact for fact, _ in REGISTRY}
    for kind in model().values():
        assert known.issuperset(kind.born)
        for attribute in kind.attributes.values():
            assert known.issuperset(attribute.set_by)
            assert attribute.codes is None or attribute.codes


def test_what_cases_share_may_be_kept_apart_and_joined_again() -> None:
    for scenario in scenarios():
        facts = penalty.facts(tell(scenario, ()))
        shared = build(fact for fact in facts if fact.type in SHARED)
        own = build(fact for fact in facts if fact.type not in SHARED)
        assert own.with_(shared) == build(facts), scenario.id


@pytest.mark.parametrize("voided", [False, True])
def test_a_decision_on_the_spot_counts_unless_intake_voids_it_whichever_of_the_two_is_told_first(voided: bool) -> None:
    issued = penalty.decision().model_copy(update={"submission": None})
    answer = (
        intake.SubmissionVoidedV1(submission=issued.record, code="transition_not_allowed")
        if voided
        else intake.ReviewAcceptedV1(submission=issued.record)
    )
    steps = penalty.told_otherwise(penalty.story()[:1], intake.CaseRegisteredV1, procedure="simplified")
    when = "2025-09-04T15:00"
    told = [
        step(when, "review", "case:K1", issued),
        step(when, "intake", "case:K1", answer),
    ]
    first, second = (build(penalty.facts([*steps, *order])) for order in (told, told[::-1]))
    assert first.things == second.things
    decided = [thing for thing in first.of_kind("record") if thing.held["type"].value == "decision_document"]
    assert [thing.id for thing in decided] == ([] if voided else [issued.record])
    assert not first.of_kind("submission")
    case = first.things["K1"].held
    assert ("decided_at" in case) is not voided
