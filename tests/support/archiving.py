"""Archive's real API over a real database and object store; what the other services say is told by the test."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from casetrail_archive.judging.past import Past, Watermark
from casetrail_archive.judging.timers import Timers
from casetrail_archive.parts import Parts
from casetrail_archive.process import BLUEPRINT, RECORDINGS
from casetrail_archive.queries.findings import Findings
from casetrail_common.auth import Principal
from casetrail_common.canonical import first_prev
from casetrail_common.facts import Payload
from casetrail_common.facts.common import StreamSealedV1
from casetrail_common.facts.intake import Identity, RecordAddedV1, ServicePerformedV1
from casetrail_common.facts.media import AvStoredV1
from casetrail_common.ids import Service
from casetrail_common.ledger.content import ContentItem
from casetrail_common.ledger.fact import Fact, decode_fact
from casetrail_common.ledger.jobs import DueJob, Handler
from casetrail_common.objects import ObjectStore, S3ObjectStore
from casetrail_common.settings import Settings
from casetrail_embedded.stack.addresses import StackAddresses
from support.facts import FactBook
from support.penalty_case import AGENCY, CASE, FILMS, PenaltyCase
from support.serving import Served, serving

IDENTITY = Identity(officers=["feng", "lv"], certificate_shown=True)
SEALING_S = 0.2
"""Seconds a filing waits for owners who may say nothing."""


async def _told_everything(_agency: str) -> bool:
    """Say that there is nothing left to follow: the test has told everything."""
    return True


@dataclass(frozen=True)
class TruthfulPast(Past):
    """The others, who have closed their past and said everything: what the test tells is all there is."""

    async def ask(self, agency: str) -> Watermark | None:
        """Answer at once, with the agency's own time."""
        rows = await self.pool.fetch("select service, n from followed where agency = $1", agency)
        now = await self.pool.fetchval(
            "select coalesce(simulated, clock_timestamp()) from agency_head where agency = $1", agency
        )
        return Watermark(now, {row["service"]: row["n"] for row in rows})


@dataclass
class Archiving:
    """One agency's archive, seen from outside, and what the others tell it."""

    served: Served
    recordings: ObjectStore
    book: FactBook
    agency: str = AGENCY
    told: int = 0
    """How many facts of the book have been followed."""
    timers: Timers = field(init=False)

    def __post_init__(self) -> None:
        self.served.process.store.catch_up = _told_everything
        parts = self.parts
        past = TruthfulPast(parts.past.pool, parts.past.asker, parts.past.catch_up)
        self.timers = Timers(self.served.process.store, parts.judge, past, "")
        self.served.process.own = replace(parts, past=past, findings=Findings(parts.judge, past))

    @property
    def parts(self) -> Parts:
        """What archive's process holds."""
        parts: Parts = self.served.process.own
        return parts

    def who(self, person: str, *roles: str, unit: str | None = "u3") -> Principal:
        """Return somebody of the agency."""
        return Principal(person, self.agency, unit, frozenset(roles))

    async def send(
        self, who: Principal, method: str, path: str, body: dict[str, Any] | None = None, **more: Any
    ) -> httpx.Response:
        """Send a request as somebody."""
        return await self.served.send(who, method, path, body, **more)

    async def at(self, now: datetime) -> None:
        """Set the agency's clock and let what is due happen."""
        await self.served.process.ledgers.set_clock(self.agency, now)
        await self.settle()

    async def settle(self) -> None:
        """Judge what is marked and fire all timers that are due; dossiers are made when a test asks for them."""
        while True:
            await self.drain("judge", "judge_all")
            if not await self.parts.next_due(self.agency, await self._now()):
                return
            assert await self.timers.fire(self.agency)

    async def _now(self) -> datetime:
        async with self.served.process.store.reading(self.agency) as view:
            return view.now

    async def drain(self, *kinds: str) -> None:
        """Do the jobs of some kinds until none is left; one that fails raises."""
        handlers = self.handlers()
        while jobs := [job for job in await self.jobs() if job.kind in kinds]:
            for job in jobs:
                await handlers[job.kind](job)

    def handlers(self) -> Mapping[str, Handler]:
        """Return all jobs of archive."""
        return {**BLUEPRINT.jobs(self.served.process), **self.parts.packer.jobs}

    async def jobs(self) -> list[DueJob]:
        """Return the jobs that are waiting."""
        rows = await self.served.process.store.pool.fetch(
            "select agency, kind, key, payload::text, attempts from job order by created_at, kind"
        )
        return [DueJob(r["agency"], r["kind"], r["key"], json.loads(r["payload"]), r["attempts"]) for r in rows]

    async def follow(self, facts: Iterable[Fact]) -> None:
        """Follow facts of the other services, as the consumer would."""
        for fact in facts:
            await self.served.process.ledgers.set_clock(self.agency, fact.recorded_at)
            async with self.served.process.store.locked(self.agency) as tx:
                await tx.handle(fact, list(self._content_of(fact)))
                tx.advance(fact.service, fact.n)  # type: ignore[arg-type]

    def _content_of(self, fact: Fact) -> Iterable[ContentItem]:
        for name, copy in self.book.contents.items():
            if copy is not None and name.encode() in fact.body:
                yield ContentItem(bytes.fromhex(name), copy.salt, copy.content)

    async def tell(self, *, settling: bool = False) -> None:
        """Follow what the book holds beyond what was told before."""
        new, self.told = self.book.facts[self.told :], len(self.book.facts)
        for fact in new:
            await self.follow([fact])
            if settling:
                await self.settle()

    async def say(self, service: Service, stream: str, payload: Payload, *, by: str = "feng") -> Fact:
        """Let another service append a fact now, and follow it."""
        self.book.now = max(self.book.now, await self._now())
        fact = self.book.fact_of(service, stream, payload, by=by)
        await self.tell()
        return fact

    async def close_case(self, *, settling: bool = False) -> None:
        """Install the law and tell the story up to the closure of the case, judging at the end or after each fact."""
        await self.follow(self.book.facts[:1])  # the agency itself
        self.told = 1
        await self.install()
        await self.tell(settling=settling)
        await self.settle()

    async def install(self) -> None:
        """Load law, calendar and retention table as an administrator."""
        admin = self.who("admin", "administrator")
        wishes: list[tuple[str, dict[str, Any]]] = [
            ("packs", {"pack": "henan-2019", "version": "2019-06-04"}),
            ("calendars", {"calendar": "CN-2024-2026"}),
            ("parameters", {"values": {"access_approver": "agency_head"}}),
            ("retention-tables", {"entries": [{"dossier_class": "general", "years": 10}]}),
        ]
        for path, body in wishes:
            answer = await self.send(admin, "POST", f"/v1/rules/{path}", body)
            assert answer.status_code == 201, answer.text

    async def file(self, sessions: Iterable[str] = (), *, key: str | None = None) -> httpx.Response:
        """File the dossier of the case as the archivist."""
        wish = {"case": CASE, "records": "all", "sessions": list(sessions), "retention_class": "general"}
        return await self.send(self.who("qin", "archivist"), "POST", "/v1/dossiers", wish, key=key)

    async def seal_streams(self, dossier: str) -> None:
        """Let the other owners mark where volume 1 ends in their streams."""
        for fact in await self.facts():
            if fact.type == "dossier.filed":
                for named in fact.fields["streams"]:
                    if named["service"] != "archive":
                        await self._seal_stream(dossier, named["service"], named["stream"])

    async def _seal_stream(self, dossier: str, service: Service, stream: str) -> None:
        before = self.book.of(service, stream)
        head = before[-1].hash if before else first_prev(service, stream)
        sealed = StreamSealedV1(dossier=dossier, count=len(before), head=head.hex())
        await self.say(service, stream, sealed, by=f"system:{service}")

    async def facts(self, case: str = CASE) -> list[Fact]:
        """Return archive's own facts of a case."""
        rows = await self.served.process.store.pool.fetch(
            "select body, prev_hash, hash from ledger where stream = $1 order by n", f"case:{self.agency}:{case}"
        )
        return [decode_fact(row["body"], prev_hash=row["prev_hash"], hash_=row["hash"]) for row in rows]

    async def findings(self, **query: str) -> list[dict[str, Any]]:
        """Return findings as a supervisor is shown them, page by page."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            asked = httpx.QueryParams({**query, **({"cursor": cursor} if cursor else {}), "limit": "7"})
            answer = await self.send(self.who("ma", "supervisor"), "GET", f"/v1/findings?{asked}")
            assert answer.status_code == 200, answer.text
            found += answer.json()["items"]
            cursor = answer.json()["next"]
            if cursor is None:
                return found

    async def finding(self, rule: str, subject: str, **query: str) -> dict[str, Any]:
        """Return one finding."""
        [found] = [one for one in await self.findings(rule=rule, **query) if one["subject"] == subject]
        return found


@asynccontextmanager
async def archiving(stack: StackAddresses, data_dir: Path, **settings: Any) -> AsyncIterator[Archiving]:
    """Open archive over a database of its own; the recordings of the story lie in media's bucket."""
    store_settings: dict[str, Any] = {
        "s3_endpoint": stack.s3_endpoint,
        "s3_access_key": stack.s3_access_key,
        "s3_secret_key": stack.s3_secret_key,
    }
    chosen = {"allow_test_clock": True, "deferred_wait_s": SEALING_S, **store_settings, **settings}
    async with AsyncExitStack() as closing:
        served = await closing.enter_async_context(serving(BLUEPRINT, stack, data_dir, **chosen))
        recordings = S3ObjectStore(Settings(**store_settings), bucket=RECORDINGS)
        closing.callback(recordings.close)
        await recordings.ensure_bucket()
        yield Archiving(served, recordings, await _told_story(recordings))


async def _told_story(recordings: ObjectStore) -> FactBook:
    """Return the facts of the story as the law asks, with the versions of recordings that really lie in the store."""
    story = PenaltyCase()
    versions: dict[str, str] = {}
    for name, film in FILMS.items():
        key = f"{AGENCY}/{film.session}/1"
        versions[film.session] = await recordings.put(key, story.videos[name])
    book = FactBook(story.book.agency, story.book.facts[0].recorded_at, story.book.law, contents=story.book.contents)
    for fact in story.book.facts:
        book.now = fact.recorded_at
        payload = fact.payload
        assert payload is not None
        match payload:
            case AvStoredV1(session=session, files=files):
                lying = [file.model_copy(update={"version_id": versions[session]}) for file in files]
                payload = payload.model_copy(update={"files": lying})
            case RecordAddedV1(record_type="rights_notice"):
                payload = payload.model_copy(update={"identity": IDENTITY})
            case ServicePerformedV1():
                payload = payload.model_copy(update={"of_decision": True})
        book.fact_of(fact.service, fact.stream, payload, by=fact.actor.person)  # type: ignore[arg-type]
    return book
