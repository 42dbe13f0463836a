"""Whether four ledgers hold what clients were told, once, and whether everything made from them says the same.

It reads the databases and nothing else: no service's word counts.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from casetrail_archive.verify_ledger import verify
from casetrail_common.ids import SERVICES, Service
from casetrail_common.ledger.rebuilding import rebuild
from casetrail_embedded.serve import BLUEPRINTS
from support.patient_client import MARK, Attempt

SETTLED_WITHIN_S: Final = 300.0
"""Seconds until it is given up that the services follow each other to their ends; a quiet machine takes a few."""

MADE_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "case": ("case.registered",),
    "record": ("record.added", "decision.issued"),
    "activity": ("activity.started",),
    "session": ("av.session_started",),
    "upload": ("av.upload_declared",),
    "device": ("device.registered",),
    "repository": ("repository.registered",),
    "submission": ("review.submitted",),
    "dossier": ("dossier.filed",),
}
"""The facts, one of which makes the thing whose id an answer names."""

_LEFT: Final = """
select 'waiting' as what, count(*) as n from waiting union all select 'parked', count(*) from parked
union all select 'outbox', count(n) from outbox union all select 'jobs', count(*) from job
"""
_LOG: Final = "select agency, n, convert_from(body, 'utf8') as body from ledger order by agency, n"
_ANSWERS: Final = "select agency, person, key, answer::text as answer from idempotency"

_CONTENTS: Final = "select convert_from(bytes, 'utf8') as text from content where bytes is not null"

Log = dict[tuple[str, int], dict[str, Any]]
"""Bodies by agency and position."""
Answers = dict[tuple[str, str, str], dict[str, Any]]
"""Stored answers by agency, person and key."""


@dataclass(frozen=True, slots=True)
class _State:
    """What the databases hold."""

    logs: Mapping[Service, Log]
    answers: Mapping[Service, Answers]
    marks: Mapping[Service, Counter[str]]
    """How often each mark stands in content."""


async def unsettled(dsns: Mapping[Service, str]) -> list[str]:
    """Return what is still under way: facts not followed, not published, put aside, or with work to be done."""
    left: list[str] = []
    async with AsyncExitStack() as stack:
        conns = {service: await _connected(stack, dsn) for service, dsn in dsns.items()}
        heads = {
            service: {row["agency"]: row["n"] for row in await conn.fetch("select agency, n from agency_head")}
            for service, conn in conns.items()
        }
        for me, conn in conns.items():
            left += [f"{me}: {row['n']} {row['what']}" for row in await conn.fetch(_LEFT) if row["n"]]
            rows = await conn.fetch("select agency, service, n from followed")
            followed = {(row["service"], row["agency"]): row["n"] for row in rows}
            left += [
                f"{me} has followed {other} in {agency} to {followed.get((other, agency), 0)} of {n}"
                for other in SERVICES
                if other != me
                for agency, n in heads[other].items()
                if followed.get((other, agency), 0) != n
            ]
    return left


async def until_settled(dsns: Mapping[Service, str]) -> None:
    """Wait until nothing is under way, or say what is."""
    left: list[str] = ["nothing could be read"]
    try:
        async with asyncio.timeout(SETTLED_WITHIN_S):
            while left:
                try:
                    left = await unsettled(dsns)
                except (OSError, asyncpg.PostgresError) as error:
                    left = [f"database: {error}"]
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"the services do not come to rest: {left}") from None


async def faults(dsns: Mapping[Service, str], attempts: Iterable[Attempt]) -> list[str]:
    """Return everything that is not as it must be once all services are at rest."""
    report = await verify(dsns)
    found = [*map(str, report.faults), *await unsettled(dsns)]
    if report.not_yet_followed:
        found.append(f"{report.not_yet_followed} facts have no copy in archive")
    for blueprint in BLUEPRINTS:
        rebuilt = await rebuild(blueprint.service, blueprint.folds, dsns)
        found += map(str, rebuilt.differences)
    state = await _read(dsns)
    for service in SERVICES:
        found += _unanswered(service, state.logs[service], state.answers[service])
    return found + [fault for attempt in attempts for fault in _faults_of(attempt, state)]


async def _read(dsns: Mapping[Service, str]) -> _State:
    logs: dict[Service, Log] = {}
    answers: dict[Service, Answers] = {}
    marks: dict[Service, Counter[str]] = {}
    async with AsyncExitStack() as stack:
        for service, dsn in dsns.items():
            conn = await _connected(stack, dsn)
            logs[service] = {(row["agency"], row["n"]): json.loads(row["body"]) for row in await conn.fetch(_LOG)}
            answers[service] = {
                (row["agency"], row["person"], row["key"]): json.loads(row["answer"])
                for row in await conn.fetch(_ANSWERS)
            }
            marks[service] = Counter(mark for row in await conn.fetch(_CONTENTS) for mark in MARK.findall(row["text"]))
    return _State(logs, answers, marks)


def _unanswered(service: Service, log: Log, answers: Answers) -> list[str]:
    """Return where facts that people appended end without an answer that stands for them: they were written twice."""
    ends = {(agency, int(answer["position"].partition(":")[2])) for (agency, _, _), answer in answers.items()}
    return [
        f"{service}/{agency}/{n}: {body['type']} by {body['actor']['person']} belongs to no request"
        for (agency, n), body in log.items()
        if not _by_system(body) and (agency, n) not in ends and _ends_run(log, agency, n)
    ]


def _ends_run(log: Log, agency: str, n: int) -> bool:
    """Whether no later fact by the same person can be part of the same commit."""
    here, after = log[agency, n], log.get((agency, n + 1))
    return after is None or (after["actor"], after["recorded_at"]) != (here["actor"], here["recorded_at"])


def _by_system(body: dict[str, Any]) -> bool:
    return bool(body["actor"]["person"].startswith("system:"))


def _faults_of(attempt: Attempt, state: _State) -> list[str]:
    """Return what is wrong with one request: acknowledged means once, everything else at most once."""
    wish = (attempt.agency, attempt.person, attempt.key)
    stored = [(service, state.answers[service][wish]) for service in SERVICES if wish in state.answers[service]]
    if len(stored) > 1:
        return [f"{attempt.path} was done by {[service for service, _ in stored]}"]
    times = len(stored)  # of which content there is one copy where it was written, and one where it is kept
    written = [(mark, place, state.marks[place][mark]) for mark in attempt.marks for place in ("intake", "archive")]
    found = [f"{attempt.path}: {mark} is {n} times in {place}" for mark, place, n in written if n != times]
    return found + (_faults_of_acknowledged(attempt, stored, state.logs) if attempt.acknowledged else [])


def _faults_of_acknowledged(
    attempt: Attempt, stored: Sequence[tuple[Service, dict[str, Any]]], logs: Mapping[Service, Log]
) -> list[str]:
    told = attempt.answered
    if not stored:
        return [f"{attempt.path} was acknowledged as {told} and is in no ledger"]
    ((service, answer),) = stored
    found = []
    if told["position"] != answer["position"]:
        found.append(f"{attempt.path} was told {told['position']}, but stands at {answer['position']}")
    end = logs[service].get((attempt.agency, int(answer["position"].partition(":")[2])))
    if end is None or end["actor"]["person"] != attempt.person:
        found.append(f"{attempt.path}: no fact of {attempt.person} at {answer['position']}")
    return found + [
        f"{attempt.path}: {made} {told[made]} was made {count} times"
        for made in MADE_BY.keys() & told.keys()
        if (count := _made(logs[service], attempt.agency, made, told[made])) != 1
    ]


def _made(log: Log, agency: str, made: str, item: str) -> int:
    types = Counter(
        body["type"] for (where, _), body in log.items() if where == agency and body["payload"].get(made) == item
    )
    return sum(types[name] for name in MADE_BY[made])


async def _connected(stack: AsyncExitStack, dsn: str) -> asyncpg.Connection:
    conn = await asyncpg.connect(dsn)
    stack.push_async_callback(conn.close)
    return conn
