"""Pieces of media's work in a process of its own, to be killed at a failpoint.

`filming_worker.py jobs` runs the jobs; `filming_worker.py complete AGENCY UPLOAD` has the store join an upload's parts.
"""

import asyncio
import sys

from casetrail_common.ledger.jobs import JobRunner
from casetrail_common.runtime import Process, open_process
from casetrail_common.settings import Settings
from casetrail_media.process import BLUEPRINT
from casetrail_media.projections import UPLOAD


async def main(what: str, *arguments: str) -> None:
    """Run until killed, or until done."""
    async with open_process(BLUEPRINT, Settings()) as process:
        if what == "jobs":
            runner = JobRunner(process.store, BLUEPRINT.jobs(process), dsn=process.settings.dsn("media"))
            await runner.run(asyncio.Event())
        else:
            await complete(process, *arguments)


async def complete(process: Process, agency: str, upload_id: str) -> None:
    """Do what a completion does before it decides anything."""
    async with process.store.reading(agency) as view:
        upload = await view.found(UPLOAD, upload_id)
    await process.own.receiving.complete(agency, upload_id, upload)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
