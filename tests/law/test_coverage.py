"""Every clause of the five regulations has an answer."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import coverage_of_law as coverage  # noqa: E402  tools are scripts beside the packages


def test_each_of_the_350_clauses_has_an_answer_that_the_page_gives() -> None:
    answers = coverage.answers()
    assert sum(len(clauses) for clauses in answers.values()) == 350
    assert coverage.main([]) == 0, "run: python tools/coverage_of_law.py --write"


def test_each_answer_names_a_test_that_exists() -> None:
    for clauses in coverage.answers().values():
        for clause, answer in clauses.items():
            if answer is not None:
                assert (ROOT / answer["shown_by"]).exists(), clause
