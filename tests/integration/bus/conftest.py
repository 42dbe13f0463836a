"""A town of four ledgers on real PostgreSQL, and a broker that a test may kill."""

from collections.abc import AsyncIterator, Iterator

import pytest

from casetrail_embedded.stack.addresses import StackAddresses
from support.own_broker import OwnBroker, drop_topics, own_broker
from support.town import Town, open_town


@pytest.fixture(scope="session")
def broker() -> Iterator[OwnBroker]:
    """A broker for these tests alone."""
    with own_broker() as running:
        yield running


@pytest.fixture
async def town(stack: StackAddresses, broker: OwnBroker) -> AsyncIterator[Town]:
    """Fresh ledgers, and topics without a past."""
    await drop_topics(broker.bootstrap)
    async with open_town(stack.superuser_dsn, broker.bootstrap) as opened:
        yield opened
