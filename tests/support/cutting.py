"""A client on whose requests the application dies: each of them arms a failpoint, and is repeated until answered."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from casetrail_embedded.client import As
from support.patient_client import PatientClient
from support.whole_stack import WholeStack


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the application is to die, and on which request."""

    request: str
    """Method, path and body, a regular expression for the whole."""
    failpoints: tuple[str, ...]
    """One after another; what was cut off at one is begun again by the next process."""


@dataclass
class CuttingClient(PatientClient):
    """Takes the cuts in turn, each on the first request it fits."""

    stack: WholeStack | None = None
    cuts: list[Cut] = field(default_factory=list)

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
        """Send a request, through as many deaths as are due on it."""
        due = list(self._due(f"{method} {path} {json.dumps(body)}"))
        answer, _ = await asyncio.gather(
            super().send(who, method, path, body=body, key=key, headers=headers), self._die(due)
        )
        return answer

    def _due(self, request: str) -> Iterator[str]:
        if self.cuts and re.fullmatch(self.cuts[0].request, request):
            yield from self.cuts.pop(0).failpoints

    async def _die(self, failpoints: list[str]) -> None:
        for failpoint in failpoints:
            assert self.stack is not None
            await self.stack.dies_at(failpoint)
        if failpoints and self.stack is not None:
            await self.stack.serves()
