"""Running the demonstration against a stack: tell the story, fetch the dossier, verify it, show what happened."""

import asyncio
import secrets
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from casetrail_common.law import BEIJING
from casetrail_embedded.client import patient_client
from casetrail_embedded.demo import cast
from casetrail_embedded.demo.story import Story, tell
from casetrail_embedded.sample_video import make_sample_video

SEALED_WITHIN_S: Final = 300
"""Seconds the dossier may take to be sealed after it was filed."""

console = Console(highlight=False, width=None if sys.stdout.isatty() else 140)


@dataclass(frozen=True, slots=True)
class Filed:
    """A sealed dossier on disk."""

    folder: Path
    root: str


async def demonstrate(base_url: str, data_dir: Path) -> int:
    """Walk one case from registration to a dossier that verifies; return the exit code."""
    begun = time.monotonic()
    videos = await asyncio.to_thread(make_videos, data_dir / "demo")
    async with patient_client(base_url, f"demo-{secrets.token_hex(4)}") as client:
        story = Story(client, videos, say)
        await tell(story)
        filed = await fetch(story, data_dir / "demo" / client.agency)
        await show_course(story)
        await show_findings(story)
    return verify(filed, seconds=time.monotonic() - begun)


def make_videos(folder: Path) -> tuple[Path, Path]:
    """Make the two recordings of the story, thirty seconds each, with sound."""
    folder.mkdir(parents=True, exist_ok=True)
    videos = (folder / "inquiry.mp4", folder / "inspection.mp4")
    for label, video in enumerate(videos, start=1):
        if not video.exists():
            console.print(f"· 制作样例录像 {video.name}（30 秒，有声）")
            make_sample_video(video, label=label)
    return videos


def say(instant: str, who: str, what: str) -> None:
    """Show one step."""
    console.print(f"  {instant[:16].replace('T', ' ')}  {who:<8} {what}", markup=False)


async def fetch(story: Story, folder: Path) -> Filed:
    """Wait until volume 1 is sealed, then fetch and unpack it."""
    path = f"/v1/dossiers/{story.ids['dossier']}"
    end = time.monotonic() + SEALED_WITHIN_S
    while (dossier := await story.client.get(cast.QIN.login, path))["state"] != "sealed":
        if time.monotonic() > end:
            raise TimeoutError(f"the dossier is not sealed: {dossier}")
        await asyncio.sleep(0.2)
    answer = await story.client.send(cast.QIN.login, "GET", f"{path}/content")
    answer.raise_for_status()
    await asyncio.to_thread(unpack, answer.content, folder)
    return Filed(folder / "volume-1", dossier["root"])


def unpack(package: bytes, folder: Path) -> None:
    """Keep a package and unpack it beside."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "volume-1.zip").write_bytes(package)
    with zipfile.ZipFile(folder / "volume-1.zip") as archive:
        archive.extractall(folder / "volume-1")


async def show_course(story: Story) -> None:
    """Print the timeline with the clause beside each step."""
    table = Table("时间", "步骤", "人员", "依据", title="全过程", title_justify="left", box=None)
    cursor = ""
    while cursor is not None:
        query = f"?limit=200{f'&cursor={cursor}' if cursor else ''}"
        page = await story.client.get(cast.QIN.login, f"/v1/archive/cases/{story.ids['case']}/timeline{query}")
        for step in page["items"]:
            if step["type"] != "finding.changed":
                table.add_row(
                    beijing(step["occurred_at"]), step["what"], step["actor_name"], ", ".join(step["clauses"])
                )
        cursor = page["next"]
    console.print()
    console.print(table)


async def show_findings(story: Story) -> None:
    """Print what the law says of the case, worst first."""
    page: dict[str, Any] = await story.client.get(cast.MA.login, f"/v1/findings?case={story.ids['case']}&limit=200")
    order = ("violated", "overdue", "needs_review", "pending", "satisfied", "not_applicable")
    table = Table("条款", "结论", "期限", "逾期", title="规则核对", title_justify="left", box=None)
    for finding in sorted(page["items"], key=lambda one: order.index(one["status"])):
        late = f"{finding['late_by_s']} 秒" if finding["late_by_s"] else ""
        due = beijing(finding["due"]) if finding["due"] else ""
        table.add_row(finding["rule"], finding["status"], due, late)
    console.print()
    console.print(table)


def beijing(instant: str) -> str:
    """Return an instant as people here read it."""
    return datetime.fromisoformat(instant).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def verify(filed: Filed, *, seconds: float) -> int:
    """Let the dossier verify itself, as anybody could, and say where it lies."""
    console.print()
    command = [sys.executable, "data/verify.py", "--root", filed.root]
    done = subprocess.run(command, cwd=filed.folder, check=False)  # noqa: S603 - the verifier is what is being shown
    console.print()
    if done.returncode:
        console.print("✗ 案卷校验未通过 the dossier does not verify")
        return 1
    console.print(f"✓ 案卷已封存并通过校验，用时 {seconds:.0f} 秒 sealed and verified")
    console.print(f"  案卷 dossier   {filed.folder}", soft_wrap=True)
    console.print(f"  根哈希 root    {filed.root}")
    # In one piece, whatever the width: this is to be copied.
    console.print(f"  校验 verify    cd {filed.folder} && python3 data/verify.py --root {filed.root}", soft_wrap=True)
    return 0
