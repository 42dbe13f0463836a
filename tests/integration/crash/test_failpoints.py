"""One case told while the application dies at every boundary, each time on the request that leads there."""

import asyncio
import hashlib
import re
import sys
from pathlib import Path

import pytest

from casetrail_embedded.client import RefusedError
from casetrail_embedded.demo import cast, run, story
from casetrail_embedded.sample_video import make_sample_video
from casetrail_embedded.stack.paths import project_root
from support.cutting import Cut, CuttingClient
from support.ledger_checker import faults, until_settled
from support.load import CASE
from support.whole_stack import WholeStack

COMPLETION = "POST /v1/media/uploads/[^/]+/completion .*"

CUTS = (
    Cut("POST /v1/agencies .*", ("command.before_commit",)),
    Cut("POST /v1/rules/packs .*", ("command.after_commit",)),
    Cut("POST /v1/rules/calendars .*", ("relay.before_publish",)),
    Cut("POST /v1/rules/retention-tables .*", ("relay.after_publish",)),
    Cut("POST /v1/people .*", ("relay.after_delete",)),
    Cut("POST /v1/people .*", ("follower.before_commit",)),
    Cut("POST /v1/people .*", ("follower.after_commit",)),
    Cut("POST /v1/media/devices .*", ("follower.before_offsets",)),
    Cut("POST /v1/media/repositories .*", ("follower.after_offsets",)),
    Cut("POST /v1/cases .*", ("archive.before_judged",)),
    Cut("POST /v1/records .*", ("archive.after_judged",)),
    Cut(COMPLETION, ("media.before_complete", "media.after_complete", "media.before_stored")),
    # the inspection's recording was not stored on its day
    Cut("PUT /v1/test/clock .*2025-08-21T08:10.*", ("archive.before_fired", "archive.after_fired")),
    Cut(COMPLETION, ("media.after_join", "media.after_lock", "media.after_stored")),
    Cut("POST /v1/dossiers .*", ("archive.before_seal", "archive.after_store", "archive.after_seal")),
    Cut(COMPLETION, ("media.after_removal",)),
)


def test_every_boundary_of_the_application_is_cut() -> None:
    sources = [path.read_text() for part in ("libs", "services") for path in (project_root() / part).rglob("*.py")]
    named = {name for source in sources for name in re.findall(r'^\s+failpoint\("(.+)"\)$', source, re.MULTILINE)}
    assert named == {name for cut in CUTS for name in cut.failpoints}


async def send_other_bytes(told: story.Story) -> None:
    """Film another case and send other bytes than declared."""
    officer, client = cast.LV.login, told.client
    case = {**CASE, "matter": story.MATTER}
    told.ids["case"] = (await client.post(officer, "/v1/cases", case))["case"]
    wish = {"case": told.ids["case"], "kind": "video", "mode": "full", "device": told.ids["device"]}
    session = (await client.post(officer, "/v1/media/sessions", wish))["session"]
    await client.post(officer, f"/v1/media/sessions/{session}/end")
    times = {"started_at": told.now, "ended_at": told.now}
    file = {"sha256": hashlib.sha256(b"true").hexdigest(), "bytes": 4, "media_type": "video/mp4", **times}
    declared = {"repository": told.ids["repository"], "custodian": cast.BAI.person, "files": [file]}
    upload = await client.post(officer, f"/v1/media/sessions/{session}/uploads", declared)
    await story.put_parts(upload, [b"else"])
    with pytest.raises(RefusedError, match="upload_rejected"):
        await client.post(officer, f"/v1/media/uploads/{upload['upload']}/completion")


@pytest.mark.timeout(2400)
async def test_a_case_goes_on_whatever_line_the_application_dies_on(whole: WholeStack, tmp_path: Path) -> None:
    videos = (tmp_path / "inquiry.mp4", tmp_path / "inspection.mp4")
    for label, video in enumerate(videos):
        await asyncio.to_thread(make_sample_video, video, seconds=2, label=label)
    async with CuttingClient(whole.addresses.public_url, "cut", stack=whole, cuts=list(CUTS)) as client:
        told = story.Story(client, videos, lambda *_step: None)
        await story.tell(told)
        filed = await run.fetch(told, tmp_path / "dossier")
        await send_other_bytes(told)
    assert client.cuts == []
    verifier = await asyncio.create_subprocess_exec(
        sys.executable, "data/verify.py", "--root", filed.root, cwd=filed.folder, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await verifier.communicate()
    assert verifier.returncode == 0, said.decode()
    await until_settled(whole.addresses.app_dsns)
    assert await faults(whole.addresses.app_dsns, client.attempts.values()) == []
