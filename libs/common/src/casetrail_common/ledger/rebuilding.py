"""Making every fold again from the ledgers, and holding the snapshots against what comes out.

Facts that are parked are in no fold. Those that were parked and then retried were folded later than their positions
say; a fold that depends on that shows here.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import asyncpg

from casetrail_common.ids import Service
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.replay import replay
from casetrail_common.ledger.view import Key

Problem = Literal["lacking", "left over", "different"]

_AGENCIES: Final = """
select agency from agency_head union select agency from followed union select agency from snapshot order by 1
"""
_PUT: Final = """
insert into snapshot (agency, kind, id, version, state) values ($1, $2, $3, 1, $4::jsonb)
on conflict (agency, kind, id) do update set state = excluded.state, version = snapshot.version + 1
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A snapshot that is not what the facts make of its object."""

    service: Service
    agency: str
    kind: str
    id: str
    problem: Problem

    def __str__(self) -> str:
        return f"{self.service}/{self.agency}: the snapshot {self.kind} {self.id} is {self.problem}"


@dataclass
class Rebuilt:
    """What came of one service's folds."""

    facts: int = 0
    states: int = 0
    differences: list[Difference] = field(default_factory=list)


async def rebuild(
    me: Service, folds: Sequence[Fold[Any]], dsns: Mapping[Service, str], *, repair: bool = False
) -> Rebuilt:
    """Fold the ledgers anew and compare, agency by agency; it may run beside the services.

    Parameters
    ----------
    dsns
        All four databases: an operator's tool may read what a service may not.
    repair
        Also write the snapshots that differ. Commands of the agency wait meanwhile.

    Raises
    ------
    LogTooShortError
        If a log does not hold what was followed of it.
    """
    outcome = Rebuilt()
    async with AsyncExitStack() as stack:
        conns: dict[Service, asyncpg.Connection] = {}
        for service, dsn in dsns.items():
            conns[service] = await asyncpg.connect(dsn)
            stack.push_async_callback(conns[service].close)
        for row in await conns[me].fetch(_AGENCIES):
            await _rebuild_agency(_Agency(me, folds, conns, row["agency"]), outcome, repair=repair)
    return outcome


@dataclass
class _Agency:
    """One agency of one service."""

    me: Service
    folds: Sequence[Fold[Any]]
    conns: Mapping[Service, asyncpg.Connection]
    id: str
    states: dict[Key, tuple[Fold[Any], Any]] = field(default_factory=dict)

    @property
    def own(self) -> asyncpg.Connection:
        return self.conns[self.me]

    def take(self, fact: Fact) -> None:
        for fold in self.folds:
            if fact.service in fold.sources:
                for item in fold.keys(fact):
                    before = self.states.get((fold.kind, item), (fold, None))[1]
                    self.states[fold.kind, item] = (fold, fold.evolve(before, fact))

    def made(self) -> dict[Key, str]:
        """Return the states as JSON text; a forgotten object has none."""
        return {key: fold.dump(state) for key, (fold, state) in self.states.items() if state is not None}

    async def kept(self) -> dict[Key, str]:
        rows = await self.own.fetch("select kind, id, state::text from snapshot where agency = $1", self.id)
        return {(row["kind"], row["id"]): row["state"] for row in rows}

    async def parked(self) -> set[tuple[str, int]]:
        rows = await self.own.fetch("select service, n from parked where agency = $1", self.id)
        return {(row["service"], row["n"]) for row in rows}

    async def put(self, key: Key, state: str | None) -> None:
        if state is None:
            await self.own.execute("delete from snapshot where agency = $1 and kind = $2 and id = $3", self.id, *key)
        else:
            await self.own.execute(_PUT, self.id, *key, state)


async def _rebuild_agency(agency: _Agency, outcome: Rebuilt, *, repair: bool) -> None:
    async with AsyncExitStack() as stack:
        for service, conn in agency.conns.items():
            writes = repair and service == agency.me
            await stack.enter_async_context(conn.transaction(isolation=None if writes else "repeatable_read"))
        if repair:
            await agency.own.execute("select from agency_head where agency = $1 for update", agency.id)
        parked, kept = await agency.parked(), await agency.kept()
        async for fact in replay(agency.conns, agency.me, agency.id):
            if (fact.service, fact.n) not in parked:
                agency.take(fact)
                outcome.facts += 1
        made = agency.made()
        outcome.states += len(made)
        for key in sorted(made.keys() | kept.keys()):
            if problem := _compared(made.get(key), kept.get(key)):
                kind, item = key
                outcome.differences.append(Difference(agency.me, agency.id, kind, item, problem))
                if repair:
                    await agency.put(key, made.get(key))


def _compared(made: str | None, kept: str | None) -> Problem | None:
    if made is None:
        return "left over"
    if kept is None:
        return "lacking"
    return None if json.loads(made) == json.loads(kept) else "different"
