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
