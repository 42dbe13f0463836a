"""Review over real PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from casetrail_embedded.stack.addresses import StackAddresses
from support.reviewing import Reviewing, reviewing


@pytest.fixture
async def desk(stack: StackAddresses, tmp_path: Path) -> AsyncIterator[Reviewing]:
    async with reviewing(stack, tmp_path) as opened:
        yield opened
