"""Broker, database, store and application killed in an order drawn from a seed, while people work."""

import asyncio
import os
import random
from collections import Counter
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from casetrail_common.facts.media import AvStoredV1
from casetrail_common.ledger.fact import decode_fact
from casetrail_common.objects import S3ObjectStore
from casetrail_common.settings import Settings
from casetrail_embedded.sample_video import make_sample_video
from casetrail_embedded.stack.addresses import StackAddresses
from support.ledger_checker import faults, until_settled
from support.load import Load
from support.whole_stack import ALL_PARTS, WholeStack

SEED: Final = int(os.environ.get("CASETRAIL_CRASH_SEED", "20250811"))
"""Draws which part dies when. Another order: `CASETRAIL_CRASH_SEED=… pytest tests/integration/crash`."""

KILLS_OF_EACH: Final = 2
PAUSE_S: Final = (1.0, 6.0)
"""Bounds of the time from one kill to the next: some find a stack that has healed, some one that has not."""


async def kill_at_random(whole: WholeStack) -> Counter[str]:
    """Kill each part a few times, each time while it serves."""
    draw = random.Random(SEED)
    order = list(ALL_PARTS) * KILLS_OF_EACH
    draw.shuffle(order)
    print(f"seed {SEED}: {', '.join(order)}")  # noqa: T201  pytest shows it when the test fails
    killed: Counter[str] = Counter()
    for name in order:
        await asyncio.sleep(draw.uniform(*PAUSE_S))
        await whole.is_served_by(name)
        whole.kill(name)
        killed[name] += 1
    return killed


@pytest.mark.timeout(2400)
async def test_nothing_is_lost_or_done_twice_while_parts_are_killed_under_load(
    whole: WholeStack, tmp_path: Path
) -> None:
    await asyncio.to_thread(make_sample_video, tmp_path / "video.mp4", seconds=1)
    load = Load(whole.addresses.public_url, (tmp_path / "video.mp4").read_bytes())
    agencies = [await load.set_up(f"load-{n}") for n in range(2)]
    async with asyncio.TaskGroup() as work:
        for agency in agencies:
            work.create_task(load.write(agency, gives_up=False))
            work.create_task(load.write(agency, gives_up=True))
            work.create_task(load.record(agency))
        killed = await kill_at_random(whole)
        load.stopped.set()
    assert killed == Counter(dict.fromkeys(ALL_PARTS, KILLS_OF_EACH))
    await whole.serves()
    await until_settled(whole.addresses.app_dsns)
    attempts = [attempt for client in load.clients for attempt in client.attempts.values()]
    assert await faults(whole.addresses.app_dsns, attempts) == []
    assert any(not attempt.acknowledged for attempt in attempts), "no answer was ever lost: nothing was tried"
    done = Counter(attempt.path.rpartition("/")[2] for attempt in attempts if attempt.acknowledged)
    assert min(done["cases"], done["records"], done["completion"]) > len(agencies), done
    assert await unlocked_originals(whole.addresses) == []


async def unlocked_originals(addresses: StackAddresses) -> list[str]:
    """Return the originals that media's ledger calls stored and the store does not hold under a lock."""
    settings = Settings(
        s3_endpoint=addresses.s3_endpoint, s3_access_key=addresses.s3_access_key, s3_secret_key=addresses.s3_secret_key
    )
    store = S3ObjectStore(settings, bucket="casetrail-media")
    missing = []
    media = await asyncpg.connect(addresses.dsn("media"))
    for row in await media.fetch("select body, prev_hash, hash from ledger"):
        fact = decode_fact(row["body"], prev_hash=row["prev_hash"], hash_=row["hash"])
        for file in fact.payload.files if isinstance(fact.payload, AvStoredV1) else ():
            stated = await store.stat(file.object, file.version_id)
            if stated.locked_until is None or stated.size_bytes != file.bytes:
                missing.append(f"{file.object} {file.version_id}: {stated}")
    await media.close()
    store.close()
    return missing
