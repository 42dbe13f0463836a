"""How refusals are told over HTTP: RFC 9457 problem documents in Chinese and English."""

from casetrail_common.problems.document import PROBLEM_JSON, ProblemDocument, problem_document, problem_response
from casetrail_common.problems.handlers import add_problem_handlers
from casetrail_common.problems.table import PROBLEMS, Problem

__all__ = [
    "PROBLEMS",
    "PROBLEM_JSON",
    "Problem",
    "ProblemDocument",
    "add_problem_handlers",
    "problem_document",
    "problem_response",
]
