"""A client that takes no broken connection for an answer, and writes down everything it was answered."""

import asyncio
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from casetrail_embedded.client import As, Client

PATIENCE_S: Final = 300.0
PAUSE_S: Final = 0.1
MARK: Final = re.compile(r"mark-[0-9a-f]{16}")
PASSING: Final = frozenset({502, 503, 504})
"""What an edge and a service answer while something behind them is being started again."""


def new_mark() -> str:
    """Return a text that stands in one request, and so in no more than one piece of content of a service."""
    return f"mark-{secrets.token_hex(8)}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A wish to change something, and what became of it."""

    agency: str
    person: str
    key: str
    path: str
    body: Mapping[str, Any] | None
    answer: httpx.Response | None = None
    """The last answer; None while none has come."""

    @property
    def acknowledged(self) -> bool:
        """Whether the client was told that it is done."""
        return self.answer is not None and self.answer.is_success

    @property
    def marks(self) -> list[str]:
        """Return what the request alone can have written."""
        return MARK.findall(json.dumps(self.body))

    @property
    def answered(self) -> dict[str, Any]:
        """Return the body of the answer."""
        assert self.answer is not None
        answered: dict[str, Any] = self.answer.json()
        return answered


@dataclass
class PatientClient(Client):
    """Repeats each request with the same Idempotency-Key until it is answered for good."""

    patience_s: float = PATIENCE_S
    """After so many seconds a request without an answer is given up."""
    attempts: dict[str, Attempt] = field(default_factory=dict)
    """Every POST by its key."""
    failures: list[str] = field(default_factory=list)
    """Why attempts were repeated."""

    async def send(
        self,
        who: As,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send a request until it is answered and nothing of it is left to be awaited.

        Raises
        ------
        TimeoutError
            If that takes longer than the client's patience.
        """
        key = key or secrets.token_urlsafe(16)
        if method == "POST":
            self.attempts[key] = Attempt(self.agency, who.person, key, path, body)
        deadline = time.monotonic() + self.patience_s
        while True:
            try:
                answer = await super().send(who, method, path, body=body, key=key, headers=headers)
            except httpx.TransportError as broken:
                self.failures.append(f"{method} {path}: {type(broken).__name__}")
            else:
                if not is_passing(answer):
                    if method == "POST":
                        self.attempts[key] = Attempt(self.agency, who.person, key, path, body, answer)
                    return answer
                self.failures.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(PAUSE_S)
        raise TimeoutError(f"{method} {path} was not answered; last: {self.failures[-1:]}")


def is_passing(answer: httpx.Response) -> bool:
    """Whether a repeat may be answered otherwise: a part is down, a service lags, or something is still to happen."""
    if answer.status_code == httpx.codes.CONFLICT:
        return bool(answer.json().get("code") == "not_caught_up")
    return answer.status_code in PASSING or answer.status_code == httpx.codes.ACCEPTED
