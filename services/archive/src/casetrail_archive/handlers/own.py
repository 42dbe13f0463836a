"""What archive's routes need beyond the ledger."""

from typing import Annotated

from fastapi import Depends, Request

from casetrail_archive.parts import Parts


async def parts(request: Request) -> Parts:
    """Return what this process of archive holds."""
    found: Parts = request.app.state.process.own
    return found


Own = Annotated[Parts, Depends(parts)]
