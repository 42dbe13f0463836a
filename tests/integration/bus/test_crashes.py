"""Killed at any line, a worker leaves nothing undone and nothing done twice."""

import asyncio
import os
import signal
import sys

import pytest

import support.town_worker
from casetrail_common.ids import Service
from support.town import Node, Town, new_agency


async def run_until_killed(node: Node, failpoint: str) -> None:
    """Run a worker in its own process until the failpoint kills it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(support.town_worker.__file__),
        *(node.service, node.dsn, node.bootstrap),
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "CASETRAIL_TEST_BUILD": "true",
            "CASETRAIL_FAILPOINTS": failpoint,
        },
        stdout=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(300):
        assert await process.wait() == -signal.SIGKILL


@pytest.mark.parametrize(
    ("victim", "failpoint"),
    [
        ("intake", "relay.before_publish"),
        ("intake", "relay.after_publish"),
        ("intake", "relay.after_delete"),
        ("archive", "follower.before_commit"),
        ("archive", "follower.after_commit"),
        ("archive", "follower.after_offsets"),
    ],
)
async def test_a_worker_killed_at_a_boundary_goes_on_where_it_was(town: Town, victim: Service, failpoint: str) -> None:
    agency = new_agency()
    await town["intake"].append(agency, ["a", "b", "c"])
    other: Service = "archive" if victim == "intake" else "intake"
    town.start(other)
    await run_until_killed(town[victim], failpoint)
    town.start(victim)
    await town["intake"].append(agency, ["d"])
    await town["archive"].follows(agency, "intake", 4)
    assert await town["archive"].applied(agency) == [("intake", n) for n in (1, 2, 3, 4)]
    await town["intake"].comes_to("select count(*) from outbox", 0)
