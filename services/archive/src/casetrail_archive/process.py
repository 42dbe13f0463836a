"""Archive's composition root: the only file that names concrete classes."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Final

from casetrail_archive import handlers
from casetrail_archive.copies import keep_copies
from casetrail_archive.dossier import Press
from casetrail_archive.judging.judge import Judge
from casetrail_archive.judging.past import Past
from casetrail_archive.judging.timers import PENDING, Timers, next_due
from casetrail_archive.packing.gathering import Gatherer
from casetrail_archive.packing.packer import Packer
from casetrail_archive.parts import Parts
from casetrail_archive.projections import FOLDS, react
from casetrail_archive.queries.deadlines import Deadlines
from casetrail_archive.queries.findings import Findings
from casetrail_archive.queries.needs import NeedsQuery
from casetrail_archive.queries.replays import Replays
from casetrail_common.bus.asking import Asker
from casetrail_common.bus.clock import Clock
from casetrail_common.bus.kafka import Publisher
from casetrail_common.bus.worker import Loop
from casetrail_common.ledger.jobs import Handler, JobRunner
from casetrail_common.objects import S3ObjectStore
from casetrail_common.runtime import Blueprint, Process

DOSSIERS: Final = "casetrail-dossiers"
"""Bucket of drafts and sealed volumes."""

RECORDINGS: Final = "casetrail-media"
"""Media's bucket, which archive only reads."""


def open_parts(process: Process, stack: AsyncExitStack) -> Parts:
    """Make what a process of archive holds; nothing is connected before it is used."""
    settings, store = process.settings, process.store
    publisher = Publisher(settings.kafka_bootstrap)
    stack.push_async_callback(publisher.close)
    asker = Asker("archive", settings.kafka_bootstrap, publisher)
    stack.push_async_exit(asker)
    dossiers, recordings = S3ObjectStore(settings, bucket=DOSSIERS), S3ObjectStore(settings, bucket=RECORDINGS)
    stack.callback(dossiers.close)
    stack.callback(recordings.close)
    judge, past = Judge(store), Past(store.pool, asker, process.catch_up)
    gatherer, press = Gatherer(judge.laws, recordings), Press()
    stack.push_async_callback(press.close)
    return Parts(
        settings=settings,
        judge=judge,
        past=past,
        findings=Findings(judge, past),
        needs=NeedsQuery(judge),
        deadlines=Deadlines(judge),
        replays=Replays(judge),
        gatherer=gatherer,
        packer=Packer(store, gatherer, dossiers, press),
        dossiers=dossiers,
        clock=Clock("archive", process.ledgers, asker),
        next_due=partial(next_due, store.pool),
    )


def judging_jobs(process: Process) -> Mapping[str, Handler]:
    """Return the jobs that must not wait behind a dossier that is being made."""
    judge: Judge = process.own.judge
    return {"judge": judge.judge_marked, "judge_all": judge.mark_open}


def loops(process: Process) -> Sequence[Loop]:
    """Return what else a worker of archive does: timers, and making one dossier at a time."""
    parts: Parts = process.own
    dsn = process.settings.dsn("archive")
    packing = parts.packer.jobs
    timers = Timers(process.store, parts.judge, parts.past, dsn)
    return (timers.run, JobRunner(process.store, packing, dsn=dsn, at_once=1).run)


BLUEPRINT: Final = Blueprint(
    service="archive",
    title="Casetrail archive 规则与案卷",
    description="规则判定、期限与案卷归档。Law in force, findings, deadlines, and dossiers that anybody can verify.",
    routers=(
        handlers.law,
        handlers.findings,
        handlers.incidents,
        handlers.outlook,
        handlers.supervision,
        handlers.dossiers,
        handlers.keeping,
    ),
    folds=FOLDS,
    react=react,
    keeps_content=True,
    also_keep=keep_copies,
    pending=PENDING,
    open_own=open_parts,
    jobs=judging_jobs,
    loops=loops,
)
