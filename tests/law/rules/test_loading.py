"""What is refused when a pack is read, and how it is told."""

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casetrail_common.canonical import canonical, sha256
from casetrail_common.records import enumerations
from casetrail_common.rules import (
    SHIPPED,
    PackError,
    activate,
    compile_pack,
    compiled,
    pack_document,
    read_document,
    read_file,
)

HENAN = pack_document("henan-2019", "2019-06-04")
RULE: dict[str, Any] = {
    "rule": "henan-2019/99.1",
    "gist": {"zh": "试", "en": "trial"},
    "for": {"case": {"closed_at": "filled"}},
    "must": {"record": "closure_record"},
}


def fault_of(changed: dict[str, Any]) -> tuple[str, str | None]:
    """Return what is wrong with Henan after a change, and with which rule."""
    with pytest.raises(PackError) as caught:
        compile_pack({**copy.deepcopy(HENAN), **changed}, source="henan.yaml")
    fault = caught.value.faults[0]
    assert "henan.yaml" in str(caught.value)
    assert fault.zh
    assert fault.en
    return fault.code, fault.rule


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"fro": {}}, "unknown_key"),
        ({"must": {"record": "closure_recrod"}}, "unknown_code"),
        ({"must": {"recrod": "closure_record"}}, "unknown_kind"),
        ({"must": {"record": {"tpye": "closure_record"}}}, "unknown_attribute"),
        ({"must": {"record": {"type": "closure_record", "filled": ["outcom"]}}}, "unknown_code"),
        ({"must": {"record": {"pages": 2}}}, "number_outside"),
        ({"must": {"record": {"contact": "yes"}}}, "unknown_code"),
        ({"must": {"record": {"type": {"nto": "closure_record"}}}}, "unknown_key"),
        ({"must": {"notice": {}}}, "unknown_kind"),
        ({"must": {"record": "$papers"}}, "parameter_unknown"),
        ({"must": {"term": "no_such_term"}}, "unknown_term"),
        ({"must": {"record": "closure_record", "dossier": {}}}, "not_a_requirement"),
        ({"must": {"none": [{"record": {}}]}}, "not_a_requirement"),
        ({"must": {"any": {}}}, "not_a_requirement"),
        ({"must": []}, "not_a_requirement"),
        ({"must": {"record": {"all": []}}}, "not_a_requirement"),
        ({"must": {"notice": "x"}, "for": {"session": {}}}, "not_a_requirement"),
        ({"must": {"recorded": "often"}, "for": {"activity": {}}}, "not_a_requirement"),
        ({"prohibits": ["worm_protected"]}, "one_of"),
        ({"by": "soon"}, "not_a_limit"),
        ({"by": {"within": 20, "from": "case.closed_at"}}, "not_a_limit"),
        ({"by": {"within": "20", "from": "case.closed_at"}}, "number_outside"),
        ({"by": {"once": "case.closed_on"}}, "unknown_attribute"),
        ({"by": {"once": "case.outcome"}}, "unknown_attribute"),
        ({"by": {"once": "notice.at"}}, "unknown_kind"),
        ({"by": {"within": "$p", "from": "case.closed_at"}}, "parameter_unknown"),
        ({"parameters": {"p": {"value": 3, "unit": "hours", "stricter": "shorter"}}}, "parameter_unused"),
        ({"parameters": {"p": {"value": 3, "stricter": "shorter"}}}, "value_wrong"),
        (
            {"parameters": {"p": {"value": 3, "unit": "calendar_day_of_trigger", "stricter": "shorter"}}},
            "value_wrong",
        ),
        ({"parameters": {"p": {"value": "soon", "unit": "hours", "stricter": "shorter"}}}, "value_wrong"),
        ({"parameters": {"p": {"value": 3, "unit": "fortnights", "stricter": "shorter"}}}, "value_wrong"),
        ({"parameters": {"p": {"value": 3, "unit": "hours"}}}, "key_missing"),
        ({"gist": {"zh": "试"}}, "key_missing"),
        ({"modality": "shall"}, "value_wrong"),
        ({"for": {"cases": {}}}, "unknown_code"),
        ({"for": {}}, "key_missing"),
        ({"gate": {"refuses": "close_case"}}, "key_missing"),
        ({"rule": "qinghe-2019/99.1"}, "foreign_clause"),
        ({"relaxes": "henan-2019/98.1"}, "rule_unknown"),
        ({"mitigated_by": [{"rule": "henan-2019/98.1", "record": "closure_record"}]}, "rule_unknown"),
        ({"must": {"record": {"type": {"same_as": "each.type"}}}}, "unknown_kind"),
        ({"must": {"record": {"pages": {"min": 2}}}}, "number_outside"),
        ({"must": {"every": {"record": {}}}}, "not_a_requirement"),
        ({"must": {"record": {}, "persons": 2}}, "not_a_requirement"),
        ({"sets": {"retention_class": "long_term"}}, "one_of"),
    ],
)
def test_a_rule_that_says_nothing_clear_is_refused_by_its_clause(change: dict[str, Any], code: str) -> None:
    rule = {**RULE, **change}
    assert fault_of({"rules": [rule]}) == (code, rule["rule"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"titel_zh": "x"}, "unknown_key"),
        ({"title_zh": None}, "value_wrong"),
        ({"in_force_from": "2019-06"}, "value_wrong"),
        ({"commands": {"register_case": ["henan-2019/9.1(1)"]}}, "value_wrong"),
        ({"commands": {"register_case": "qinghe-2019/6.1(1)"}}, "foreign_clause"),
        ({"incidents": {"worm_protected": {"session": "19.1"}}}, "foreign_clause"),
    ],
)
def test_a_header_that_is_not_understood_is_refused(change: dict[str, Any], code: str) -> None:
    assert fault_of(change) == (code, None)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(PackError) as caught:
        compile_pack({**HENAN, "rules": [{**RULE, "fro": 1}, {**RULE, "by": "soon"}, RULE, RULE]})
    assert [fault.code for fault in caught.value.faults] == ["unknown_key", "not_a_limit", "rule_repeated"]


def test_a_term_that_leads_back_to_itself_is_refused() -> None:
    terms = {
        "here": {"zh": "此", "means": {"any": [{"term": "there"}]}},
        "there": {"zh": "彼", "means": {"term": "here"}},
    }
    assert fault_of({"terms": terms, "rules": [{**RULE, "must": {"term": "here"}}]})[0] == "unknown_term"


def test_a_key_written_twice_is_refused() -> None:
    with pytest.raises(PackError, match="twice"):
        read_document("pack: a\npack: b\n", source="a.yaml")


def test_a_file_that_holds_no_mapping_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.yaml"
    file.write_text("- 1\n", encoding="utf-8")
    with pytest.raises(PackError, match=r"list\.yaml"):
        read_file(file)


def test_no_code_is_a_word_of_the_language() -> None:
    # `{state: empty}` asks whether there is a value, whatever codes the attribute takes.
    codes = {code for enumeration in enumerations().values() for code in enumeration}
    assert codes.isdisjoint({"filled", "empty"})


def test_the_words_of_yaml_1_1_are_plain_words() -> None:
    assert read_document("on: off\nat: 22:10\n", source="x") == {"on": "off", "at": "22:10"}


@pytest.mark.parametrize(("pack", "version"), SHIPPED)
def test_a_shipped_pack_travels_in_a_fact_and_compiles_to_the_same(pack: str, version: str) -> None:
    document = pack_document(pack, version)
    carried = json.loads(canonical(document))
    assert carried == document
    assert compile_pack(carried) == compile_pack(document)


def test_a_loaded_pack_is_compiled_once() -> None:
    digest = sha256(canonical(HENAN)).hex()
    assert compiled(HENAN, sha256=digest) is compiled(dict(HENAN), sha256=digest)


def test_an_unknown_pack_is_not_shipped() -> None:
    with pytest.raises(LookupError):
        pack_document("henan-2019", "2018-01-01")


def test_a_pack_without_a_date_is_activated_only_with_one() -> None:
    undated = compile_pack({**HENAN, "in_force_from": None})
    with pytest.raises(PackError, match="no date"):
        activate(undated)
    assert activate(undated, date(2025, 1, 1)).valid_from == date(2025, 1, 1)


def test_no_agency_is_bound_before_the_regulation_is_in_force() -> None:
    assert activate(compile_pack(HENAN), date(2019, 1, 1)).valid_from == date(2019, 6, 4)


def test_a_pack_says_which_clause_stands_beside_a_step_a_refusal_and_a_forbidden_act() -> None:
    henan = compile_pack(HENAN)
    assert henan.clause_of_command("add_record", "inquiry_record") == "henan-2019/10.1(2)"
    assert henan.clause_of_command("add_record", "summary_filing") is None
    assert henan.clause_of_command("store_session") == "henan-2019/22.1a"
    assert henan.clause_of_command("give_opinion", "legal") == "henan-2019/11.1(3)"
    assert henan.clause_of_command("give_opinion", "closure_record") == "henan-2019/13.1"
    assert henan.clause_of_command("fly") is None
    assert henan.clause_of_refusal("legal_review_missing") == "henan-2019/11.1(3)"
    assert henan.clause_of_refusal("initiation_not_approved") == "henan-2019/9.1(1)"
    assert henan.clause_of_refusal("stale") is None
    assert henan.clause_of_incident("worm_protected", "record") == "henan-2019/24.1a"
