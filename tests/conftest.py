"""Fixtures every test may ask for."""

from collections.abc import Iterator

import pytest

from casetrail_embedded.stack.addresses import StackAddresses
from support.stack import running_stack


@pytest.fixture(scope="session")
def stack() -> Iterator[StackAddresses]:
    """Real PostgreSQL, Kafka and SeaweedFS, started once when the first test asks for them."""
    with running_stack() as addresses:
        yield addresses
