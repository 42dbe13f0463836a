"""What a judgement says otherwise than the last one, and what it may not say yet."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from casetrail_archive.judging.findings import changes, held_back
from casetrail_common.rules import Finding

DUE = datetime(2025, 10, 23, 15, 59, 59, tzinfo=UTC)


def finding(**more: Any) -> Finding:
    values: dict[str, Any] = {
        "rule": "henan-2019/21.1",
        "subject": "i-1",
        "subject_kind": "case",
        "status": "overdue",
        "severity": "error",
        "due": DUE,
        "provisional": False,
        "late_by_s": None,
        "basis": None,
        "evidence": (),
        "incidents": 0,
        "next_due": None,
        "pack": "henan-2019@2019-06-04",
        "calendar": "CN-2024-2026",
    }
    return Finding(**{**values, **more})


def test_nothing_is_overdue_until_the_second_after_its_last_is_closed() -> None:
    for closed in (None, DUE, DUE + timedelta(milliseconds=999)):
        [held] = held_back([finding()], closed_until=closed)
        assert (held.status, held.severity, held.next_due) == ("pending", None, DUE)
    assert held_back([finding()], closed_until=DUE + timedelta(seconds=1)) == [finding()]


def test_what_was_done_late_needs_no_waiting() -> None:
    late = finding(status="violated", late_by_s=1)
    assert held_back([late], closed_until=None) == [late]


def test_a_judgement_that_says_the_same_changes_nothing() -> None:
    assert changes([finding()], [replace(finding(), next_due=DUE)]) == []


def test_a_new_status_and_a_new_subject_are_changes() -> None:
    new, other = finding(status="satisfied", severity=None), finding(subject="i-2")
    assert changes([finding()], [new, other]) == [new, other]


def test_a_finding_that_is_no_longer_made_is_withdrawn_once() -> None:
    [withdrawn] = changes([finding()], [])
    assert (withdrawn.status, withdrawn.severity, withdrawn.due) == ("not_applicable", None, None)
    assert changes([withdrawn], []) == []
