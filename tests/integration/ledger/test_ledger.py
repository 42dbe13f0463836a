"""The ledger on a real database: once, in order, never changed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest

from casetrail_common.canonical import first_prev
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.common import ContentErasedV1
from casetrail_common.facts.intake import CaseFlaggedV1, CaseRegisteredV1
from casetrail_common.ids import new_id, stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Actor, Fact, decode_fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.reading import commitments_in, content_of, facts_of
from casetrail_common.ledger.store import Answer, Call, Decide, Plan, Store
from casetrail_common.ledger.view import View
from casetrail_embedded.stack.addresses import StackAddresses
from support.ledgers import RealLedger, real_ledger

AGENCY = "xinzheng"
FENG = Actor("feng", ("case_officer",), "u1")


@dataclass(frozen=True)
class Counted:
    """A case that counts its flags."""

    flags: int


def _evolve(state: Counted | None, fact: Fact) -> Counted | None:
    match fact.payload:
        case CaseRegisteredV1():
            return Counted(0)
        case CaseFlaggedV1() if state:
            return Counted(state.flags + 1)
    return state


COUNTED = Fold(
    "case",
    Counted,
    lambda fact: (fact.stream_item,) if fact.stream_kind == "case" else (),
    _evolve,
    frozenset({"intake"}),
)


@pytest.fixture
async def ledger(stack: StackAddresses) -> AsyncIterator[RealLedger]:
    async with real_ledger(stack, "intake", folds=(COUNTED,)) as real:
        yield real


def opening(case: str, matter: str = "未按规定查验") -> Decide:
    async def decide(view: View) -> Plan:
        payload = CaseRegisteredV1(
            case=case,
            conduct_type="penalty",
            procedure="general",
            start_mode="ex_officio",
            matter=view.seal(matter),
            parties=["hengyuan"],
            officers=["feng"],
            responsible_officer="feng",
        )
        return Plan([NewFact(stream_name("case", view.agency, case), payload)], {"case": case})

    return decide


def flagging(case: str) -> Decide:
    async def decide(view: View) -> Plan:
        state = await view.get(COUNTED, case)
        assert state is not None
        payload = CaseFlaggedV1(target=case, flag="major", reason=view.seal("影响重大"))
        return Plan([NewFact(stream_name("case", view.agency, case), payload)], {"before": state.flags})

    return decide


def call(key: str, *, request: bytes = b"r" * 32, case: str | None = None, if_match: int | None = None) -> Call:
    stream = stream_name("case", AGENCY, case) if case else None
    return Call(AGENCY, FENG, key, request, stream=stream, if_match=if_match)


async def opened(store: Store) -> str:
    case = new_id("intake")
    await store.execute(call(f"open-{case}"), opening(case))
    return case


async def facts_in(pool: asyncpg.Pool) -> list[Fact]:
    rows = await pool.fetch("select body, prev_hash, hash from ledger order by agency, n")
    return [decode_fact(row["body"], prev_hash=row["prev_hash"], hash_=row["hash"]) for row in rows]


def assert_unbroken(facts: list[Fact]) -> None:
    """Every position once, every chain without a fork."""
    assert [fact.n for fact in facts] == list(range(1, len(facts) + 1))
    heads: dict[str, bytes] = {}
    for fact in facts:
        assert fact.prev_hash == heads.get(fact.stream, first_prev("intake", fact.stream))
        heads[fact.stream] = fact.hash
    times = [fact.recorded_at for fact in facts]
    assert times == sorted(times)


async def test_fifty_requests_at_one_instant_leave_a_chain_without_a_fork(ledger: RealLedger) -> None:
    case = await opened(ledger.store)
    answers = await asyncio.gather(*(ledger.store.execute(call(f"k{i}", case=case), flagging(case)) for i in range(50)))
    assert sorted(answer.body["before"] for answer in answers) == list(range(50))
    assert_unbroken(await facts_in(ledger.store.pool))


async def test_of_fifty_requests_that_expect_one_position_one_wins(ledger: RealLedger) -> None:
    case = await opened(ledger.store)

    async def attempt(i: int) -> Answer | str:
        try:
            return await ledger.store.execute(call(f"k{i}", case=case, if_match=1), flagging(case))
        except CasetrailError as refused:
            return refused.code

    outcomes = await asyncio.gather(*(attempt(i) for i in range(50)))
    assert sum(isinstance(outcome, Answer) for outcome in outcomes) == 1
    assert sum(outcome == "stale" for outcome in outcomes) == 49
    assert len(await facts_in(ledger.store.pool)) == 2


async def test_a_repeated_request_is_answered_again_and_appends_nothing(ledger: RealLedger) -> None:
    case = new_id("intake")
    first = await ledger.store.execute(call("once"), opening(case))
    again = await ledger.store.execute(call("once"), opening(new_id("intake")))
    assert (again.body, again.position, again.repeated) == (first.body, first.position, True)
    assert len(await facts_in(ledger.store.pool)) == 1


async def test_twins_of_one_request_at_one_instant_become_one_fact(ledger: RealLedger) -> None:
    answers = await asyncio.gather(*(ledger.store.execute(call("twins"), opening(new_id("intake"))) for _ in range(20)))
    assert len({answer.body["case"] for answer in answers}) == 1
    assert len(await facts_in(ledger.store.pool)) == 1


async def test_twins_of_a_request_that_is_allowed_once_get_one_answer(ledger: RealLedger) -> None:
    case = new_id("intake")
    await ledger.store.execute(call("open"), opening(case))

    async def flag_once(view: View) -> Plan:
        state = await view.get(COUNTED, case)
        if state is not None and state.flags:
            raise CasetrailError("transition_not_allowed", {"state": "flagged"})
        return await flagging(case)(view)

    answers = await asyncio.gather(*(ledger.store.execute(call("once"), flag_once) for _ in range(20)))
    assert {answer.position for answer in answers} == {"intake:2"}
    assert [answer.repeated for answer in answers].count(False) == 1


async def test_a_key_used_for_another_request_is_refused(ledger: RealLedger) -> None:
    case = await opened(ledger.store)
    with pytest.raises(CasetrailError) as refused:
        await ledger.store.execute(call(f"open-{case}", request=b"x" * 32), opening(case))
    assert refused.value.code == "idempotency_conflict"


async def test_a_rejected_command_leaves_nothing(ledger: RealLedger) -> None:
    async def decide(view: View) -> Plan:
        view.seal("something said in vain")
        raise CasetrailError("transition_not_allowed")

    with pytest.raises(CasetrailError):
        await ledger.store.execute(call("vain"), decide)
    for table in ("ledger", "content", "idempotency", "outbox", "snapshot"):
        assert await ledger.store.pool.fetchval(f"select count(*) from {table}") == 0


async def test_a_forbidden_act_is_refused_again_on_repetition_and_recorded_once(ledger: RealLedger) -> None:
    case = await opened(ledger.store)
    flag = flagging(case)

    async def decide(view: View) -> Plan:
        plan = await flag(view)
        return Plan(plan.facts, refusal=CasetrailError("worm_protected", clause="henan-2019/24.1a"))

    for _ in range(2):
        with pytest.raises(CasetrailError) as refused:
            await ledger.store.execute(call("forbidden"), decide)
        assert (refused.value.code, refused.value.clause) == ("worm_protected", "henan-2019/24.1a")
    assert len(await facts_in(ledger.store.pool)) == 2


@pytest.mark.parametrize("statement", ["update ledger set n = 9", "delete from ledger", "truncate ledger"])
async def test_not_even_the_owner_changes_the_ledger(ledger: RealLedger, statement: str) -> None:
    await opened(ledger.store)
    for dsn in (ledger.database.owner_dsn, ledger.database.app_dsn):
        conn = await asyncpg.connect(dsn)
        try:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute(statement)
        finally:
            await conn.close()


async def test_erased_content_is_in_no_table_and_every_chain_still_verifies(ledger: RealLedger) -> None:
    store, case = ledger.store, new_id("intake")
    secret = "郭守义，家住某某路十七号"
    await store.execute(call("open"), opening(case, secret))
    stream = stream_name("case", AGENCY, case)
    commitments = [digest for fact in await facts_of_stream(store, stream) for digest in commitments_in(fact.fields)]

    async def erase(view: View) -> Plan:
        erased = ContentErasedV1(case=case, commitments=commitments, reason="court_order")
        return Plan([NewFact(stream_name("case", view.agency, case), erased)])

    assert await tables_with(store.pool, secret)
    await store.execute(call("erase"), erase)
    assert await tables_with(store.pool, secret) == []
    assert_unbroken(await facts_in(store.pool))


async def test_content_that_was_erased_does_not_come_back_with_a_late_message(ledger: RealLedger) -> None:
    store, case = ledger.store, new_id("intake")
    await store.execute(call("open"), opening(case))
    stream = stream_name("case", AGENCY, case)
    fact = (await facts_of_stream(store, stream))[0]
    async with store.pool.acquire() as conn:
        kept = (await content_of(conn, commitments_in(fact.fields))).values()
    async with store.locked(AGENCY) as tx:
        payload = ContentErasedV1(commitments=[item.commitment.hex() for item in kept], reason="court_order")
        await tx.append([NewFact(stream, payload)], actor=FENG)
    async with store.locked(AGENCY) as tx:
        tx.writes.content.extend(kept)
    assert await store.pool.fetchval("select count(*) from content where bytes is not null") == 0


async def facts_of_stream(store: Store, stream: str) -> list[Fact]:
    async with store.pool.acquire() as conn:
        return await facts_of(conn, stream)


async def tables_with(pool: asyncpg.Pool, text: str) -> list[str]:
    """Return the tables in which a text occurs, however it is encoded."""
    tables = [row[0] for row in await pool.fetch("select tablename from pg_tables where schemaname = 'public'")]
    found = []
    for table in tables:
        if table == "alembic_version":
            continue
        dump = await pool.fetchval(f"select string_agg(t::text, ' ') from {table} t") or ""
        if text in dump or text.encode().hex() in dump:
            found.append(table)
    return found
