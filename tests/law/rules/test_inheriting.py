"""A county's pack tightens the province's freely and relaxes it only with authority."""

from datetime import date
from typing import Any

import pytest

from casetrail_common.calendar import Calendar, calendar_document
from casetrail_common.rules import LawBook, PackError, activate, build, compile_pack, evaluate, pack_document
from support import penalty
from support.penalty import at

HENAN = activate(compile_pack(pack_document("henan-2019", "2019-06-04")))
CALENDAR = Calendar.of(calendar_document())


def county(overrides: str, parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the document of an invented county's pack with one rule."""
    rule = {"rule": "demo-xiangyun/3.1", "overrides": overrides, "parameters": parameters}
    return {
        "pack": "demo-xiangyun",
        "version": "v1",
        "inherits": "henan-2019",
        "rules": [{"authority_level": "normative_document", **rule, **more}],
    }


FASTER = county("henan-2019/21.1", {"archive_deadline": {"value": 15, "unit": "working_days"}})


@pytest.mark.parametrize(
    ("overrides", "parameters"),
    [
        ("henan-2019/21.1", {"archive_deadline": {"value": 21, "unit": "working_days"}}),
        ("henan-2019/22.1a", {"storage_deadline": {"value": 48, "unit": "hours"}}),
        (
            "henan-2019/22.2",
            {"grounds": {"value": ["remote", "continuous_work", "water", "hard_to_reach", "out_of_area"]}},
        ),
        ("henan-2019/23.1b", {"annotations": {"value": ["taken_by", "taken_at"]}}),
        ("henan-2019/20.1", {"min_custodians": {"value": 1, "unit": "people"}, "x": {"value": 1, "unit": "people"}}),
    ],
)
def test_what_is_laxer_than_the_parent_is_refused(overrides: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(PackError) as caught:
        compile_pack(county(overrides, parameters))
    assert caught.value.faults[0].code in {"relax_not_allowed", "parameter_unknown"}


@pytest.mark.parametrize("level", ["law", "regulation", "rule"])
def test_a_law_a_regulation_or_a_rule_may_relax(level: str) -> None:
    parameters = {"archive_deadline": {"value": 30, "unit": "working_days"}}
    assert compile_pack(county("henan-2019/21.1", parameters, authority_level=level)).rules


def test_periods_in_units_that_cannot_be_compared_must_be_confirmed_to_be_stricter() -> None:
    parameters = {"archive_deadline": {"value": 25, "unit": "days"}}
    with pytest.raises(PackError) as caught:
        compile_pack(county("henan-2019/21.1", parameters))
    assert caught.value.faults[0].code == "stricter_unconfirmed"
    assert compile_pack(county("henan-2019/21.1", parameters, stricter=True)).rules


@pytest.mark.parametrize(
    ("parameters", "is_stricter"),
    [
        ({"storage_deadline_after_return": {"value": 12, "unit": "hours"}}, True),
        ({"grounds": {"value": ["remote"]}}, True),
    ],
)
def test_a_shorter_period_and_fewer_grounds_are_stricter(parameters: dict[str, Any], is_stricter: bool) -> None:
    assert bool(compile_pack(county("henan-2019/22.2", parameters)).rules) is is_stricter


def test_a_rule_that_the_parent_does_not_have_cannot_be_overridden() -> None:
    with pytest.raises(PackError) as caught:
        compile_pack(county("henan-2019/99.9", {"x": {"value": 1, "unit": "hours"}}))
    assert caught.value.faults[0].code == "rule_unknown"


def test_the_childs_rule_stands_in_the_place_of_the_parents_from_its_first_day_on() -> None:
    now = at("2025-10-27T09:00")
    file = build(penalty.facts(penalty.story()))
    for since, expected in (
        (date(2025, 1, 1), ("not_applicable", "violated")),
        (date(2025, 12, 1), ("violated", None)),
    ):
        book = LawBook((HENAN, activate(compile_pack(FASTER), since)), CALENDAR)
        found = {finding.rule: finding for finding in evaluate(book, file, as_of=now)}
        child = found.get("demo-xiangyun/3.1")
        assert (found["henan-2019/21.1"].status, child and child.status) == expected


def test_two_packs_on_one_case_are_judged_each_by_itself() -> None:
    other = activate(compile_pack(pack_document("fusong-env", "undated")), date(2020, 1, 1))
    now, file = at("2025-10-27T09:00"), build(penalty.facts(penalty.story()))
    both = evaluate(LawBook((HENAN, other), CALENDAR), file, as_of=now)
    alone = evaluate(LawBook((HENAN,), CALENDAR), file, as_of=now)
    assert tuple(finding for finding in both if finding.pack.startswith("henan-2019@")) == alone
    assert {finding.pack for finding in both} == {"henan-2019@2019-06-04", "fusong-env@undated"}


def test_a_pack_without_a_date_cannot_be_activated_without_one() -> None:
    for pack in ("fusong-env", "pengyang-2019"):
        with pytest.raises(PackError) as caught:
            activate(compile_pack(pack_document(pack, "undated")))
        assert caught.value.faults[0].code == "not_dated"
