"""What a process of archive holds beyond its ledger."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from casetrail_archive.judging.judge import Judge
from casetrail_archive.judging.past import Past
from casetrail_archive.packing.gathering import Gatherer
from casetrail_archive.packing.packer import Packer
from casetrail_archive.queries.deadlines import Deadlines
from casetrail_archive.queries.findings import Findings
from casetrail_archive.queries.needs import NeedsQuery
from casetrail_archive.queries.replays import Replays
from casetrail_common.bus.clock import Clock
from casetrail_common.objects import ObjectStore
from casetrail_common.settings import Settings


@dataclass(frozen=True)
class Parts:
    """Made once by the composition root; routes, jobs and loops share it."""

    settings: Settings
    judge: Judge
    past: Past
    findings: Findings
    needs: NeedsQuery
    deadlines: Deadlines
    replays: Replays
    gatherer: Gatherer
    packer: Packer
    dossiers: ObjectStore
    clock: Clock
    next_due: Callable[[str, datetime], Awaitable[datetime | None]]
