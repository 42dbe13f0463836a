"""Every refusal the code can utter has words and a status."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from casetrail_archive.domain import dossier
from casetrail_common.auth import Role
from casetrail_common.errors import CasetrailError
from casetrail_common.problems import PROBLEMS, Problem, problem_document
from casetrail_intake.domain import case
from casetrail_media.domain import session
from casetrail_review.domain.submission import SubmissionState

ROOT = Path(__file__).parents[2]
HAN = re.compile(r"[\u4e00-\u9fff]")

DOMAIN = {
    403: "role_not_allowed officer_not_qualified access_not_approved head_approval_required head_consent_required "
    "copy_not_approved disclosure_not_approved classified_no_clearance self_custody unregistered_storage "
    "worm_protected",
    404: "not_found",
    409: "transition_not_allowed initiation_not_approved legal_opinion_missing legal_review_missing "
    "head_or_collective_missing head_approval_missing measure_not_approved demand_not_served retention_locked "
    "stale not_caught_up form_submitted",
    422: "field_missing seal_missing issue_date_missing conduct_type_out_of_scope refusal_needs_two_officers "
    "interruption_needs_two_officers exception_not_available relax_not_allowed head_signature_missing "
    "reason_required effective_date_required idempotency_conflict",
}
"""Statuses of the domain's codes. Source: the command vocabulary, domain model section 20."""


def uttered() -> Iterator[tuple[str, str]]:
    """Yield every code that stands literally in a `CasetrailError(...)`, with where."""
    for file in [*ROOT.glob("libs/*/src/**/*.py"), *ROOT.glob("services/*/src/**/*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "CasetrailError" and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield code.value, f"{file.relative_to(ROOT)}:{node.lineno}"


def test_every_code_in_the_source_is_in_the_table() -> None:
    assert [(code, where) for code, where in uttered() if code not in PROBLEMS] == []


@pytest.mark.parametrize(("status", "codes"), DOMAIN.items())
def test_the_codes_of_the_domain_have_the_statuses_of_the_vocabulary(status: int, codes: str) -> None:
    assert {code: PROBLEMS[code].status for code in codes.split()} == dict.fromkeys(codes.split(), status)


@pytest.mark.parametrize(("code", "problem"), PROBLEMS.items())
def test_a_problem_is_told_in_both_languages_with_the_same_blanks(code: str, problem: Problem) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", code)
    assert HAN.search(problem.title)
    assert problem.title_en.isascii()
    assert bool(problem.detail) == bool(problem.detail_en)
    assert not HAN.search(problem.detail_en)
    assert sorted(re.findall(r"\{(\w+)\}", problem.detail)) == sorted(re.findall(r"\{(\w+)\}", problem.detail_en))


STATES = {*get_args(case.State), *get_args(session.State), *get_args(dossier.State), *map(str, SubmissionState)}


@pytest.mark.parametrize("state", sorted(STATES))
def test_a_chinese_reader_is_told_the_state_in_words(state: str) -> None:
    told = problem_document(CasetrailError("transition_not_allowed", {"state": state}), request_id="1")
    assert state not in told.detail
    assert state in told.detail_en


def test_a_chinese_reader_is_told_in_words_which_roles_may() -> None:
    told = problem_document(CasetrailError("role_not_allowed", {"roles": ", ".join(Role)}), request_id="1")
    assert not re.search("[a-z]", told.detail)
    assert told.facts["roles"] == ", ".join(Role)
