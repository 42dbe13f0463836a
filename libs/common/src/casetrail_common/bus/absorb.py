"""Taking in the facts of one agency: one transaction holds their effects and how far their logs are followed."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Final

from casetrail_common.bus import parking, waiting
from casetrail_common.bus.envelope import Letter
from casetrail_common.bus.gaps import Gaps
from casetrail_common.bus.kafka import Place
from casetrail_common.bus.order import Key, Plan, plan, reachable
from casetrail_common.bus.transient import is_transient
from casetrail_common.bus.waiting import Stream
from casetrail_common.failpoints import failpoint
from casetrail_common.ids import Service
from casetrail_common.ledger.locked import LockedAgency
from casetrail_common.ledger.store import Store
from casetrail_common.metrics import FACTS_FOLLOWED, FOLLOWING_DELAY
from casetrail_common.outages import DATABASE_ERRORS
from casetrail_common.telemetry import span_from

log = logging.getLogger(__name__)

AT_ONCE: Final = 500
"""Most facts applied in one transaction, so that commands of the agency are not kept waiting."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction is to do."""

    agency: str
    letters: Mapping[Key, Letter] = field(default_factory=dict)
    ends: Mapping[Place, int] = field(default_factory=dict)
    """Progress to be saved with it."""
    at_most: int = AT_ONCE
    """How many facts to apply; those beyond are kept."""
    condemned: str | None = None
    """Park the first fact for this reason without trying it: it has broken a transaction before."""

    @property
    def traceparent(self) -> str | None:
        """The trace that facts caused by this batch are counted to: that of the first fact that has one."""
        return next((letter.traceparent for letter in self.letters.values() if letter.traceparent), None)


@dataclass
class _Outcome:
    plan: Plan
    followed: dict[Service, int]
    applied: list[Letter] = field(default_factory=list)
    parked: int = 0


class Absorber:
    """Applies facts of other services to a service's ledger."""

    def __init__(self, store: Store, gaps: Gaps) -> None:
        self._store = store
        self._gaps = gaps
        self.parked_something = True
        """Set whenever facts are parked; whoever watches their number clears it."""

    async def absorb(self, agency: str, letters: Mapping[Key, Letter], ends: Mapping[Place, int]) -> None:
        """Apply what can be applied, keep what must wait, park what cannot be handled.

        Raises
        ------
        Exception
            Only what passes by itself (`is_transient`): nothing is lost, the same call may be repeated.
        """
        at_most = AT_ONCE
        try:
            more = await self._transact(Batch(agency, letters, ends))
        except Exception as error:
            if is_transient(error):
                raise
            log.exception("facts broke a transaction and are now tried one by one", extra={"agency": agency})
            at_most = 1
            more = await self._transact(Batch(agency, letters, ends, at_most=0))
        while more:
            more = await self._next(agency, at_most)

    async def stand(self, agency: str) -> None:
        """Tell the gaps how far the agency's logs are followed, without applying anything."""
        async with self._store.pool.acquire() as conn:
            rows = await conn.fetch("select service, n from followed where agency = $1", agency)
            kept, _ = await waiting.set_aside(conn, agency)
        followed = {row["service"]: row["n"] for row in rows}
        holes = plan(self._store.service, followed, arrived={}, kept=dict.fromkeys(kept)).missing
        self._report(agency, followed, holes, kept)

    async def _next(self, agency: str, at_most: int) -> bool:
        """Apply the next of what is kept; park the first fact if it breaks even a transaction of its own."""
        try:
            return await self._transact(Batch(agency, at_most=at_most))
        except Exception as error:
            if is_transient(error) or at_most > 1:
                raise
            log.exception("a fact broke its transaction and is parked", extra={"agency": agency})
            return await self._transact(Batch(agency, at_most=1, condemned=parking.reason_of(error)))

    async def _transact(self, batch: Batch) -> bool:
        """Do one transaction; True if more could be applied at once."""
        needs = self._store.folded_into(fact for letter in batch.letters.values() if (fact := letter.opened))
        # the witness of the others' facts has them on its disk before anybody sees that they have come
        repeatable = self._store.also_keep is None
        async with self._store.locked(
            batch.agency, traceparent=batch.traceparent, needs=needs, repeatable=repeatable
        ) as tx:
            kept, parked = await waiting.set_aside(tx.conn, batch.agency)
            letters = {**await self._reachable(tx, batch, kept), **batch.letters}
            plan_ = plan(
                self._store.service,
                tx.followed,
                arrived={key: letter.seen for key, letter in batch.letters.items()},
                kept={key: letters[key].seen if key in letters else None for key in kept},
            )
            outcome = _Outcome(plan_, dict(tx.followed))
            now, later = plan_.apply[: batch.at_most], plan_.apply[batch.at_most :]
            await self._apply(tx, batch, [letters[key] for key in now], parked, outcome)
            keep = (plan_.keep | set(later)) & (batch.letters.keys() - kept)
            await self._keep(tx, [letters[key] for key in sorted(keep)])
            await waiting.forget(tx.conn, batch.agency, kept & set(now))
            tx.writes.progress.update(batch.ends)
            outcome.followed = dict(tx.followed)
            unread = any((service, n + 1) in kept - letters.keys() for service, n in tx.followed.items())
            failpoint("follower.before_commit")
        failpoint("follower.after_commit")
        self._report(batch.agency, outcome.followed, plan_.missing if not later else {}, (kept | keep) - set(now))
        self._count(outcome)
        return bool(later) or unread

    async def _reachable(self, tx: LockedAgency, batch: Batch, kept: set[Key]) -> dict[Key, Letter]:
        """Load those kept facts whose turn may come now."""
        if not kept:
            return {}
        run = reachable(tx.followed, kept | batch.letters.keys(), limit=AT_ONCE)
        return await waiting.load(tx.conn, batch.agency, [key for key in run if key in kept])

    async def _apply(
        self, tx: LockedAgency, batch: Batch, letters: Sequence[Letter], parked: set[Stream], outcome: _Outcome
    ) -> None:
        await tx.look_ahead(fact for letter in letters if (fact := letter.opened))
        for letter in letters:
            # before it is handled: what is appended because of it must say that it has been seen
            tx.advance(letter.service, letter.n)
            at = (letter.service, letter.stream)
            reason = parking.BEHIND if at in parked else batch.condemned or await self._handle(tx, letter)
            if reason is None:
                outcome.applied.append(letter)
            else:
                parked.add(at)
                outcome.parked += 1
                await self._park(tx, letter, reason)

    async def _handle(self, tx: LockedAgency, letter: Letter) -> str | None:
        """Handle a fact; return why it must be parked, or None."""
        with span_from(letter.traceparent, f"follow {letter.service}", {"casetrail.n": letter.n}):
            try:
                await tx.handle(letter.open(), letter.content)
            except DATABASE_ERRORS:
                raise  # the transaction itself is broken
            except Exception as error:
                log.exception(
                    "a fact could not be handled, its stream is parked",
                    extra={"agency": letter.agency, "service": letter.service, "n": letter.n, "stream": letter.stream},
                )
                return parking.reason_of(error)
        return None

    async def _park(self, tx: LockedAgency, letter: Letter, reason: str) -> None:
        await parking.park(tx.conn, letter, reason)
        self._put_content(tx, letter)

    async def _keep(self, tx: LockedAgency, letters: Sequence[Letter]) -> None:
        if letters:
            await waiting.keep(tx.conn, letters)
            for letter in letters:
                self._put_content(tx, letter)

    def _put_content(self, tx: LockedAgency, letter: Letter) -> None:
        if self._store.keeps_content:
            tx.writes.content.extend(item for item in letter.content if item.is_genuine)

    def _report(
        self, agency: str, followed: Mapping[Service, int], holes: Mapping[Service, tuple[int, int]], kept: set[Key]
    ) -> None:
        for service, n in followed.items():
            self._gaps.stands(
                agency,
                service,
                followed=n,
                hole_end=holes.get(service, (0, 0))[1],
                kept_next=(service, n + 1) in kept,
                now=time.monotonic(),
            )

    def _count(self, outcome: _Outcome) -> None:
        me = self._store.service
        self.parked_something = self.parked_something or outcome.parked > 0
        now = datetime.now(UTC)
        for service, letters in groupby(outcome.applied, key=lambda letter: letter.service):
            followed, delay = FACTS_FOLLOWED.labels(me, service), FOLLOWING_DELAY.labels(me, service)
            for letter in letters:
                followed.inc()
                delay.observe(max(0.0, (now - letter.open().recorded_at).total_seconds()))
