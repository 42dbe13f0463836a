"""Packs tested against themselves."""

import copy
from typing import Any

import pytest

from casetrail_common.rules import SHIPPED, compile_pack, pack_document
from casetrail_common.rules.selftest import self_test


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
        {"for": {"session": {}}, "must": {"none": {"tag": {}}}},
    ],
)
def test_a_rule_that_nothing_can_miss_or_meet_is_reported(text: dict[str, Any]) -> None:
    [fault, *_] = self_test(compile_pack(one_rule(**text)))
    assert (fault.code, fault.rule) == ("not_tested", "henan-2019/99.1")
    assert "自检" in fault.zh


def test_all_limits_can_be_tested() -> None:
    for by in ("promptly", {"before": "case.closed_at"}, {"once": "case.closed_at"}, None):
        rule = one_rule(**{"for": {"record": "inquiry_record"}, "must": {"mark": "officer"}, "by": by})
        assert self_test(compile_pack(rule)) == ()


SUBJECTS = {
    "case": "9.1(1) 11.1(1) 11.1(2) 11.1(3) 11.1(4) 11.1(5) 12.1(2) 12.1(3) 13.1 20.2 21.1",
    "record": "10.1(1) 10.1(9)",
    "activity": "10.1(2) 10.1(3) 10.1(4) 10.1(5) 10.1(6) 10.1(10) 10.1(11) 15.1 18.1",
    "service": "12.1(1)",
    "session": "17.1(1) 17.1(2) 17.1(3) 17.1(4) 17.1(5) 18.2a 18.2b 22.1a 22.1b 24.1a",
    "activity service": "15.2",
}
"""The kind of object on which a finding of each clause lies."""


def test_each_finding_of_henan_lies_on_the_kind_of_object_its_clause_is_about() -> None:
    pack = compile_pack(pack_document("henan-2019", "2019-06-04"))
    found = {rule.id: " ".join(duty.kind for duty in rule.duties) for rule in pack.rules}
    assert found == {f"henan-2019/{clause}": kinds for kinds, clauses in SUBJECTS.items() for clause in clauses.split()}


def test_no_rule_of_henan_states_a_period_but_those_in_its_text() -> None:
    pack = compile_pack(pack_document("henan-2019", "2019-06-04"))
    periods = {
        rule.id: (parameter.value, parameter.unit)
        for rule in pack.rules
        for parameter in rule.parameters.values()
        if parameter.unit
    }
    assert periods == {
        "henan-2019/21.1": (20, "working_days"),
        "henan-2019/22.1a": ("same_day", "calendar_day_of_trigger"),
    }
