"""What every refusal must look like."""

import httpx

MARK = "zx9-do-not-repeat-me"
"""Sent where it is refused; no refusal may repeat it."""


def refused(answer: httpx.Response, status: int, *codes: str) -> None:
    """Insist on a refusal with this status and one of the codes, that tells nothing it should not."""
    told = f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:500]}"
    assert answer.status_code == status, told
    assert answer.headers["content-type"] == "application/problem+json", told
    problem = answer.json()
    assert problem["status"] == status, told
    assert not codes or problem["code"] in codes, told
    assert problem["title"], told
    assert problem["title_en"], told
    assert tells_nothing(answer), told


def tells_nothing(answer: httpx.Response) -> bool:
    """Whether an answer holds nothing of what was sent, and nothing of our code."""
    return not any(word in answer.text for word in (MARK, "Traceback", 'File "', "asyncpg", "pydantic"))
