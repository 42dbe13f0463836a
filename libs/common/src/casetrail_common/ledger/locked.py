"""One transaction over one agency: everything a commit holds is collected here and written in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg

from casetrail_common.facts.common import ContentErasedV1
from casetrail_common.ids import Service
from casetrail_common.ledger.append import Law, NewFact, Tip
from casetrail_common.ledger.content import ContentItem
from casetrail_common.ledger.fact import Actor, Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.reading import facts_of
from casetrail_common.ledger.states import Versioned
from casetrail_common.ledger.view import Job, Key, View
from casetrail_common.ledger.writes import Writes
from casetrail_common.metrics import FACTS_APPENDED

if TYPE_CHECKING:
    from casetrail_common.ledger.store import Store

S = TypeVar("S")


@dataclass
class _Stage:
    """The effects of one fact until it is known that all of them can be had."""

    tip: Tip
    states: dict[Key, tuple[Fold[Any], Any]] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    content: list[ContentItem] = field(default_factory=list)
    erased: list[bytes] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)


class LockedAgency:
    """The agency's head row is locked: nobody else appends or follows for this agency until the commit."""

    def __init__(self, store: "Store", conn: asyncpg.Connection, tip: Tip, *, repeatable: bool) -> None:
        self.conn = conn
        self.agency = tip.agency
        self.followed: dict[Service, int] = dict(tip.followed)
        self.writes = Writes()
        self.facts: list[Fact] = []
        """Own facts appended so far."""
        self.traceparent: str | None = None
        """The trace that facts appended next are counted to."""
        self._store = store
        self._held = False
        self._repeatable = repeatable
        self._tip = replace(tip, followed=self.followed)
        self._states: dict[Key, Versioned] = {}
        self._folded: dict[Key, Fold[Any]] = {}
        """Folds of those states that have changed."""

    @property
    def n(self) -> int:
        """The last position of the own log."""
        return self._tip.n

    @property
    def now(self) -> datetime:
        """Domain time of this transaction; never before the last fact."""
        return self._tip.now

    @property
    def position(self) -> str:
        """`<service>:<n>` of the last fact, as reads ask for it."""
        return f"{self._store.service}:{self._tip.n}"

    def position_of(self, stream: str | None) -> int:
        """Return the last position of a stream that was named when the lock was taken, or appended to since."""
        return self._tip.heads.get(stream or "", (0, b""))[0]

    def view(self, stage: _Stage | None = None) -> View:
        """Return a view that sees what this transaction has done so far."""

        async def load(fold: Fold[S], item: str) -> tuple[int, S | None]:
            if stage and (fold.kind, item) in stage.states:
                return 0, stage.states[fold.kind, item][1]
            return await self._load(fold, item)

        async def head_of(stream: str) -> tuple[int, bytes] | None:
            return await self._head(stage.tip if stage else self._tip, stream)

        async def facts_in(stream: str) -> list[Fact]:
            appended = [*self.facts, *(stage.facts if stage else ())]
            return [*await facts_of(self.conn, stream), *(fact for fact in appended if fact.stream == stream)]

        return View(
            agency=self.agency,
            now=self.now,
            service=self._store.service,
            load=load,
            head_of=head_of,
            facts_of=facts_in,
        )

    async def handle(self, fact: Fact, content: Sequence[ContentItem] = ()) -> None:
        """Take in a followed fact: fold it, keep it where wanted, and append what follows from it.

        Leaves nothing behind if it raises, so that the caller may park the fact and go on.
        """
        stage = _Stage(self._copy_of_tip())
        await self._fold(stage, fact)
        await self._follow_up(stage, fact, actor=Actor(f"system:{self._store.service}"))
        if self._store.keeps_content:
            stage.content.extend(item for item in content if item.is_genuine)
        self._merge(stage)
        self.writes.copies.append(fact)

    async def append(
        self, new: Sequence[NewFact], *, actor: Actor, content: Sequence[ContentItem] = (), law: Law | None = None
    ) -> list[Fact]:
        """Append own facts, fold them, and append what follows from them."""
        stage = _Stage(self._copy_of_tip(), content=list(content))
        facts = await self._extend(stage, new, actor=actor, law=law)
        self._merge(stage)
        return facts

    def advance(self, service: Service, n: int) -> None:
        """Say that another service has been followed up to and including n."""
        self.followed[service] = n
        self.writes.followed[service] = n

    def add_job(self, job: Job) -> None:
        """Ask for work after the commit; a job of the same kind and key is asked for once."""
        self.writes.jobs[job.kind, job.key] = job

    def finish_job(self, kind: str, key: str) -> None:
        """Say that a job's result is in this transaction."""
        self.writes.finished.append((kind, key))

    def hold_now(self) -> None:
        """Let no later fact be recorded before this instant: what a watermark promises."""
        self._held = True

    async def flush(self) -> None:
        """Write everything collected; the caller commits."""
        for key, fold in self._folded.items():
            state = self._states[key][1]
            self.writes.states[key] = None if state is None else fold.dump(state)
        if self.facts or self._held:
            self.writes.tip = (self._tip.n, self.now)
        repeatable = self._repeatable and self.writes.tip is None
        also_keep = self._store.also_keep
        await self.writes.execute(self.conn, self.agency, also_keep=also_keep, repeatable=repeatable)

    def believe(self, seen: Mapping[Key, Versioned], versions: Mapping[Key, int]) -> bool:
        """Take states seen before the lock for those under it; False, and nothing taken, if any of them has moved.

        Parameters
        ----------
        versions
            Of all these states, as they were when the lock was taken.
        """
        if not self._folded.keys().isdisjoint(seen):
            return False
        if any(versions[key] != version for key, (version, _) in seen.items()):
            return False
        self._states.update(seen)
        return True

    def believe_each(self, seen: Mapping[Key, Versioned], versions: Mapping[Key, int]) -> None:
        """Take those states seen before the lock that have not moved; the others are loaded when they are needed."""
        self._states.update({key: one for key, one in seen.items() if versions[key] == one[0]})

    def committed(self) -> None:
        """Remember what was written, and wake those who wait for it."""
        FACTS_APPENDED.labels(self._store.service).inc(len(self.facts))
        for channel in self.writes.wakes:
            self._store.waker.wake(channel)
        for key, text in self.writes.states.items():
            self._store.states.put(self.agency, key, version=self.writes.version, text=text)

    async def look_ahead(self, facts: Iterable[Fact]) -> None:
        """Load all states that facts fold into at once, rather than one by one when their turn comes."""
        wanted = self._store.folded_into(facts)
        if missing := {key: fold for key, fold in wanted.items() if key not in self._states}:
            self._states.update(await self._store.states.load(self.conn, self.agency, missing))

    async def _extend(self, stage: _Stage, new: Sequence[NewFact], *, actor: Actor, law: Law | None) -> list[Fact]:
        """Number facts and fold them in that order, then append what follows from each.

        So the folds take in every log in the order of its positions, and can be made again from it.
        """
        for stream in {one.stream for one in new}:
            await self._head(stage.tip, stream)
        in_force = law if law is not None else await self._store.law_of(self.view(stage))
        facts = stage.tip.extend(new, actor=actor, law=in_force)
        stage.facts.extend(facts)
        await self.look_ahead(facts)
        for fact in facts:
            await self._fold(stage, fact)
        for fact in facts:
            await self._follow_up(stage, fact, actor=actor)
        return facts

    async def _fold(self, stage: _Stage, fact: Fact) -> None:
        if isinstance(fact.payload, ContentErasedV1):
            stage.erased.extend(bytes.fromhex(digest) for digest in fact.payload.commitments)
        await self._evolve(stage, fact)

    async def _follow_up(self, stage: _Stage, fact: Fact, *, actor: Actor) -> None:
        view = self.view(stage)
        consequences = await self._store.react(fact, view)
        stage.jobs.extend(consequences.jobs)
        if consequences.facts:
            stage.content.extend(view.bag.items)
            await self._extend(stage, consequences.facts, actor=actor, law=None)

    async def _evolve(self, stage: _Stage, fact: Fact) -> None:
        for fold in self._store.folds_of(fact.service):
            for key in fold.keys(fact):
                at = (fold.kind, key)
                before = stage.states[at][1] if at in stage.states else (await self._load(fold, key))[1]
                stage.states[at] = (fold, fold.evolve(before, fact))

    async def _head(self, tip: Tip, stream: str) -> tuple[int, bytes] | None:
        if stream not in tip.heads and (found := await load_head(self.conn, stream)):
            tip.heads[stream] = found
        return tip.heads.get(stream)

    def _copy_of_tip(self) -> Tip:
        return replace(self._tip, heads=dict(self._tip.heads))

    def _merge(self, stage: _Stage) -> None:
        self._tip.n, self._tip.heads = stage.tip.n, stage.tip.heads
        for key, (fold, state) in stage.states.items():
            version = self._states[key][0] if key in self._states else 0
            self._states[key] = (version, state)
            self._folded[key] = fold
        self.facts.extend(stage.facts)
        self.writes.facts.extend(stage.facts)
        self.writes.traceparents.extend([self.traceparent] * len(stage.facts))
        self.writes.content.extend(stage.content)
        self.writes.erased.extend(stage.erased)
        for job in stage.jobs:
            self.add_job(job)

    async def _load(self, fold: Fold[S], item: str) -> tuple[int, S | None]:
        key = (fold.kind, item)
        if key not in self._states:
            self._states |= await self._store.states.load(self.conn, self.agency, {key: fold})
        return self._states[key]


async def load_head(conn: asyncpg.Connection, stream: str) -> tuple[int, bytes] | None:
    """Return last position and hash of a stream, or None if it holds nothing."""
    row = await conn.fetchrow("select stream_seq, hash from stream_head where stream = $1", stream)
    return (row["stream_seq"], row["hash"]) if row else None


async def load_snapshot(conn: asyncpg.Connection, agency: str, fold: Fold[S], item: str) -> tuple[int, S | None]:
    """Return version and state of a snapshot, or (0, None)."""
    row = await conn.fetchrow(
        "select version, state::text from snapshot where agency = $1 and kind = $2 and id = $3", agency, fold.kind, item
    )
    return (row["version"], fold.load(row["state"])) if row else (0, None)
