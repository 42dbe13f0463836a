"""Facts from command to projection: decided and appended in intake, published, followed by archive."""

import asyncio
import secrets
import time
from collections.abc import Sequence
from typing import Final

from casetrail_common.ledger.fact import Actor
from casetrail_common.ledger.store import Answer, Call, Decide, Store
from casetrail_embedded.bench.scene import CASE, RECORD, RECORDS_PER_CASE, Agency
from casetrail_embedded.bench.timings import Round
from casetrail_embedded.bench.watch import Watch
from casetrail_intake.commands import AddRecord, RegisterCase
from casetrail_intake.service import add_record, register_case

DRAINED_WITHIN_S: Final = 15.0
"""Seconds after the last command; what is not projected by then does not count."""


async def run_ours(store: Store, watch: Watch, agencies: Sequence[Agency], *, at_once: int, seconds: float) -> Round:
    """Have commands decided side by side, spread over the agencies, and wait until all their facts are projected."""
    begun = time.perf_counter()
    watch.durations_s.clear()
    writers = [_write(store, watch, agencies[i % len(agencies)], until=begun + seconds) for i in range(at_once)]
    await asyncio.gather(*writers)
    await watch.all_seen(DRAINED_WITHIN_S)
    return Round(len(watch.durations_s), watch.last_seen - begun, tuple(watch.durations_s))


async def _write(store: Store, watch: Watch, agency: Agency, *, until: float) -> None:
    """Open cases and put records into them until it is time to stop."""
    done, case = 0, ""
    while (now := time.perf_counter()) < until:
        decide = _next(agency, case, done)
        answer = await _execute(store, agency, decide)
        case = answer.body.get("case", case)
        watch.expect(agency.id, answer.position, since=now)
        done += 1


def _next(agency: Agency, case: str, done: int) -> Decide:
    if done % (RECORDS_PER_CASE + 1) == 0:
        return register_case(RegisterCase.model_validate(CASE), agency.officer)
    return add_record(AddRecord.model_validate({**RECORD, "case": case}), agency.officer)


async def _execute(store: Store, agency: Agency, decide: Decide) -> Answer:
    who = agency.officer
    call = Call(
        agency=agency.id,
        actor=Actor(who.person, tuple(sorted(who.roles)), who.unit),
        key=secrets.token_urlsafe(16),
        request_hash=secrets.token_bytes(32),
    )
    return await store.execute(call, decide)
