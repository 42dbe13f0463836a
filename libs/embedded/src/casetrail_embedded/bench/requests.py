"""Requests over HTTP: how many in a second, and how soon what they did is projected."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from casetrail_embedded.bench.line import Line, dialled
from casetrail_embedded.bench.scene import CASE, RECORD, RECORDS_PER_CASE, Agency
from casetrail_embedded.bench.timings import Round
from casetrail_embedded.bench.watch import Watch

CASE_BODY: Final = json.dumps(CASE, ensure_ascii=False).encode()
PROJECTED_WITHIN_S: Final = 15.0
LINES: Final = 32
"""Connections that steady requests share: more than are ever at work at once."""

Ask = Callable[[Line], Awaitable[Any]]


async def run_users(base_url: str, ask: Ask, *, users: int, seconds: float) -> Round:
    """Let users ask, each on a line of their own and again as soon as there is an answer."""
    durations: list[float] = []

    async def user(line: Line) -> None:
        while (now := time.perf_counter()) < begun + seconds:
            await ask(line)
            durations.append(time.perf_counter() - now)

    async with dialled(base_url, users) as lines:
        begun = time.perf_counter()
        await asyncio.gather(*map(user, lines))
        return Round(len(durations), time.perf_counter() - begun, durations)


def opening_cases(agency: Agency) -> Ask:
    """Return what opens a case."""

    async def ask(line: Line) -> None:
        await line.post("/v1/cases", CASE_BODY, token=agency.token)

    return ask


async def doing_nothing(line: Line) -> None:
    """Ask for an answer that takes no work: the limit of this server and this client."""
    await line.get("/healthz")


async def run_steadily(base_url: str, watch: Watch, agencies: Sequence[Agency], *, per_s: int, seconds: float) -> Round:
    """Send so many requests a second, whatever becomes of them, and time each from its answer to its projection."""
    watch.durations_s.clear()
    free: asyncio.Queue[Line] = asyncio.Queue()
    cases = {agency.id: agency.case for agency in agencies}

    async def send(number: int) -> None:
        await asyncio.sleep(begun + number / per_s - time.perf_counter())
        agency = agencies[number % len(agencies)]
        line = await free.get()
        if number // len(agencies) % (RECORDS_PER_CASE + 1) == 0:
            heard = await line.post("/v1/cases", CASE_BODY, token=agency.token)
            cases[agency.id] = heard.json()["case"]
        else:
            body = json.dumps({**RECORD, "case": cases[agency.id]}).encode()
            heard = await line.post("/v1/records", body, token=agency.token)
        watch.expect(agency.id, heard.headers["casetrail-position"], since=time.perf_counter())
        free.put_nowait(line)

    async with dialled(base_url, LINES) as lines:
        for line in lines:
            free.put_nowait(line)
        begun = time.perf_counter()
        await asyncio.gather(*map(send, range(int(per_s * seconds))))
        took = time.perf_counter() - begun
    await watch.all_seen(PROJECTED_WITHIN_S)
    return Round(len(watch.durations_s), took, tuple(watch.durations_s))
