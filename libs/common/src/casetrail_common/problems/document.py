"""The problem document itself.

Source: RFC 9457 (Problem Details for HTTP APIs).
"""

import json
import string
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from casetrail_common.errors import CasetrailError
from casetrail_common.metrics import REFUSALS
from casetrail_common.problems.table import PROBLEMS, RULE_REFUSAL, Problem
from casetrail_common.records import label

PROBLEM_JSON: Final = "application/problem+json"

ALWAYS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Headers of every refusal, also of one that the middleware no longer sees."""


CODED: Final = {"roles": "role", "state": "state"}
"""Facts that are codes, or several, and the code list that has the Chinese words for them."""


class FieldProblem(BaseModel):
    """One field that is missing or wrong; the value that was sent is never repeated."""

    place: str = Field(description="Where the field stands: body, query, path, header or cookie.")
    pointer: str = Field(description="JSON pointer of the field in the body, or the name of the parameter.")
    problem: str = Field(description="What is wrong, as a stable word, e.g. `missing`, `extra_forbidden`, `enum`.")


class ProblemDocument(BaseModel):
    """Why a request was refused, in Chinese and English."""

    type: str = Field(description="`urn:casetrail:problem:<code>`")
    title: str = Field(description="Chinese name of the problem.")
    title_en: str
    status: int
    code: str = Field(description="Stable name of the problem.")
    detail: str
    detail_en: str
    clause: str | None = Field(default=None, description="Clause that demands the refusal.")
    instance: str = Field(description="`urn:casetrail:request:<id>`; the id also finds the trace and the log lines.")
    facts: dict[str, str | int] = Field(default={}, description="What the refusal rests on: ids, states, numbers.")
    errors: list[FieldProblem] = Field(default=[], description="The fields to correct.")


def problem_of(error: CasetrailError) -> Problem:
    """Return how a refusal is told.

    Raises
    ------
    KeyError
        If the code is in no table and no clause stands behind it: that is a bug.
    """
    if error.code not in PROBLEMS and error.clause is not None:
        return RULE_REFUSAL
    return PROBLEMS[error.code]


def problem_document(error: CasetrailError, *, request_id: str, errors: Sequence[FieldProblem] = ()) -> ProblemDocument:
    """Tell a refusal in words."""
    problem = problem_of(error)
    return ProblemDocument(
        type=f"urn:casetrail:problem:{error.code}",
        title=problem.title,
        title_en=problem.title_en,
        status=problem.status,
        code=error.code,
        detail=_filled(problem.detail, _in_chinese(error.facts)) or problem.title,
        detail_en=_filled(problem.detail_en, error.facts) or problem.title_en,
        clause=error.clause,
        instance=f"urn:casetrail:request:{request_id}",
        facts=dict(error.facts),
        errors=list(errors),
    )


def problem_response(
    error: CasetrailError,
    request: Request,
    *,
    errors: Sequence[FieldProblem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer a refusal."""
    problem = problem_of(error)
    request_id = request_id_of(request)
    document = problem_document(error, request_id=request_id, errors=errors)
    answer_headers = {**ALWAYS, "X-Request-Id": request_id, **(headers or {})}
    retry_after_s = error.retry_after_s or problem.retry_after_s
    if retry_after_s is not None:
        answer_headers["Retry-After"] = str(retry_after_s)
    if problem.status == 401:
        answer_headers["WWW-Authenticate"] = _challenge(error.code)
    REFUSALS.labels(error.code).inc()
    return Response(
        content=_encoded(document),
        status_code=problem.status,
        headers=answer_headers,
        media_type=PROBLEM_JSON,
    )


def request_id_of(request: Request) -> str:
    """Return the id under which this request is traced and logged."""
    found: object = request.scope.get("state", {}).get("request_id", "unknown")
    return str(found)


def _challenge(code: str) -> str:
    """Source: RFC 6750 section 3.1."""
    return 'Bearer error="invalid_token"' if code == "token_expired" else "Bearer"


def _in_chinese(facts: Mapping[str, str | int]) -> dict[str, str | int]:
    """Put words in the place of codes; English readers are shown the codes, which are English."""
    return {
        name: "、".join(label(CODED[name], code) for code in str(fact).split(", ")) if name in CODED else fact
        for name, fact in facts.items()
    }


def _filled(template: str, facts: Mapping[str, str | int]) -> str:
    """Fill the blanks, or return nothing if a fact for one of them is missing."""
    blanks = {name for _, name, _, _ in string.Formatter().parse(template) if name}
    return template.format_map(facts) if blanks <= facts.keys() else ""


def _encoded(document: ProblemDocument) -> bytes:
    members: dict[str, Any] = document.model_dump(exclude_defaults=True)
    # A lone surrogate in a member name sent by the client has no UTF-8 form.
    return json.dumps(members, ensure_ascii=False).encode("utf-8", errors="replace")
