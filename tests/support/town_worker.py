"""One service's worker in a process of its own, to be killed at a failpoint: `town_worker.py SERVICE DSN BOOTSTRAP`."""

import asyncio
import sys

import asyncpg

from casetrail_common.ids import SERVICES
from support.town import Node


async def main() -> None:
    """Run until killed."""
    name, dsn, bootstrap = sys.argv[1:]
    service = next(service for service in SERVICES if service == name)
    async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
        node = Node(service, dsn, bootstrap, pool)
        node.start()
        assert node.running is not None
        await node.running


if __name__ == "__main__":
    asyncio.run(main())
