"""A service's ledger: appending under the agency's lock, and deciding commands exactly once."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final, TypeVar

import asyncpg

from casetrail_common.errors import CasetrailError
from casetrail_common.failpoints import failpoint
from casetrail_common.ids import SERVICES, Service
from casetrail_common.ledger.append import Law, Tip
from casetrail_common.ledger.command import (
    Answer,
    Call,
    Decide,
    Plan,
    Proposal,
    RestsOnOthersError,
    Stored,
    answer_of,
    decided,
    rendered,
    repeated,
    require_position,
)
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.line import Line
from casetrail_common.ledger.locked import LockedAgency, load_head
from casetrail_common.ledger.reading import facts_of
from casetrail_common.ledger.states import States, Versioned
from casetrail_common.ledger.view import AlsoKeep, Key, LawOf, React, View, no_consequences
from casetrail_common.ledger.waking import Waker
from casetrail_common.ledger.writes import Answered

__all__ = ["Answer", "Call", "Decide", "Plan", "Store"]

S = TypeVar("S")

_OPEN: Final = """
select clock_timestamp() as clock,
       (select simulated from agency_head where agency = $1) as simulated,
       (select last from agency_head where agency = $1) as last,
       (select stream_seq from stream_head where stream = $4) as position,
       i.request_hash, i.answer
from (select 1) as one left join idempotency i on i.agency = $1 and i.person = $2 and i.key = $3
"""

NO_STATES: Final[Mapping[Key, Fold[Any]]] = {}

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
        self._folds_of: dict[str, Sequence[Fold[Any]]] = {
            each: [fold for fold in folds if each in fold.sources] for each in SERVICES
        }
        self.react = react
        self.law_of = law_of
        self.keeps_content = keeps_content
        self.also_keep = also_keep
        self.catch_up = catch_up
        self.states = States()
        self.waker = Waker(pool)
        self._line: Line[Proposal, Stored] = Line(self._commit)

    def folds_of(self, service: str) -> Sequence[Fold[Any]]:
        """Return the folds that read a service's facts."""
        return self._folds_of.get(service, ())

    def folded_into(self, facts: Iterable[Fact]) -> dict[Key, Fold[Any]]:
        """Return the states that facts fold into."""
        return {
            (fold.kind, item): fold
            for fact in facts
            for fold in self.folds_of(fact.service)
            for item in fold.keys(fact)
        }

    @asynccontextmanager
    async def locked(
        self,
        agency: str,
        *,
        traceparent: str | None = None,
        needs: Mapping[Key, Fold[Any]] = NO_STATES,
        repeatable: bool = False,
    ) -> AsyncIterator[LockedAgency]:
        """Hold the agency's lock for one transaction; flush and commit on leaving, roll back on an exception.

        Parameters
        ----------
        needs
            States that will be needed: those remembered are checked together with taking the lock, not loaded after it.
        repeatable
            Whether all this would be done again if the database forgot it. If so, and unless facts are appended, the
            commit does not wait for the disk.
        """
        seen = self.states.remembered_of(agency, needs)
        async with self.pool.acquire() as conn, conn.transaction():
            locked, versions = await self._lock(conn, agency, looked_at=sorted(seen), repeatable=repeatable)
            locked.believe_each(seen, versions)
            locked.traceparent = traceparent
            yield locked
            await locked.flush()
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
        except RestsOnOthersError:
            if self.catch_up is None or not await self.catch_up(call.agency):
                raise CasetrailError("not_caught_up", retry_after_s=1) from None
        return await self._once(call, decide, settled=True)

    async def _once(self, call: Call, decide: Decide, *, settled: bool) -> Answer:
        try:
            return await self._attempt(call, decide, settled=settled)
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name != "idempotency_pkey" or (answer := await self._answered(call)) is None:
                raise
            return answer
        except (CasetrailError, RestsOnOthersError):
            if (answer := await self._answered(call)) is None:
                raise
            return answer

    async def _answered(self, call: Call) -> Answer | None:
        """Return what a twin of this request was answered that was faster: a rejection may rest on what it has done."""
        async with self.pool.acquire() as conn:
            row = await conn.fetchrow(_OPEN, call.agency, call.actor.person, call.key, "")
        return None if row["answer"] is None else repeated(call, row)

    async def _attempt(self, call: Call, decide: Decide, *, settled: bool) -> Answer:
        async with self.pool.acquire() as conn:
            row = await conn.fetchrow(_OPEN, call.agency, call.actor.person, call.key, call.stream or "")
            if row["answer"] is not None:
                return repeated(call, row)
            require_position(call, row["position"])
            now = _domain_time(row["simulated"], row["clock"], row["last"])
            proposal = await self._propose(conn, call, decide, now, settled=settled)
        answer = await self._line.stand(call.agency, proposal)
        return rendered(answer, again=False)

    async def _propose(
        self, conn: asyncpg.Connection, call: Call, decide: Decide, now: datetime, *, settled: bool
    ) -> Proposal:
        """Decide before the lock."""
        view = self._view(conn, call.agency, now, fresh=False)
        try:
            plan = await decided(decide, view, settled=settled)
        except (CasetrailError, RestsOnOthersError):
            # What is remembered may be out of date. If so, an acceptance does not survive the lock; a rejection would.
            view = self._view(conn, call.agency, now, fresh=True)
            plan = await decided(decide, view, settled=settled)
        return Proposal(call, decide, settled, view, plan, await self.law_of(view))

    async def _commit(self, agency: str, proposals: Sequence[Proposal]) -> list[Stored | Exception]:
        """Append what several commands of an agency come to, one after the other, in one commit."""
        streams = {stream for proposal in proposals for stream in proposal.streams}
        looked_at = {key for proposal in proposals for key in proposal.view.seen}
        async with self.pool.acquire() as conn:
            async with conn.transaction():
                locked, versions = await self._lock(conn, agency, streams=sorted(streams), looked_at=sorted(looked_at))
                outcomes = [await self._dispose(locked, proposal, versions) for proposal in proposals]
                if locked.writes.answered:
                    await locked.flush()
                failpoint("command.before_commit")
            locked.committed()
            failpoint("command.after_commit")
        return outcomes

    async def _dispose(
        self, locked: LockedAgency, proposal: Proposal, versions: Mapping[Key, int]
    ) -> Stored | Exception:
        """Append what one command comes to; decide again if anything it looked at has moved."""
        call, view, plan, law = proposal.call, proposal.view, proposal.plan, proposal.law
        try:
            require_position(call, locked.position_of(call.stream))
            if not locked.believe(view.seen, versions):
                view = locked.view()
                plan = await decided(proposal.decide, view, settled=proposal.settled)
                law = await self.law_of(view)
        except (CasetrailError, RestsOnOthersError) as rejection:
            return rejection
        locked.traceparent = call.traceparent
        await locked.append(plan.facts, actor=call.actor, content=view.bag.items, law=law)
        for job in plan.jobs:
            locked.add_job(job)
        answer = answer_of(locked, plan)
        locked.writes.answered.append(Answered(call.actor.person, call.key, call.request_hash, answer))
        return answer

    async def _lock(
        self,
        conn: asyncpg.Connection,
        agency: str,
        *,
        streams: Sequence[str] = (),
        looked_at: Sequence[Key] = (),
        repeatable: bool = False,
    ) -> tuple[LockedAgency, dict[Key, int]]:
        """Take the lock; also return the present versions of what was looked at before."""
        row = await conn.fetchrow(
            "select * from lock_agency($1, $2, $3, $4)",
            agency, streams, [kind for kind, _ in looked_at], [item for _, item in looked_at],
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
        versions = dict(zip(looked_at, row["versions"] or (), strict=True))
        return LockedAgency(self, conn, tip, repeatable=repeatable), versions

    def _view(self, conn: asyncpg.Connection, agency: str, now: datetime, *, fresh: bool) -> View:
        """Look at an agency; unless it is to be fresh, what is remembered is taken for what the database says."""

        async def load(fold: Fold[S], item: str) -> Versioned:
            key = (fold.kind, item)
            if key in view.seen:
                return view.seen[key]
            if not fresh and (remembered := self.states.remembered(agency, fold, item)):
                return remembered
            return (await self.states.load(conn, agency, {key: fold}))[key]

        async def head_of(stream: str) -> tuple[int, bytes] | None:
            return await load_head(conn, stream)

        async def facts_in(stream: str) -> list[Fact]:
            return await facts_of(conn, stream)

        view = View(agency=agency, now=now, service=self.service, load=load, head_of=head_of, facts_of=facts_in)
        return view


def _domain_time(simulated: datetime | None, clock: datetime, last: datetime | None) -> datetime:
    """Return the agency's time: simulated or the database's, and never before its last fact."""
    now = simulated or clock
    return max(now, last) if last else now
