"""A town of four ledgers on real PostgreSQL, and a broker that a test may kill."""

from collections.abc import AsyncIterator

import pytest

from casetrail_common.bus.asking import Asker
from casetrail_common.bus.kafka import Publisher
from casetrail_embedded.stack.addresses import StackAddresses
from support.own_broker import OwnBroker, drop_topics
from support.town import Town, open_town


@pytest.fixture
async def town(stack: StackAddresses, broker: OwnBroker) -> AsyncIterator[Town]:
    """Fresh ledgers, and topics without a past."""
    await drop_topics(broker.bootstrap)
    async with open_town(stack.superuser_dsn, broker.bootstrap) as opened:
        yield opened


@pytest.fixture
async def asker(broker: OwnBroker, town: Town) -> AsyncIterator[Asker]:
    """What archive asks the others with."""
    assert town.nodes
    publisher = Publisher(broker.bootstrap)
    try:
        async with Asker("archive", broker.bootstrap, publisher) as asker:
            yield asker
    finally:
        await publisher.close()
