"""A service's ledger: appending under the agency's lock, and deciding commands exactly once."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

import asyncpg

from casetrail_common.errors import CasetrailError
from casetrail_common.failpoints import failpoint
from casetrail_common.ids import Service
from casetrail_common.ledger.append import Law, NewFact, Tip
from casetrail_common.ledger.fact import Actor, Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.locked import LockedAgency, load_head
from casetrail_common.ledger.reading import facts_of
from casetrail_common.ledger.states import States, Versioned
from casetrail_common.ledger.view import AlsoKeep, Job, Key, LawOf, React, View, no_consequences
from casetrail_common.ledger.waking import Waker
from casetrail_common.ledger.writes import Answered

S = TypeVar("S")

_OPEN: Final = """
select clock_timestamp() as clock,
       (select simulated from agency_head where agency = $1) as simulated,
       (select last from agency_head where agency = $1) as last,
       (select stream_seq from stream_head where stream = $4) as position,
       i.request_hash, i.answer
from (select 1) as one left join idempotency i on i.agency = $1 and i.person = $2 and i.key = $3
"""


@dataclass(frozen=True, slots=True)
class Call:
    """A command as it arrived: who, once, and under which condition."""

    agency: str
    actor: Actor
    key: str
    """Idempotency-Key."""
    request_hash: bytes
    stream: str | None = None
    """The stream that `if_match` speaks of."""
    if_match: int | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a decision wants to happen."""

    facts: Sequence[NewFact]
    answer: Mapping[str, Any] = field(default_factory=dict)
    """Ids and codes for the caller; stored for repeats, so it holds no content."""
    jobs: Sequence[Job] = ()
    refusal: CasetrailError | None = None
    """Set when the command is a forbidden act: the facts (incidents) are committed, then this is the answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command came to."""

    body: Mapping[str, Any]
    position: str
    """`<service>:<n>` of the last fact, for reads that must see it."""
    repeated: bool = False


Decide = Callable[[View], Awaitable[Plan]]
CatchUp = Callable[[str], Awaitable[bool]]
"""Waits until an agency's facts of the other services are followed to their present end; False if it took too long."""


async def _no_law(_view: View) -> Law:
    return Law()


class Store:
    """The ledger of one service in its own database."""

    def __init__(
        self,
        service: Service,
        pool: asyncpg.Pool,
        *,
        folds: Sequence[Fold[Any]] = (),
        react: React = no_consequences,
        law_of: LawOf = _no_law,
        keeps_content: bool = False,
        also_keep: AlsoKeep | None = None,
        catch_up: CatchUp | None = None,
    ) -> None:
        self.service: Service = service
        self.pool = pool
        self.folds = tuple(folds)
        self.react = react
        self.law_of = law_of
        self.keeps_content = keeps_content
        self.also_keep = also_keep
        self.catch_up = catch_up
        self.states = States()
        self.waker = Waker(pool)

    def folds_of(self, service: str) -> list[Fold[Any]]:
        """Return the folds that read a service's facts."""
        return [fold for fold in self.folds if service in fold.sources]

    @asynccontextmanager
    async def locked(self, agency: str, traceparent: str | None = None) -> AsyncIterator[LockedAgency]:
        """Hold the agency's lock for one transaction; flush and commit on leaving, roll back on an exception."""
        async with self.pool.acquire() as conn, conn.transaction():
            locked, _ = await self._lock(conn, agency, streams=[], seen={})
            yield locked
            await locked.flush(traceparent)
        locked.committed()

    @asynccontextmanager
    async def reading(self, agency: str) -> AsyncIterator[View]:
        """Look at an agency without deciding anything."""
        async with self.pool.acquire() as conn:
            row = await conn.fetchrow(_OPEN, agency, "", "", "")
            yield self._view(conn, agency, _domain_time(row["simulated"], row["clock"], row["last"]), fresh=True)

    async def execute(self, call: Call, decide: Decide) -> Answer:
        """Decide a command and append what it comes to, once per Idempotency-Key.

        Decides before the lock, and again under it if anything it looked at has moved.

        Raises
        ------
        CasetrailError
            The rejection; nothing was written, except for `Plan.refusal`. `idempotency_conflict` if the key was used
            for another request, `stale` if the stream is not where `if_match` says, `not_caught_up` if the rejection
            would rest on other services' facts that could not be followed in time.
        """
        try:
            return await self._once(call, decide, settled=self.catch_up is None)
        except _RestsOnOthersError:
            if self.catch_up is None or not await self.catch_up(call.agency):
                raise CasetrailError("not_caught_up", retry_after_s=1) from None
        return await self._once(call, decide, settled=True)

    async def _once(self, call: Call, decide: Decide, *, settled: bool) -> Answer:
        try:
            async with self.pool.acquire() as conn:
                return await self._attempt(conn, call, decide, settled=settled)
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name != "idempotency_pkey" or (answer := await self._answered(call)) is None:
                raise
            return answer
        except (CasetrailError, _RestsOnOthersError):
            if (answer := await self._answered(call)) is None:
                raise
            return answer

    async def _answered(self, call: Call) -> Answer | None:
        """Return what a twin of this request was answered that was faster: a rejection may rest on what it has done."""
        async with self.pool.acquire() as conn:
            row = await conn.fetchrow(_OPEN, call.agency, call.actor.person, call.key, "")
        return None if row["answer"] is None else _repeat(call, row)

    async def _attempt(self, conn: asyncpg.Connection, call: Call, decide: Decide, *, settled: bool) -> Answer:
        row = await conn.fetchrow(_OPEN, call.agency, call.actor.person, call.key, call.stream or "")
        if row["answer"] is not None:
            return _repeat(call, row)
        _require_position(call, row["position"])
        now = _domain_time(row["simulated"], row["clock"], row["last"])
        view = self._view(conn, call.agency, now, fresh=False)
        try:
            plan = await _decided(decide, view, settled=settled)
        except (CasetrailError, _RestsOnOthersError):
            # What is remembered may be out of date. If so, an acceptance does not survive the lock; a rejection would.
            view = self._view(conn, call.agency, now, fresh=True)
            plan = await _decided(decide, view, settled=settled)
        law = await self.law_of(view)
        async with conn.transaction():
            streams = sorted({fact.stream for fact in plan.facts} | ({call.stream} if call.stream else set()))
            locked, moved = await self._lock(conn, call.agency, streams=streams, seen=view.seen)
            _require_position(call, locked.position_of(call.stream))
            if moved:
                view = locked.view()
                plan = await _decided(decide, view, settled=settled)
                law = await self.law_of(view)
            await locked.append(plan.facts, actor=call.actor, content=view.bag.items, law=law)
            for job in plan.jobs:
                locked.add_job(job)
            answer = _answer_of(locked, plan)
            locked.writes.answered = Answered(call.actor.person, call.key, call.request_hash, answer)
            await locked.flush(call.traceparent)
            failpoint("command.before_commit")
        locked.committed()
        failpoint("command.after_commit")
        return _rendered(answer, repeated=False)

    async def _lock(
        self, conn: asyncpg.Connection, agency: str, *, streams: Sequence[str], seen: Mapping[Key, Versioned]
    ) -> tuple[LockedAgency, bool]:
        """Take the lock; also say whether anything seen before has moved."""
        row = await conn.fetchrow(
            "select * from lock_agency($1, $2, $3, $4)",
            agency, streams, [kind for kind, _ in seen], [item for _, item in seen],
        )  # fmt: skip
        heads = zip(row["head_streams"] or (), row["head_seqs"] or (), row["head_hashes"] or (), strict=True)
        tip = Tip(
            self.service,
            agency,
            row["n"],
            _domain_time(row["simulated"], row["clock"], row["last"]),
            json.loads(row["followed"]),
            {stream: (seq, hash_) for stream, seq, hash_ in heads},
        )
        moved = [version for version, _ in seen.values()] != (row["versions"] or [])
        states = {} if moved else seen
        return LockedAgency(self, conn, tip, last=row["last"], simulated=row["simulated"], states=states), moved

    def _view(self, conn: asyncpg.Connection, agency: str, now: datetime, *, fresh: bool) -> View:
        """Look at an agency; unless it is to be fresh, what is remembered is taken for what the database says."""

        async def load(fold: Fold[S], item: str) -> Versioned:
            key = (fold.kind, item)
            if key in view.seen:
                return view.seen[key]
            if not fresh and (remembered := self.states.remembered(agency, fold, item)):
                return remembered
            return (await self.states.load(conn, agency, [(fold, item)]))[key]

        async def head_of(stream: str) -> tuple[int, bytes] | None:
            return await load_head(conn, stream)

        async def facts_in(stream: str) -> list[Fact]:
            return await facts_of(conn, stream)

        view = View(agency=agency, now=now, service=self.service, load=load, head_of=head_of, facts_of=facts_in)
        return view


class _RestsOnOthersError(Exception):
    """A rejection decided on other services' facts, which may lag."""


async def _decided(decide: Decide, view: View, *, settled: bool) -> Plan:
    try:
        plan = await decide(view)
    except CasetrailError as error:
        if view.rests_on_others and not settled:
            raise _RestsOnOthersError from error
        raise
    if plan.refusal and view.rests_on_others and not settled:
        raise _RestsOnOthersError
    return plan


def _domain_time(simulated: datetime | None, clock: datetime, last: datetime | None) -> datetime:
    """Return the agency's time: simulated or the database's, and never before its last fact."""
    now = simulated or clock
    return max(now, last) if last else now


def _require_position(call: Call, position: int | None) -> None:
    if call.if_match is not None and call.if_match != (position or 0):
        raise CasetrailError("stale", facts={"expected": call.if_match, "actual": position or 0})


def _answer_of(locked: LockedAgency, plan: Plan) -> dict[str, Any]:
    """Return what is stored for repeats."""
    refusal = plan.refusal and {"code": plan.refusal.code, "clause": plan.refusal.clause}
    position = locked.position_of(plan.facts[0].stream) if plan.facts else None
    return {"body": {**plan.answer, "stream_position": position}, "position": locked.position, "refusal": refusal}


def _repeat(call: Call, row: asyncpg.Record) -> Answer:
    if row["request_hash"] != call.request_hash:
        raise CasetrailError("idempotency_conflict")
    return _rendered(json.loads(row["answer"]), repeated=True)


def _rendered(answer: Mapping[str, Any], *, repeated: bool) -> Answer:
    if refusal := answer["refusal"]:
        raise CasetrailError(refusal["code"], clause=refusal["clause"])
    return Answer(answer["body"], answer["position"], repeated)
