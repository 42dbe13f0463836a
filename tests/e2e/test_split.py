"""The same application with API and worker of each service in processes of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casetrail_common.ids import SERVICES
from casetrail_embedded.demo import cast
from casetrail_embedded.demo.story import initiate, set_up
from casetrail_embedded.stack.paths import DataDir
from casetrail_embedded.stack.runfile import RunFile
from support.application import PATIENCE
from support.noting import NotingClient
from support.stack import Launcher, launch
from support.telling import UnhurriedStory, Videos, settled, silently


@pytest.fixture
def split(tmp_path: Path) -> Iterator[Launcher]:
    """A stack of its own, as `casetrail up --split` starts it."""
    launcher = launch(tmp_path, ("--split", "--spare-ports"), env=PATIENCE)
    try:
        yield launcher
    finally:
        launcher.stop()


async def test_a_case_is_opened_and_approved_with_every_service_in_processes_of_its_own(
    split: Launcher, videos: Videos
) -> None:
    running = RunFile.read(DataDir(split.data_dir.resolve()).run_file).parts
    assert {f"{service}-{half}" for service in SERVICES for half in ("api", "worker")} | {"gateway"} <= set(running)
    async with NotingClient(split.addresses.public_url, "split") as client:
        story = UnhurriedStory(client, videos, silently)
        await set_up(story)
        await initiate(story)
        await settled(story)
        shown = await client.get(cast.FENG.login, f"/v1/cases/{story.ids['case']}")
        assert shown["state"] == "investigating"
        page = await client.get(cast.MA.login, f"/v1/findings?case={story.ids['case']}&limit=200")
        assert "satisfied" in {finding["status"] for finding in page["items"]}
