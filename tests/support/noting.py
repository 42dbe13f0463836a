"""A client that keeps what it sent, so that a test can send the same again as somebody else."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from casetrail_embedded.client import As, Client


@dataclass(frozen=True, slots=True)
class Noted:
    """A request, and how it was answered."""

    who: As
    method: str
    path: str
    body: Mapping[str, Any] | None
    key: str
    answer: httpx.Response


@dataclass
class NotingClient(Client):
    """Keeps every request."""

    timeout_s: float = 300.0
    """Longer than everything together that the application under test waits for."""
    noted: list[Noted] = field(default_factory=list)

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
        """Send a request and return whatever is answered."""
        answer = await super().send(who, method, path, body=body, key=key, headers=headers)
        used = answer.request.headers["Idempotency-Key"]
        self.noted.append(Noted(who, method, path, body, used, answer))
        return answer

    async def again(self, noted: Noted, *, who: As | None = None, key: str | None = None) -> httpx.Response:
        """Send a request again, as the same person with the same key unless told otherwise."""
        return await super().send(who or noted.who, noted.method, noted.path, body=noted.body, key=key or noted.key)

    async def send_bytes(
        self, who: As, method: str, path: str, *, content: bytes | AsyncIterator[bytes], headers: Mapping[str, str]
    ) -> httpx.Response:
        """Send what no honest client would send."""
        sent = {"Authorization": f"Bearer {await self.token(who)}", **headers}
        return await self._http.request(method, path, content=content, headers=sent)

    def last(self, path_part: str) -> Noted:
        """Return the last request whose path holds a text."""
        return next(noted for noted in reversed(self.noted) if path_part in noted.path)
