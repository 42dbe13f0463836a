"""Changing a pack of one rule, and whether that is noticed."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "tools"))

from mutate_packs import explanations, outcomes, report, summary  # noqa: E402  tools are scripts beside the packages
from pack_mutants import mutants_at, places  # noqa: E402
from pack_trials import Trials  # noqa: E402

from support.law.tables import Case  # noqa: E402

RULE = "toy/1.1"
TOY: dict[str, Any] = {
    "pack": "toy",
    "version": "1",
    "title_zh": "试",
    "issuer_zh": "试",
    "conduct_types": ["penalty"],
    "terms": {"written": {"zh": "有笔录", "means": {"record": "inquiry_record"}}},
    "rules": [
        {
            "rule": RULE,
            "gist": {"zh": "试", "en": "trial"},
            "for": {"activity": "inquiry"},
            "must": [
                {"term": "written"},
                {"record": {"type": "inquiry_record", "all": [{"mark": "officer", "persons": "$n"}]}},
            ],
            "by": {"within": "$period", "from": "subject.ended_at"},
            "parameters": {
                "n": {"value": 2, "unit": "people", "stricter": "more"},
                "period": {"value": 24, "unit": "hours", "stricter": "shorter"},
            },
        }
    ],
}
ENDED = "activity A1 inquiry; @10:00:00 end A1; "
SIGNED = ENDED + "@09-02T10:00:00 record D1 inquiry_record about=A1 marks=officer:o1,officer:o2"


def found_by(stories: Mapping[str, str]) -> dict[str, str | None]:
    """Return what becomes of the mutants if these stories are all that the tests tell."""
    cases = {RULE: [Case(RULE, story, "conduct=penalty", verdict, {}) for story, verdict in stories.items()]}
    trials = Trials((), cases, lambda _pack: iter(()))
    return {id_: noticed for place in places(TOY) for id_, noticed in outcomes(TOY, trials, place)}


def test_rules_terms_and_parameters_are_changed() -> None:
    changed = {mutant.id for place in places(TOY) for mutant in mutants_at(TOY, place)}
    assert {
        "toy/1.1 for.activity.inquiry -> sampling",
        "toy/1.1 by.from.subject.ended_at -> started_at",
        "toy/1.1 parameters.n.value = 1",
        "toy/1.1 parameters.n.value = 3",
        "toy/1.1 must.1.record.all.0.mark.officer -> party",
        "toy/1.1 severity: warning",
        "toy terms.written.record.inquiry_record -> site_record",
    } <= changed
    assert "toy/1.1 parameters.period.unit" in changed


def test_a_number_is_noticed_by_stories_on_both_sides_of_it() -> None:
    one_side = found_by({SIGNED: "A1 satisfied due=09-02T10:00:00"})
    assert one_side["toy/1.1 parameters.n.value = 3"] is not None
    assert one_side["toy/1.1 parameters.n.value = 1"] is None
    both = found_by(
        {SIGNED: "A1 satisfied due=09-02T10:00:00", SIGNED.rpartition(",")[0]: "A1 pending due=09-02T10:00:00"}
    )
    assert both["toy/1.1 parameters.n.value = 1"] is not None


def test_what_no_story_speaks_of_survives() -> None:
    assert set(found_by({}).values()) == {None}


def test_survivors_must_be_explained_and_nothing_else() -> None:
    found = [("toy/1.1 a", None), ("toy/1.1 b -> c", None), ("toy/1.1 d", "table")]
    explained = {"toy/1.1 a": "why", "toy/1.1 b -> *": "why"}
    assert report(found, explained) == []
    assert summary(found, explained) == "3 mutants, 1 noticed, 2 survive (2 explained)"
    assert report(found, {"toy/1.1 a": "why"}) == ["survives: toy/1.1 b -> c"]
    assert report(found, {**explained, "toy/1.1 d": "why"}) == ["explained, but nothing like it survives: toy/1.1 d"]


def test_each_explanation_says_why() -> None:
    assert all(isinstance(why, str) and len(why.split()) > 2 for why in explanations().values())
