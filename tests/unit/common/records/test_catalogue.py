"""The catalogue holds every record type, and tells coded values from what people wrote."""

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail_common.canonical import canonical
from casetrail_common.records import (
    UnknownRecordTypeError,
    enumerations,
    is_empty,
    label,
    record_type,
    record_types,
    split_fields,
)
from casetrail_common.records.catalogue import Category, Kind, Stage


def test_every_declaration_uses_words_that_are_defined() -> None:
    for form in record_types().values():
        assert form.stage in get_args(Stage)
        assert form.category in get_args(Category)
        assert set(form.signers) <= set("OPWUHLSREM")
        assert set(form.slots) <= set(enumerations()["slot"])
        for field in form.fields:
            assert field.coding.kind in get_args(Kind)
            assert (field.coding.kind in {"enum", "enums"}) == (field.coding.enumeration in enumerations())


def test_only_forms_made_by_a_command_of_their_own_hold_no_declared_field() -> None:
    assert {code for code, form in record_types().items() if not form.fields} == {
        "decision_document",
        "device_fault_report",
    }
    assert record_type("decision_document").created_by == "issue_decision"


def test_an_approval_form_asks_for_the_opinion_of_the_unit_and_of_the_head() -> None:
    forms = {code for code, form in record_types().items() if form.slots == ("unit", "head")}
    assert forms == {"initiation_approval", "measure_approval", "handling_opinion", "closure_record"}


def test_an_unknown_record_type_is_named() -> None:
    with pytest.raises(UnknownRecordTypeError, match="no_such_form"):
        record_type("no_such_form")


def test_optional_fields_are_not_required() -> None:
    assert record_type("service_receipt").required_fields == ("document", "method", "date")


def test_an_unknown_code_prints_as_itself() -> None:
    assert label("service_method", "direct") == "直接送达"
    assert label("service_method", "pigeon") == "pigeon"


def test_coded_values_and_content_of_a_service_receipt_are_told_apart() -> None:
    receipt = {"document": "行政处罚决定书", "method": "direct", "date": "2025-09-05", "rights_told": False}
    coded, content = split_fields(record_type("service_receipt"), receipt)
    assert coded == {"method": "direct", "date": "2025-09-05", "rights_told": False}
    assert content == {"document": "行政处罚决定书"}


@pytest.mark.parametrize("empty", [None, "", [], " ", "\u3000\n"])
def test_an_empty_value_is_dropped(empty: object) -> None:
    assert split_fields(record_type("performance_record"), {"status": empty, "date": empty}) == ({}, {})


def test_false_and_zero_are_values() -> None:
    assert split_fields(record_type("complaint_register"), {"named": False}) == ({"named": False}, {})
    assert split_fields(record_type("av_interruption_statement"), {"gap": 0}) == ({"gap": 0}, {})


def test_an_instant_of_any_offset_is_kept_in_utc() -> None:
    form = record_type("case_source_register")
    for written in ("2025-08-11T08:30:00+08:00", "2025-08-11T00:30:00Z", "2025-08-10T19:30:00.000-05:00"):
        assert split_fields(form, {"received_at": written})[0] == {"received_at": "2025-08-11T00:30:00.000000Z"}


@pytest.mark.parametrize(
    ("code", "name", "value"),
    [
        ("case_source_register", "received_at", "2025-08-11"),
        ("case_source_register", "received_at", "2025-08-11T08:30:00"),
        ("case_source_register", "received_at", "0001-01-01T00:00:00+14:00"),
        ("case_source_register", "received_at", 20250811),
        ("performance_record", "date", "2025-02-30"),
        ("performance_record", "date", "２０２５-０８-１１"),
        ("performance_record", "date", "九月"),
        ("complaint_register", "named", "true"),
        ("complaint_register", "named", 1),
        ("av_interruption_statement", "gap", True),
        ("av_interruption_statement", "gap", 2**53),
        ("av_interruption_statement", "session", "AV-1"),
        ("step_opinion", "step", "110101199001011234"),
        ("service_receipt", "method", ["direct"]),
        ("service_receipt", "method", "pigeon"),
        ("public_notice_statement", "failed_methods", ["direct", "pigeon"]),
        ("public_notice_statement", "failed_methods", "direct"),
        ("inquiry_record", "undeclared", "2025-08-11"),
    ],
)
def test_a_value_that_is_undeclared_or_of_the_wrong_type_is_content(code: str, name: str, value: Any) -> None:
    assert split_fields(record_type(code), {name: value}) == ({}, {name: value})


def test_ids_names_and_lists_of_codes_are_coded() -> None:
    session = "m-01988f5e-0000-7000-8000-000000000001"
    assert split_fields(record_type("av_interruption_statement"), {"session": session})[0] == {"session": session}
    assert split_fields(record_type("step_opinion"), {"step": "review"})[0] == {"step": "review"}
    assert split_fields(record_type("rights_notice"), {"rights": ["statement"]})[0] == {"rights": ["statement"]}


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=30)
@given(code=st.sampled_from(sorted(record_types())), value=_JSON)
def test_no_value_is_lost_and_no_free_text_is_coded(code: str, value: Any) -> None:
    form = record_type(code)
    written = {field.name: value for field in form.fields} | {"extra": "自由文字"}
    coded, content = split_fields(form, written)
    assert set(coded).isdisjoint(content)
    assert set(coded) | set(content) == {name for name, written_value in written.items() if not is_empty(written_value)}
    assert not any(field.coding.is_content for field in form.fields if field.name in coded)
    canonical(coded)
