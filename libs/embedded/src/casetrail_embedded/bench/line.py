"""An HTTP client that costs little, so that what is measured is the server: one connection, one request at a time."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    def json(self) -> Any:
        """Return the body read as JSON."""
        return json.loads(self.body)


class UnexpectedAnswerError(RuntimeError):
    """What was measured did not do what it should."""


@dataclass(frozen=True, slots=True)
class Line:
    """A connection that is kept open."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def get(self, path: str) -> Heard:
        """Ask for something public.

        Raises
        ------
        UnexpectedAnswerError
            The answer was not 200.
        """
        return _expected(await self._ask(f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()), 200)

    async def post(self, path: str, body: bytes, *, token: str) -> Heard:
        """Wish for something, under a fresh key.

        Raises
        ------
        UnexpectedAnswerError
            The answer was not 201.
        """
        head = (
            f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
            f"Idempotency-Key: {secrets.token_urlsafe(16)}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return _expected(await self._ask(head.encode() + body), 201)

    async def _ask(self, request: bytes) -> Heard:
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        body = await self.reader.readexactly(int(headers["content-length"]))
        return Heard(int(head[0].split()[1]), headers, body)


@asynccontextmanager
async def dialled(base_url: str, lines: int) -> AsyncIterator[list[Line]]:
    """Open connections. A line that is not used for five seconds is closed by the server."""
    where = urlsplit(base_url)
    opened = [Line(*await asyncio.open_connection(where.hostname, where.port)) for _ in range(lines)]
    try:
        yield opened
    finally:
        for line in opened:
            line.writer.close()


def _expected(heard: Heard, status: int) -> Heard:
    if heard.status != status:
        raise UnexpectedAnswerError(f"{heard.status} instead of {status}: {heard.body[:500].decode(errors='replace')}")
    return heard
