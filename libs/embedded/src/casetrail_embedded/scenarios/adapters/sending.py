"""The adapter of a command that is one request."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from casetrail_embedded.scenarios.tenant import Desk

Adapter = Callable[[Desk, dict[str, Any]], Awaitable[httpx.Response]]


def sending(method: str, path: str) -> Adapter:
    """Return an adapter that sends the arguments, those that the path names in braces there."""

    async def send(desk: Desk, args: dict[str, Any]) -> httpx.Response:
        return await desk.send(method, path, args)

    return send


def posting(path: str) -> Adapter:
    """Return an adapter that posts the arguments."""
    return sending("POST", path)
