"""Media over real PostgreSQL and SeaweedFS."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from casetrail_embedded.sample_video import make_sample_video
from casetrail_embedded.stack.addresses import StackAddresses
from support.filming import Filming, filming


@pytest.fixture
async def desk(stack: StackAddresses, tmp_path: Path) -> AsyncIterator[Filming]:
    async with filming(stack, tmp_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A real video with sound, of four seconds."""
    path = tmp_path_factory.mktemp("video") / "video.mp4"
    make_sample_video(path, seconds=4)
    return path.read_bytes()
