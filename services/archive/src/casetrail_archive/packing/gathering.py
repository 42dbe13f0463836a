"""Gathering what a volume is made of: the same filing gathers the same facts, however often it is tried."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import asyncpg

from casetrail_archive.case_facts import Stream, read_facts
from casetrail_archive.dossier import ContentCopy, DossierInput, FactCopy, FindingCopy, Recording, StreamCopy
from casetrail_archive.judging.casefiles import CaseFiles
from casetrail_archive.judging.findings import held_back
from casetrail_archive.judging.laws import Laws
from casetrail_archive.judging.past import closed_until
from casetrail_archive.packing.naming import subject_names
from casetrail_archive.packing.shared import shared_streams
from casetrail_common.agencies import AGENCY
from casetrail_common.bus.envelope import content_references
from casetrail_common.facts.archive import PackLoadedV1
from casetrail_common.facts.media import AvStoredV1
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.locked import load_snapshot
from casetrail_common.objects import ObjectStore
from casetrail_common.rules import LawBook, build, evaluate


@dataclass(frozen=True)
class Order:
    """Which volume to gather."""

    agency: str
    case: str
    dossier: str
    made_at: datetime
    """Instant of filing, for a draft that of closure; findings are those of this instant."""
    draft: bool
    streams: Sequence[Stream]
    """Streams that the volume holds whole."""
    sessions: frozenset[str] = frozenset()
    """Recordings whose files go into it; of others it notes where they are kept."""
    ends: Mapping[Stream, int] = field(default_factory=dict)
    """Position in its service's log up to which a stream belongs to the volume; absent = as far as it is known."""
    horizon: Mapping[str, int] = field(default_factory=dict)
    """Position of each service's log up to which facts of shared streams may be used; absent = all."""


@dataclass(frozen=True)
class Gatherer:
    """Reads archive's own database; of the recordings it only says how they can be opened."""

    laws: Laws
    recordings: ObjectStore

    async def gather(self, conn: asyncpg.Connection, order: Order) -> DossierInput:
        """Return what a volume is made of, with the findings of its instant."""
        source, whole = await self.copy(conn, order)
        return replace(source, findings=await self._findings(conn, order, whole, source))

    async def copy(self, conn: asyncpg.Connection, order: Order) -> tuple[DossierInput, list[Fact]]:
        """Return what a volume is made of but for the findings, and the facts of the streams it holds whole."""
        whole = [fact for fact in await read_facts(conn, order.streams) if _belongs(fact, order.ends)]
        named = [one for one in shared_streams(order.agency, whole) if one not in set(order.streams)]
        single = [fact for fact in await read_facts(conn, named) if _is_needed(fact, order, whole)]
        agency = (await load_snapshot(conn, order.agency, AGENCY, order.agency))[1]
        source = DossierInput(
            agency=order.agency,
            agency_name=agency.name if agency else order.agency,
            case=order.case,
            dossier=order.dossier,
            made_at=order.made_at,
            draft=order.draft,
            streams=(*_copies(whole, whole=True, named=order.streams), *_copies(single, whole=False)),
            contents=await _contents(conn, [*whole, *single]),
            recordings=self._recordings(whole, order.sessions),
        )
        return source, whole

    async def _findings(
        self, conn: asyncpg.Connection, order: Order, whole: Iterable[Fact], source: DossierInput
    ) -> tuple[FindingCopy, ...]:
        book = await self.laws.at(conn, order.agency, order.made_at)
        own = build(whole)
        file = own.with_(await CaseFiles().shared(conn, order.agency, as_of=order.made_at))
        found = list(evaluate(book, file, as_of=order.made_at, of=own.things.keys()))
        if order.draft:
            found = held_back(found, closed_until=await closed_until(conn, order.agency))
        gists, names = _gists(book), subject_names(source)
        return tuple(
            FindingCopy(
                rule=one.rule,
                gist=gists[one.rule],
                subject=names.get(one.subject, one.subject),
                status=one.status,
                pack=one.pack,
                severity=one.severity,
                due=one.due,
                provisional=one.provisional,
                late_by_s=one.late_by_s,
                calendar=one.calendar,
            )
            for one in found
        )

    def _recordings(self, facts: Iterable[Fact], sessions: frozenset[str]) -> tuple[Recording, ...]:
        stored = {fact.payload.session: fact.payload for fact in facts if isinstance(fact.payload, AvStoredV1)}
        return tuple(
            Recording(
                session=session,
                object=file.object,
                sha256=file.sha256,
                bytes=file.bytes,
                media_type=file.media_type,
                source=partial(self.recordings.stream, file.object, file.version_id) if session in sessions else None,
            )
            for session, payload in stored.items()
            for file in payload.files
        )


def _belongs(fact: Fact, ends: Mapping[Stream, int]) -> bool:
    return fact.n <= ends.get((fact.service, fact.stream), fact.n)


def _is_needed(fact: Fact, order: Order, whole: Sequence[Fact]) -> bool:
    """Whether a fact of a shared stream belongs to the volume: known at its end, and of packs a version cited."""
    if fact.n > order.horizon.get(fact.service, fact.n):
        return False
    if isinstance(fact.payload, PackLoadedV1):
        name = f"{fact.payload.pack}@{fact.payload.version}"
        return any(name in one.packs for one in whole)
    return True


def _copies(facts: Iterable[Fact], *, whole: bool, named: Sequence[Stream] = ()) -> list[StreamCopy]:
    streams: dict[Stream, list[FactCopy]] = {stream: [] for stream in named}
    for fact in facts:
        streams.setdefault((fact.service, fact.stream), []).append(FactCopy(fact.body, fact.prev_hash, fact.hash))
    return [
        StreamCopy(service, stream, whole, tuple(copies)) for (service, stream), copies in streams.items() if copies
    ]


async def _contents(conn: asyncpg.Connection, facts: Iterable[Fact]) -> dict[str, ContentCopy | None]:
    """Return the content that facts refer to, None where it was erased; what never came is absent."""
    wanted = list({reference for fact in facts for reference in content_references(fact.body)})
    rows = await conn.fetch("select commitment, salt, bytes from content where commitment = any ($1)", wanted)
    return {
        row["commitment"].hex(): None if row["bytes"] is None else ContentCopy(row["salt"], row["bytes"])
        for row in sorted(rows, key=lambda row: row["commitment"])
    }


def _gists(book: LawBook) -> dict[str, str]:
    return {rule.id: rule.gist.zh for active in book.packs for rule in active.pack.rules}
