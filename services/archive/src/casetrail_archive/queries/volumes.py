"""Showing further volumes: what was recorded of a case after its dossier was filed."""

from collections.abc import Iterable, Iterator
from typing import Final

from casetrail_archive.case_facts import read_facts, streams_of
from casetrail_archive.domain.dossier import Dossier, Filing, stream_key
from casetrail_archive.dossier.papers.steps import SILENT
from casetrail_archive.found import found_dossier
from casetrail_archive.queries.sight import case_in_sight
from casetrail_archive.schemas import AddedFact, FurtherVolume, FurtherVolumes
from casetrail_common.auth import Principal
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.store import Store

SECOND: Final = 2
"""Number of the first volume after the one that was filed."""


async def show_volumes(store: Store, who: Principal, dossier_id: str) -> FurtherVolumes:
    """Return what belongs to each volume beyond the first, also before people have begun it."""
    async with store.reading(who.agency) as view:
        dossier = await found_dossier(view, dossier_id)
        case = await case_in_sight(view, who, dossier.case)
    if dossier.filing is None:
        return FurtherVolumes(volumes=[])
    async with store.pool.acquire() as conn:
        facts = await read_facts(conn, streams_of(who.agency, dossier.case, case))
    return FurtherVolumes(volumes=list(volumes_of(dossier, added(facts, dossier.filing))))


def added(facts: Iterable[Fact], filing: Filing) -> list[Fact]:
    """Return what came after the end of volume 1: beyond the mark in a stream that it names, anything in another."""
    named = {stream_key(*stream) for stream in filing.streams}
    found = []
    for fact in facts:
        key = stream_key(fact.service, fact.stream)
        end = filing.sealed_streams.get(key) if key in named else 0
        if end is not None and fact.n > end and fact.type not in SILENT:
            found.append(fact)
    return found


def volumes_of(dossier: Dossier, facts: Iterable[Fact]) -> Iterator[FurtherVolume]:
    """Yield each further volume with the facts that were recorded before the next one was begun."""
    begun = {one.volume: one.begun_at for one in dossier.supplements}
    later = sorted(at for volume, at in begun.items() if volume > SECOND)
    held: dict[int, list[AddedFact]] = {volume: [] for volume in begun}
    for fact in facts:
        volume = SECOND + sum(at <= fact.recorded_at for at in later)
        told = AddedFact(position=f"{fact.service}:{fact.n}", type=fact.type, recorded_at=fact.recorded_at)
        held.setdefault(volume, []).append(told)
    for volume in sorted(held):
        yield FurtherVolume(volume=volume, begun_at=begun.get(volume), facts=held[volume])
