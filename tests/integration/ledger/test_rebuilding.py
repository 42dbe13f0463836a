"""Snapshots are folds of the ledgers and nothing else: made again, they come out the same."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from casetrail_common.facts.common import IncidentRecordedV1
from casetrail_common.ids import SERVICES, Service, stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Actor, Fact, decode_fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.rebuilding import Rebuilt, rebuild
from casetrail_common.ledger.replay import LogTooShortError
from casetrail_common.ledger.view import Consequences, View
from casetrail_embedded.stack.addresses import StackAddresses
from support.ledgers import RealLedger, real_ledger

AGENCY = "xinzheng"
TESTER = Actor("tester")


@dataclass(frozen=True)
class Told:
    """What was told of an item, in the order in which it came."""

    by: tuple[str, ...] = ()


TOLD = Fold(
    "told",
    Told,
    lambda fact: (fact.stream_item,),
    lambda told, fact: Told((*(told.by if told else ()), f"{fact.service} {fact.fields['code']}")),
    frozenset(SERVICES),
)


async def echo(fact: Fact, view: View) -> Consequences:
    """Answer a loud fact."""
    return Consequences((incident("echo"),) if fact.fields["code"] == "loud" else ())


@dataclass(frozen=True)
class Ledgers:
    """The four, of which archive folds all."""

    of: dict[Service, RealLedger]

    @property
    def dsns(self) -> dict[Service, str]:
        return {service: ledger.database.app_dsn for service, ledger in self.of.items()}

    async def append(self, service: Service, *codes: str) -> None:
        async with self.of[service].store.locked(AGENCY) as tx:
            await tx.append([incident(code) for code in codes], actor=TESTER)

    async def follow(self, follower: Service, owner: Service) -> None:
        """Let a service take in everything it lacks of another, as its worker would."""
        rows = await self.of[owner].store.pool.fetch("select n, body, prev_hash, hash from ledger order by n")
        async with self.of[follower].store.locked(AGENCY) as tx:
            for row in rows:
                if row["n"] > tx.followed.get(owner, 0):
                    tx.advance(owner, row["n"])
                    await tx.handle(decode_fact(row["body"], prev_hash=row["prev_hash"], hash_=row["hash"]))

    async def rebuild(self, *, repair: bool = False) -> Rebuilt:
        return await rebuild("archive", (TOLD,), self.dsns, repair=repair)

    async def told(self) -> Told:
        state = await self.of["archive"].store.pool.fetchval("select state::text from snapshot where kind = 'told'")
        return TOLD.load(state)


def incident(code: str) -> NewFact:
    return NewFact(stream_name("case", AGENCY, "c"), IncidentRecordedV1(item="c", code=code, command="test"))


@pytest.fixture
async def ledgers(stack: StackAddresses) -> AsyncIterator[Ledgers]:
    async with AsyncExitStack() as opened:
        of = {
            service: await opened.enter_async_context(
                real_ledger(stack, service, folds=(TOLD,) if service == "archive" else (), react=echo)
            )
            for service in SERVICES
        }
        yield Ledgers(of)


async def interleave(ledgers: Ledgers) -> None:
    """Let archive take in facts of itself and of two others, one of which had seen the other's."""
    await ledgers.append("archive", "first", "loud", "second")
    await ledgers.append("review", "before")
    await ledgers.follow("intake", "review")
    await ledgers.append("intake", "after")
    await ledgers.follow("archive", "review")
    await ledgers.append("archive", "between")
    await ledgers.follow("archive", "intake")
    await ledgers.append("archive", "last")


async def test_folds_take_in_own_facts_by_position_and_others_where_they_were_followed(ledgers: Ledgers) -> None:
    await interleave(ledgers)
    own = ("archive first", "archive loud", "archive second", "archive echo")
    assert (await ledgers.told()).by == (*own, "review before", "archive between", "intake after", "archive last")
    rebuilt = await ledgers.rebuild()
    assert (rebuilt.facts, rebuilt.states, rebuilt.differences) == (8, 1, [])


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("delete from snapshot", "lacking"),
        ("update snapshot set state = '{\"by\": []}'", "different"),
        ("insert into snapshot values ('xinzheng', 'told', 'nobody', 1, '{\"by\": []}')", "left over"),
    ],
)
async def test_a_snapshot_that_is_not_what_the_ledgers_say_is_named_and_replaced(
    ledgers: Ledgers, damage: str, problem: str
) -> None:
    await interleave(ledgers)
    before = await ledgers.told()
    await ledgers.of["archive"].store.pool.execute(damage)
    assert [found.problem for found in (await ledgers.rebuild()).differences] == [problem]
    assert [found.problem for found in (await ledgers.rebuild(repair=True)).differences] == [problem]
    assert (await ledgers.rebuild()).differences == []
    assert await ledgers.told() == before


async def test_what_was_not_followed_is_not_folded_and_what_is_parked_neither(ledgers: Ledgers) -> None:
    await interleave(ledgers)
    await ledgers.append("intake", "not followed")
    await ledgers.append("review", "parked")
    async with ledgers.of["archive"].store.locked(AGENCY) as tx:
        tx.advance("review", 2)
        await tx.conn.execute(
            "insert into parked values ($1, 'review', 2, 's', ''::bytea, ''::bytea, ''::bytea, 'test')", AGENCY
        )
    assert (await ledgers.rebuild()).differences == []


async def test_a_log_that_lacks_what_was_followed_of_it_cannot_be_folded(ledgers: Ledgers) -> None:
    await interleave(ledgers)
    await ledgers.of["archive"].store.pool.execute("update followed set n = 5 where service = 'intake'")
    with pytest.raises(LogTooShortError, match="intake lacks position 2"):
        await ledgers.rebuild()
