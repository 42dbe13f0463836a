"""Packs tested against themselves."""

import copy
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from casetrail_common.rules import SHIPPED, compile_pack, pack_document
from casetrail_common.rules.selftest import self_test

DATA = Path(__file__).parents[2] / "scenarios"


@pytest.mark.parametrize(("pack", "version"), SHIPPED)
def test_each_rule_of_a_shipped_pack_is_missed_and_met_by_objects_made_from_its_text(pack: str, version: str) -> None:
    assert self_test(compile_pack(pack_document(pack, version))) == ()


def one_rule(**text: Any) -> dict[str, Any]:
    """Return the document of Henan with a single rule."""
    document = copy.deepcopy(pack_document("henan-2019", "2019-06-04"))
    rule = {"rule": "henan-2019/99.1", "gist": {"zh": "试", "en": "trial"}, **text}
    return {**document, "rules": [rule]}


@pytest.mark.parametrize(
    "text",
    [
        {"for": {"case": {"closed_at": "filled"}}, "must": {"is": {"closed_at": "filled"}}},
        {"for": {"record": "inquiry_record"}, "must": {"is": {"type": "site_record"}}},
        {"for": {"case": {}}, "when": {"record": {}}, "must": {"record": {}}},
        {"for": {"case": {"outcome": "performed"}}, "except": {"is": {"closed_at": "empty"}}, "must": {"dossier": {}}},
    ],
)
def test_a_rule_that_nothing_can_miss_or_meet_is_reported(text: dict[str, Any]) -> None:
    [fault, *_] = self_test(compile_pack(one_rule(**text)))
    assert (fault.code, fault.rule) == ("not_tested", "henan-2019/99.1")
    assert "自检" in fault.zh


def test_a_rule_that_something_is_absent_is_missed_where_it_is_there() -> None:
    rule = one_rule(**{"for": {"session": {}}, "must": {"none": {"tag": {}}}})
    assert self_test(compile_pack(rule)) == ()


def test_all_limits_can_be_tested() -> None:
    for by in ("promptly", {"before": "case.closed_at"}, {"once": "case.closed_at"}, None):
        rule = one_rule(**{"for": {"record": "inquiry_record"}, "must": {"mark": "officer"}, "by": by})
        assert self_test(compile_pack(rule)) == ()


SUBJECTS: dict[str, str] = YAML(typ="safe", pure=True).load((DATA / "rule-subjects.yaml").read_text())["subjects"]
"""The kind of object on which a finding of each clause lies."""

ITEM = {"record", "session", "derivative"}


@pytest.mark.parametrize(("pack", "version"), SHIPPED)
def test_there_is_a_rule_for_each_clause_and_its_findings_lie_on_the_objects_it_is_about(
    pack: str, version: str
) -> None:
    compiled = compile_pack(pack_document(pack, version))
    found = {rule.id: {duty.kind for duty in rule.duties} for rule in compiled.rules}
    wanted = {rule: set(kind.split("|")) for rule, kind in SUBJECTS.items() if rule.startswith(f"{pack}/")}
    assert found.keys() == wanted.keys()
    for rule, kinds in wanted.items():
        assert found[rule] <= (ITEM if kinds == {"item"} else kinds), rule


PERIODS = {
    "fusong-env/7.1b": (24, "hours"),
    "fusong-env/23.2a": ("correction_deadline", "stated_day"),
    "fusong-env/27.2": (30, "days"),
    "fusong-env/27.3b": (24, "hours"),
    "henan-2019/21.1": (20, "working_days"),
    "henan-2019/22.1a": ("same_day", "calendar_day_of_trigger"),
    "henan-2019/22.2": (24, "hours"),
    "jining-aic-2017/8.1c": (60, "seconds"),
    "jining-aic-2017/11.1(3)a": ("inspection_end", "at_event"),
    "jining-aic-2017/17.1b": (2, "working_days"),
    "jining-aic-2017/25.1": (60, "seconds"),
    "jining-aic-2017/27.1(3)": (2, "working_days"),
    "pengyang-2019/6.1": (60, "seconds"),
    "pengyang-2019/10.1": (2, "working_days"),
    "pengyang-2019/10.2": (24, "hours"),
    "pengyang-2019/11.1": (20, "days"),
    "qinghe-2019/16.1a": (24, "hours"),
    "qinghe-2019/16.2": (24, "hours"),
    "qinghe-2019/18.1": (30, "days"),
}
"""Every period in the texts, and the tolerances that an agency may set itself."""


def test_no_rule_states_a_period_but_those_in_its_text() -> None:
    periods = {
        rule.id: (parameter.value, parameter.unit)
        for pack, version in SHIPPED
        for rule in compile_pack(pack_document(pack, version)).rules
        for parameter in rule.parameters.values()
        if parameter.unit not in {None, "people", "pages"}
    }
    assert periods == PERIODS
