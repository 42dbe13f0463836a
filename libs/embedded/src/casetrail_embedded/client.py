"""A client as an integrator would write one: every wish has a key, and what was written is seen by the next call."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

import httpx

LIMITS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=2.0)
"""Idle connections are given up well before the server does (five seconds), or a request would meet a closed one."""


class RefusedError(Exception):
    """The service said no; `code` says why."""

    def __init__(self, response: httpx.Response) -> None:
        problem = response.json() if "json" in response.headers.get("content-type", "") else {}
        self.status = response.status_code
        self.asked = f"{response.request.method} {response.request.url.path}"
        self.code = str(problem.get("code", response.reason_phrase))
        self.clause = problem.get("clause")
        self.title = str(problem.get("title", ""))
        super().__init__(f"{self.status} {self.code}: {self.title} {problem.get('errors', '')}")


@dataclass(frozen=True, slots=True)
class As:
    """Who is calling: what the development issuer puts into a token."""

    person: str
    roles: tuple[str, ...]
    unit: str | None = None


@dataclass
class Client:
    """Calls the gateway for one agency; remembers the positions it was answered and sends them along."""

    base_url: str
    agency: str
    timeout_s: float = 60.0
    repeats: int = 0
    """How often a request is sent again while a service says that it cannot answer yet, and when it may."""
    positions: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._http = httpx.AsyncClient(base_url=self.base_url, timeout=self.timeout_s, limits=LIMITS)
        self._tokens: dict[As, str] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def token(self, who: As) -> str:
        """Log in with the development issuer."""
        if who not in self._tokens:
            wish = {"sub": who.person, "agency": self.agency, "unit": who.unit, "roles": who.roles, "ttl_s": 3600}
            answer = await self._http.post("/dev/token", json={k: v for k, v in wish.items() if v is not None})
            answer.raise_for_status()
            self._tokens[who] = answer.json()["access_token"]
        return self._tokens[who]

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
        sent = {
            "Authorization": f"Bearer {await self.token(who)}",
            "Idempotency-Key": key or secrets.token_urlsafe(16),
            **({"Casetrail-Positions": self._seen()} if self.positions else {}),
            **(headers or {}),
        }
        answer = await self._http.request(method, path, json=body, headers=sent)
        for _ in range(self.repeats):
            if "Retry-After" not in answer.headers and answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            await asyncio.sleep(int(answer.headers.get("Retry-After", "1")))
            answer = await self._http.request(method, path, json=body, headers=sent)
        self._remember(answer.headers.get("Casetrail-Position"))
        return answer

    async def post(self, who: As, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Wish for something.

        Raises
        ------
        RefusedError
            If the answer is not 2xx.
        """
        answer: dict[str, Any] = _accepted(await self.send(who, "POST", path, body=body or {}))
        return answer

    async def put(self, who: As, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Set something.

        Raises
        ------
        RefusedError
            If the answer is not 2xx.
        """
        answer: dict[str, Any] = _accepted(await self.send(who, "PUT", path, body=body))
        return answer

    async def get(self, who: As, path: str) -> Any:
        """See something.

        Raises
        ------
        RefusedError
            If the answer is not 2xx.
        """
        return _accepted(await self.send(who, "GET", path))

    def _seen(self) -> str:
        return ", ".join(f"{service}:{n}" for service, n in self.positions.items())

    def _remember(self, position: str | None) -> None:
        if position:
            service, n = position.split(":")
            self.positions[service] = max(int(n), self.positions.get(service, 0))


def patient_client(base_url: str, agency: str) -> Client:
    """Return a client for a busy machine, where a service may follow the others too slowly for one attempt."""
    return Client(base_url, agency, timeout_s=300, repeats=30)


def _accepted(answer: httpx.Response) -> Any:
    if not answer.is_success:
        raise RefusedError(answer)
    return answer.json()
