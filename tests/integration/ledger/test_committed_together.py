"""Commands of one agency that are committed together stay what they are alone."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest

from casetrail_common.errors import CasetrailError
from casetrail_common.facts.common import IncidentRecordedV1
from casetrail_common.ids import stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Actor
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.store import Answer, Call, Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_embedded.stack.addresses import StackAddresses
from support.ledgers import RealLedger, real_ledger
from support.waiting import until

AGENCY = "xinzheng"


@dataclass(frozen=True)
class Told:
    """How many incidents an object has had."""

    times: int


TOLD = Fold(
    "told",
    Told,
    lambda fact: (fact.stream_item,),
    lambda state, _fact: Told((state.times if state else 0) + 1),
    frozenset({"intake"}),
)


@pytest.fixture
async def ledger(stack: StackAddresses) -> AsyncIterator[RealLedger]:
    async with real_ledger(stack, "intake", folds=(TOLD,)) as real:
        yield real


def telling(item: str, *, at_most: int = 100, breaks: bool = False) -> Decide:
    async def decide(view: View) -> Plan:
        state = await view.get(TOLD, item)
        times = state.times if state else 0
        if times >= at_most:
            raise CasetrailError("transition_not_allowed")
        if breaks and times:
            raise LookupError("only found out under the lock")
        payload = IncidentRecordedV1(item=item, code="worm_protected", command="test")
        return Plan([NewFact(stream_name("case", view.agency, item), payload)], {"before": times})

    return decide


async def run(ledger: RealLedger, key: str, decide: Decide) -> Answer:
    call = Call(AGENCY, Actor("feng"), key, b"r" * 32, traceparent=f"00-{key}")
    return await ledger.store.execute(call, decide)


async def commits(ledger: RealLedger) -> Counter[str]:
    """Return how many facts each commit holds: facts of one commit have one instant."""
    rows = await ledger.store.pool.fetch("select recorded_at::text as at from ledger")
    return Counter(row["at"] for row in rows)


async def test_commands_that_wait_together_share_commits_and_each_has_its_own_answer(ledger: RealLedger) -> None:
    answers = await asyncio.gather(*(run(ledger, f"k{i}", telling(f"item{i % 5}")) for i in range(40)))
    assert len(await commits(ledger)) < 40
    assert sorted(int(answer.position.partition(":")[2]) for answer in answers) == list(range(1, 41))
    assert Counter(answer.body["before"] for answer in answers) == Counter(dict.fromkeys(range(8), 5))
    again = [await run(ledger, f"k{i}", telling(f"item{i % 5}")) for i in range(40)]
    assert [(one.body, one.position, True) for one in answers] == [(o.body, o.position, o.repeated) for o in again]


async def test_of_those_that_wait_together_only_as_many_are_accepted_as_may_be(ledger: RealLedger) -> None:
    wishes = (run(ledger, f"k{i}", telling("one", at_most=3)) for i in range(20))
    outcomes = await asyncio.gather(*wishes, return_exceptions=True)
    assert sum(isinstance(outcome, Answer) for outcome in outcomes) == 3
    assert {outcome.code for outcome in outcomes if isinstance(outcome, CasetrailError)} == {"transition_not_allowed"}
    assert await ledger.store.pool.fetchval("select count(*) from ledger") == 3


async def test_one_that_breaks_under_the_lock_takes_nobody_along(ledger: RealLedger) -> None:
    owner = await asyncpg.connect(ledger.database.owner_dsn)
    async with owner.transaction():
        await owner.execute("lock table ledger in exclusive mode")
        first = asyncio.create_task(run(ledger, "first", telling("one")))
        await until(lambda: owner.fetchval(SOMEBODY_WAITS), what="the first at the lock")  # all others come after it
        alone: list[Plan] = []
        wishes = [run(ledger, f"k{i}", noting(alone, telling("one"))) for i in range(10)]
        wishes.insert(4, run(ledger, "broken", noting(alone, telling("one", breaks=True))))
        others = asyncio.gather(*wishes, return_exceptions=True)
        await until(lambda: are(len(wishes), alone), what="what each of them decides as if it were alone")
    outcomes = await others
    await first
    await owner.close()
    assert [type(outcome) for outcome in outcomes].count(LookupError) == 1
    assert await ledger.store.pool.fetchval("select count(*) from ledger") == 11


def noting(decided: list[Plan], decide: Decide) -> Decide:
    async def note(view: View) -> Plan:
        decided.append(await decide(view))
        return decided[-1]

    return note


async def are(count: int, decided: list[Plan]) -> bool:
    return len(decided) >= count


SOMEBODY_WAITS = "select exists (select from pg_locks join pg_class on oid = relation where not granted)"


async def test_twins_that_wait_together_are_one(ledger: RealLedger) -> None:
    answers = await asyncio.gather(*(run(ledger, "twin", telling("one")) for _ in range(10)))
    assert {answer.position for answer in answers} == {"intake:1"}
    assert await ledger.store.pool.fetchval("select count(*) from ledger") == 1


async def test_each_fact_belongs_to_the_trace_of_its_own_request(ledger: RealLedger) -> None:
    await asyncio.gather(*(run(ledger, f"k{i}", telling(f"item{i}")) for i in range(10)))
    rows = await ledger.store.pool.fetch("select stream, traceparent from ledger")
    assert {row["stream"]: row["traceparent"] for row in rows} == {
        stream_name("case", AGENCY, f"item{i}"): f"00-k{i}" for i in range(10)
    }


async def test_a_decision_sees_the_facts_of_those_committed_with_it(ledger: RealLedger) -> None:
    def counting() -> Decide:
        async def decide(view: View) -> Plan:
            await view.get(TOLD, "one")
            known = await view.facts_of(stream_name("case", view.agency, "one"))
            payload = IncidentRecordedV1(item="one", code="worm_protected", command="test")
            return Plan([NewFact(stream_name("case", view.agency, "one"), payload)], {"known": len(known)})

        return decide

    answers = await asyncio.gather(*(run(ledger, f"k{i}", counting()) for i in range(20)))
    assert sorted(answer.body["known"] for answer in answers) == list(range(20))
