"""The measurements, one after the other on one stack."""

import asyncio
import statistics
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import asyncpg

from casetrail_common.runtime import open_process
from casetrail_embedded.bench.judging import judging_lines
from casetrail_embedded.bench.own_stack import Memory, OwnStack, own_stack
from casetrail_embedded.bench.pipeline import run_ours
from casetrail_embedded.bench.raw_pipeline import raw_pipeline
from casetrail_embedded.bench.recording import make_recording
from casetrail_embedded.bench.requests import doing_nothing, opening_cases, run_steadily, run_users
from casetrail_embedded.bench.scene import set_up
from casetrail_embedded.bench.table import Findings, Line, console
from casetrail_embedded.bench.timers import DUE, OPEN, open_timers, tick_ms
from casetrail_embedded.bench.timings import MS, Round
from casetrail_embedded.bench.uploads import OurStore, RawStore, Recording
from casetrail_embedded.bench.watch import until_judged, watching
from casetrail_embedded.client import Client
from casetrail_intake.process import BLUEPRINT as INTAKE

AT_ONCE: Final = 16
"""Commands at work side by side."""
AGENCIES: Final = (1, 4, 16)
PIPELINE_S: Final = 4.0
WARM_UP_S: Final = 1.0
HTTP_S: Final = 5.0
USERS: Final = (1, 10)
STEADY_PER_S: Final = 100
STEADY_S: Final = 15.0
STEADY_AGENCIES: Final = 4
REST_S: Final = 30.0
RECORDING_BYTES: Final = 96 * 2**20
UPLOADS: Final = 2
JUDGED_WITHIN_S: Final = 10.0
NOTHING_BEGINS_AFTER_S: Final = 200.0
"""Seconds after which no further measurement is begun, so that it ends in about four minutes on a busy machine, too."""
LEAST_MS: Final = 0.05
"""What is not worth listing."""
MB: Final = 2**20

Spent = Mapping[str, float]
"""Seconds of processor used so far, by part."""

_MEAN_BYTES: Final = """
select (select avg(octet_length(body)) from ledger) +
       (select sum(octet_length(bytes)) from content)::float8 / (select count(*) from ledger)
"""


async def bench(wanted: Sequence[str]) -> None:
    """Start a stack, measure what is wanted, show it."""
    findings = Findings()
    console.print("· starting a stack of its own")
    try:
        async with own_stack() as stack:
            for name in wanted:
                said, measure = MEASUREMENTS[name]
                if findings.took_s > NOTHING_BEGINS_AFTER_S:
                    findings.add(Line(f"not measured for want of time: {said}", ""))
                    continue
                console.print(f"· {said}")
                await measure(stack, findings)
    finally:
        findings.show()


async def memory(stack: OwnStack, findings: Findings) -> None:
    """Measure what the stack takes when nothing is asked of it."""
    await asyncio.sleep(REST_S)
    parts = stack.memory()
    pss, rss = sum(part.pss for part in parts.values()), sum(part.rss for part in parts.values())
    each = ", ".join(f"{name} {_mb(part)}" for name, part in parts.items())
    findings.add(
        Line(f"memory after {REST_S:.0f} s of rest (PSS)", f"{pss / MB:.0f} MB", aim="< 900 MB"),
        Line("  of which", each),
        Line("  the same as RSS", f"{rss / MB:.0f} MB"),
    )


def _mb(part: Memory) -> str:
    return f"{part.pss / MB:.0f}"


async def pipeline(stack: OwnStack, findings: Findings) -> None:
    """Measure facts from command to archive's projection, beside the raw pipeline of as many bytes."""
    addresses = stack.addresses
    agencies = await set_up(addresses.public_url, [f"flow-{n}" for n in range(max(AGENCIES))])
    archive = addresses.dsn("archive")
    async with (
        open_process(INTAKE, stack.settings) as process,
        watching(archive, [agency.id for agency in agencies]) as watch,
    ):
        store = process.store
        await run_ours(store, watch, agencies, at_once=AT_ONCE, seconds=WARM_UP_S)
        payload = int(await store.pool.fetchval(_MEAN_BYTES))
        async with raw_pipeline(addresses.superuser_dsn, addresses.kafka_bootstrap, payload_bytes=payload) as raw:
            await raw.run([agency.id for agency in agencies], at_once=AT_ONCE, seconds=WARM_UP_S)
            for count in AGENCIES:
                few = agencies[:count]
                await until_judged(archive, JUDGED_WITHIN_S)
                spent = [stack.spent_s()]
                ours = await run_ours(store, watch, few, at_once=AT_ONCE, seconds=PIPELINE_S)
                judged = await until_judged(archive, JUDGED_WITHIN_S)
                spent.append(stack.spent_s())
                limit = await raw.run([agency.id for agency in few], at_once=AT_ONCE, seconds=PIPELINE_S)
                spent.append(stack.spent_s())
                findings.add(*_flow(count, ours, limit, spent, judged=judged))
    findings.add(Line("  bytes of a fact with its content", f"{payload}", f"{payload}"))


def _flow(agencies: int, ours: Round, limit: Round, spent: Sequence[Spent], *, judged: bool) -> list[Line]:
    """Say what one round came to.

    Parameters
    ----------
    spent
        What had been used before, between and after the two.
    """
    mine, theirs = each_ms(spent[0], spent[1], ours.done), each_ms(spent[1], spent[2], limit.done)
    each, least = sum(mine.values()), sum(theirs.values())
    caused = "followed by all, judged" if judged else "as far as it came"
    among = f"{agencies} agenc{'y' if agencies == 1 else 'ies'}"
    return [
        Line(
            f"facts/s end to end, {among}", f"{ours.per_s:.0f}", f"{limit.per_s:.0f}", ours.per_s / limit.per_s, "50 %"
        ),
        Line("  from command to projection, p50 / p99", ours.latency, limit.latency),
        Line(f"  processor for each, {caused}", f"{each:.2f} ms", f"{least:.2f} ms", least / each),
        Line("    of which", listed_ms(mine), listed_ms(theirs)),
    ]


def each_ms(before: Spent, after: Spent, done: int) -> dict[str, float]:
    """Return the milliseconds of processor that each part used for each of those done."""
    return {name: (after[name] - before.get(name, 0.0)) / max(1, done) * MS for name in after}


def listed_ms(each: Mapping[str, float]) -> str:
    """Say it, from the most to the least."""
    ordered = sorted(each.items(), key=lambda one: -one[1])
    return ", ".join(f"{name} {ms:.1f}" for name, ms in ordered if ms >= LEAST_MS)


async def requests(stack: OwnStack, findings: Findings) -> None:
    """Measure the opening of cases over HTTP, beside answers that take no work."""
    url = stack.addresses.public_url
    (agency,) = await set_up(url, ["window"])
    await run_users(url, opening_cases(agency), users=max(USERS), seconds=WARM_UP_S)
    for users in USERS:
        await until_judged(stack.addresses.dsn("archive"), JUDGED_WITHIN_S)
        ours = await run_users(url, opening_cases(agency), users=users, seconds=HTTP_S)
        await until_judged(stack.addresses.dsn("archive"), JUDGED_WITHIN_S)
        limit = await run_users(url, doing_nothing, users=users, seconds=HTTP_S / 2)
        findings.add(
            Line(
                f"cases opened/s over HTTP, {users} user{'s' if users > 1 else ''}",
                f"{ours.per_s:.0f}",
                f"{limit.per_s:.0f} (GET /healthz)",
                ours.per_s / limit.per_s,
            ),
            Line("  answered after, p50 / p99", ours.latency, limit.latency),
        )


async def steadily(stack: OwnStack, findings: Findings) -> None:
    """Measure how soon facts are projected at a rate that an agency reaches on its busiest day."""
    url = stack.addresses.public_url
    agencies = await set_up(url, [f"day-{n}" for n in range(STEADY_AGENCIES)])
    archive = stack.addresses.dsn("archive")
    async with watching(archive, [agency.id for agency in agencies]) as watch:
        await run_steadily(url, watch, agencies, per_s=STEADY_PER_S, seconds=WARM_UP_S)
        before = stack.spent_s()
        found = await run_steadily(url, watch, agencies, per_s=STEADY_PER_S, seconds=STEADY_S)
        each = each_ms(before, stack.spent_s(), found.done)
    findings.add(
        Line(
            f"from answer to projection at {found.per_s:.0f} facts/s over HTTP, p50 / p99",
            found.latency,
            aim="p99 < 100 ms",
        ),
        Line(f"  the slowest tenth after, of {found.done}", f"{found.ms(0.9):.1f} ms"),
        Line("  processor for each", f"{sum(each.values()):.2f} ms"),
        Line("    of which", listed_ms(each)),
    )


async def uploads(stack: OwnStack, findings: Findings) -> None:
    """Measure how fast a recording gets into the object store, and how fast it is verified there."""
    addresses = stack.addresses
    recording = await asyncio.to_thread(_recording)
    size = len(recording.content) / MB
    (agency,) = await set_up(addresses.public_url, ["film"])
    async with Client(addresses.public_url, agency.id) as client:
        client.positions.update(agency.positions)
        ours, raw = OurStore(client, addresses.dsn("media")), RawStore(addresses)
        await ours.prepare()
        mine, theirs = [], []
        for _ in range(UPLOADS):
            found, part_bytes = await ours.upload(recording)
            mine.append(found)
            theirs.append(await asyncio.to_thread(raw.upload, recording, part_bytes))
    took, limit = statistics.fmean(one.upload_s for one in mine), statistics.fmean(theirs)
    verified = statistics.fmean(one.verify_s for one in mine)
    apart = " + ".join(
        f"{statistics.fmean(getattr(one, part) for one in mine) * MS:.0f}" for part in ("declare_s", "send_s", "join_s")
    )
    findings.add(
        Line(f"upload of {size:.0f} MB, MB/s", f"{size / took:.0f}", f"{size / limit:.0f}", limit / took, "80 %"),
        Line("  declare + send + join, ms", apart),
        Line("  verification apart (read, hash, probe, lock), MB/s", f"{size / verified:.0f}"),
    )


def _recording() -> Recording:
    with tempfile.TemporaryDirectory(prefix="casetrail-bench-") as folder:
        path = Path(folder) / "recording.mp4"
        seconds = make_recording(path, at_least_bytes=RECORDING_BYTES)
        return Recording(path.read_bytes(), seconds)


async def judging(_stack: OwnStack, findings: Findings) -> None:
    """Measure the engine alone."""
    findings.add(*await asyncio.to_thread(judging_lines))


async def timers(stack: OwnStack, findings: Findings) -> None:
    """Measure a tick with ten timers due, beside one with no others."""
    url = stack.addresses.public_url
    (agency,) = await set_up(url, ["clock"])
    await run_users(url, opening_cases(agency), users=1, seconds=WARM_UP_S)
    archive = stack.addresses.dsn("archive")
    await until_judged(archive, JUDGED_WITHIN_S)
    conn = await asyncpg.connect(archive)
    try:
        alone = await tick_ms(conn, agency.id)
        await open_timers(conn, agency.id)
        among = await tick_ms(conn, agency.id)
    finally:
        await conn.close()
    findings.add(
        Line(
            f"a tick with {DUE} timers due, {OPEN} not due", f"{among:.0f} ms", f"{alone:.0f} ms (none)", alone / among
        )
    )


Measure = Callable[[OwnStack, Findings], Awaitable[None]]

MEASUREMENTS: Final[dict[str, tuple[str, Measure]]] = {
    "memory": (f"resting {REST_S:.0f} s, then weighing", memory),
    "pipeline": ("facts from command to projection", pipeline),
    "requests": ("cases over HTTP", requests),
    "judging": ("cases judged by the engine", judging),
    "timers": (f"a tick among {OPEN} timers", timers),
    "steadily": (f"{STEADY_PER_S} facts a second", steadily),
    "uploads": ("recordings into the object store", uploads),
}
"""By name: what is said while it runs, and what runs."""
