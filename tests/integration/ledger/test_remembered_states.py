"""States remembered in one process while another one writes: two stores on one database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from casetrail_common.errors import CasetrailError
from casetrail_common.facts.intake import CaseFlaggedV1, CaseRegisteredV1
from casetrail_common.ids import new_id, stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Actor, Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.store import Answer, Call, Decide, Plan, Store
from casetrail_common.ledger.view import View
from casetrail_embedded.stack.addresses import StackAddresses
from support.ledgers import RealLedger, real_ledger

AGENCY = "xinzheng"


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


@dataclass(frozen=True)
class Two:
    """Two processes of one service."""

    ledger: RealLedger
    here: Store
    there: Store


@pytest.fixture
async def two(stack: StackAddresses) -> AsyncIterator[Two]:
    async with real_ledger(stack, "intake", folds=(COUNTED,)) as real:
        yield Two(real, real.store, Store("intake", real.store.pool, folds=(COUNTED,)))


async def run(store: Store, decide: Decide) -> Answer:
    return await store.execute(Call(AGENCY, Actor("feng"), new_id("intake"), b"r" * 32), decide)


def opening(case: str) -> Decide:
    async def decide(view: View) -> Plan:
        payload = CaseRegisteredV1(
            case=case,
            conduct_type="penalty",
            procedure="general",
            start_mode="ex_officio",
            matter=view.seal("未按规定查验"),
            parties=["hengyuan"],
            officers=["feng"],
            responsible_officer="feng",
        )
        return Plan([NewFact(stream_name("case", view.agency, case), payload)])

    return decide


def flagging(case: str, *, after: int = 0) -> Decide:
    """Flag a case that has been flagged at least so often."""

    async def decide(view: View) -> Plan:
        state = await view.get(COUNTED, case)
        if state is None or state.flags < after:
            raise CasetrailError("transition_not_allowed")
        payload = CaseFlaggedV1(target=case, flag="major", reason=view.seal("影响重大"))
        return Plan([NewFact(stream_name("case", view.agency, case), payload)], {"before": state.flags})

    return decide


async def test_what_another_process_wrote_is_decided_on(two: Two) -> None:
    case = new_id("intake")
    await run(two.here, opening(case))
    await run(two.here, flagging(case))
    await run(two.there, flagging(case))
    assert (await run(two.here, flagging(case))).body["before"] == 2


async def test_no_rejection_rests_on_what_is_only_remembered(two: Two) -> None:
    case = new_id("intake")
    await run(two.here, opening(case))
    await run(two.there, flagging(case))
    assert (await run(two.here, flagging(case, after=1))).body["before"] == 1


async def test_a_rejection_still_comes_when_nothing_has_changed(two: Two) -> None:
    case = new_id("intake")
    await run(two.here, opening(case))
    with pytest.raises(CasetrailError):
        await run(two.here, flagging(case, after=1))


async def test_a_snapshot_made_anew_is_not_taken_for_the_old_one(two: Two) -> None:
    case = new_id("intake")
    await run(two.here, opening(case))
    await run(two.here, flagging(case))
    await two.ledger.store.pool.execute("delete from snapshot")
    for _ in range(2):
        await run(two.there, opening(case))
    assert (await run(two.here, flagging(case))).body["before"] == 0


async def test_what_was_rolled_back_is_not_remembered(two: Two) -> None:
    case = new_id("intake")
    await run(two.here, opening(case))

    async def stumble() -> None:
        async with two.here.locked(AGENCY) as tx:
            plan = await flagging(case)(tx.view())
            await tx.append(plan.facts, actor=Actor("feng"))
            raise LookupError

    with pytest.raises(LookupError):
        await stumble()
    assert (await run(two.here, flagging(case))).body["before"] == 0
