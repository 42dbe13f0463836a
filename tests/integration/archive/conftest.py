"""Archive over real PostgreSQL and SeaweedFS."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from casetrail_embedded.stack.addresses import StackAddresses
from support.archiving import Archiving, archiving


@pytest.fixture
async def desk(stack: StackAddresses, tmp_path: Path) -> AsyncIterator[Archiving]:
    async with archiving(stack, tmp_path) as opened:
        yield opened
