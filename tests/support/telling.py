"""The story of the demonstration, told to the application under test."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from casetrail_common.auth import Role
from casetrail_embedded.client import As
from casetrail_embedded.demo import cast
from casetrail_embedded.demo.run import Filed, fetch
from casetrail_embedded.demo.story import Story, set_up, tell
from casetrail_embedded.sample_video import make_sample_video
from support.application import Application
from support.noting import Noted, NotingClient

T = TypeVar("T")
Videos = tuple[Path, Path]

VIDEO_S = 10


def silently(instant: str, who: str, what: str) -> None:
    """Show nothing."""


class UnhurriedStory(Story):
    """The same story on a clock that is set once and then stands: for tests that no deadline concerns."""

    client: NotingClient

    async def at(self, instant: str) -> None:
        """Set the agency's clock the first time; later the instants are only written into forms."""
        if not self.now:
            await super().at(instant)
        self.now = instant


@dataclass(frozen=True)
class Told:
    """A case that was told from registration to a sealed dossier."""

    agency: str
    ids: dict[str, str]
    noted: tuple[Noted, ...]
    filed: Filed
    now: str

    def answer(self, path_part: str) -> dict[str, Any]:
        """Return the last answer to a request whose path holds a text."""
        noted = next(noted for noted in reversed(self.noted) if path_part in noted.path)
        found: dict[str, Any] = noted.answer.json()
        return found

    def story(self, client: NotingClient) -> Story:
        """Return the story as it stands, for going on with it."""
        return Story(client, (Path(), Path()), silently, dict(self.ids), self.now)


def make_videos(folder: Path) -> Videos:
    """Make the two recordings of the story, shorter than those of the demonstration."""
    videos = (folder / "inquiry.mp4", folder / "inspection.mp4")
    for label, video in enumerate(videos, start=1):
        make_sample_video(video, seconds=VIDEO_S, label=label)
    return videos


async def told_whole(application: Application, videos: Videos, folder: Path) -> Told:
    """Tell the whole story on the agency's clock, and fetch the dossier."""
    async with application.client() as client:
        story = Story(client, videos, silently)
        await tell(story)
        noted = tuple(client.noted)
        filed = await fetch(story, folder)
        return Told(client.agency, story.ids, noted, filed, story.now)


async def new_county(client: NotingClient, videos: Videos) -> UnhurriedStory:
    """Return the beginning of a story: an agency with its law, people and equipment, and no case."""
    story = UnhurriedStory(client, videos, silently)
    await set_up(story)
    return story


async def settled(story: Story) -> None:
    """Let everything that was caused in the agency happen."""
    clock = {"agency": story.client.agency, "now": await agency_now(story)}
    await story.client.put(cast.ADMINISTRATOR, "/v1/test/clock", clock)


async def agency_now(story: Story) -> str:
    """Return the time of the agency."""
    page = await story.client.get(cast.MA.login, "/v1/findings?limit=1")
    return str(page["as_of"])


def everybody(unit: str | None = "u1") -> As:
    """Return a person who holds every role."""
    return As("feng", tuple(map(str, Role)), unit)


def in_own_loop(run: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in a loop and thread of its own, for fixtures that outlive the loop of a test."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(run())).result()
