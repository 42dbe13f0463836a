"""Media's real API and jobs over a real database and a real object store; what other services say the test tells."""

import asyncio
import hashlib
import os
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from casetrail_common.auth import Principal
from casetrail_common.facts import Payload
from casetrail_common.facts.archive import PackLoadedV1
from casetrail_common.facts.intake import CaseRegisteredV1, PersonRegisteredV1
from casetrail_common.facts.use import AccessApprovedV1, AccessRequestedV1
from casetrail_common.ids import Service, new_id, stream_name
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.jobs import JobRunner
from casetrail_common.ledger.reading import facts_of
from casetrail_common.objects import ObjectStore
from casetrail_common.rules import SHIPPED, pack_document
from casetrail_embedded.stack.addresses import StackAddresses
from casetrail_media.evidence.sweeping import Sweeper
from casetrail_media.parts import MediaParts
from casetrail_media.process import BLUEPRINT
from support.facts import FactBook
from support.serving import Served, everything_is_told, serving

PATIENCE_S = 300.0
"""Seconds a completion waits for its verification: so many that none waits them out, however busy the machine is."""

TIMES = {"started_at": "2025-08-13T14:59:00+08:00", "ended_at": "2025-08-13T16:30:00+08:00"}

GAP = {"cause": "low_battery", "description": "电池耗尽", "final": False}


@dataclass
class Filming:
    """One agency's recordings, seen from outside."""

    served: Served
    agency: str
    ids: dict[str, str] = field(default_factory=dict)
    book: FactBook = field(init=False)

    def __post_init__(self) -> None:
        self.book = FactBook(self.agency)
        self.process = self.served.process
        self.send = self.served.send
        self.feng = self.who("feng", "case_officer")
        self.bai = self.who("bai", "records_custodian", unit="u3")

    @property
    def own(self) -> MediaParts:
        """What media's process holds."""
        parts: MediaParts = self.process.own
        return parts

    @property
    def objects(self) -> ObjectStore:
        """Media's bucket."""
        return self.own.objects

    @property
    def sweeper(self) -> Sweeper:
        """The sweep, to be run by hand."""
        return self.own.sweeper

    def who(self, person: str, *roles: str, unit: str | None = "u1") -> Principal:
        """Return somebody of the agency."""
        return Principal(person, self.agency, unit, frozenset(roles))

    def wait_at_most(self, seconds: float) -> None:
        """Let completions wait for their verification no longer than this from now on."""
        self.process.settings = self.process.settings.model_copy(update={"deferred_wait_s": seconds})

    async def follow(self, service: Service, stream: str, *payloads: Payload) -> None:
        """Follow facts of another service, as the consumer would."""
        async with self.process.store.locked(self.agency) as tx:
            for payload in payloads:
                fact = self.book.fact_of(service, stream, payload)
                await tx.handle(fact)
                tx.advance(service, fact.n)

    async def set_up(self) -> None:
        """Let there be the law of Henan, people, a case, a device and a repository."""
        await self.enact("henan-2019")
        for person, role in (
            ("feng", "case_officer"),
            ("lv", "case_officer"),
            ("bai", "records_custodian"),
            ("niu", "device_custodian"),
            ("duan", "unit_head"),
        ):
            known = PersonRegisteredV1(person=person, name=self.book.seal(person), kind="staff", roles=[role])
            await self.follow("intake", stream_name("person", self.agency, person), known)
        await self._open_case()
        admin = self.who("admin", "administrator", unit=None)
        device = {
            "device_type": "body_worn_recorder",
            "serial": "DV1-2024",
            "responsible_unit": "u1",
            "custodian": "niu",
            "registered_on": "2024-03-01",
        }
        self.ids["device"] = (await self.accepted(admin, "/v1/media/devices", device))["device"]
        for name, registered in (("repository", True), ("unregistered", False)):
            wish = {"kind": "enforcement_system", "name": "行政执法信息系统", "registered": registered}
            self.ids[name] = (await self.accepted(admin, "/v1/media/repositories", wish))["repository"]

    async def grant_wu(self, *items: str) -> None:
        """Let review tell that wu asked for items and the head granted them."""
        request = new_id("review")
        given = {"request": request, "items": list(items)}
        purpose, reason = self.book.seal("参考"), self.book.seal("同意")
        asked = {**given, "mode": "consult", "requester": "wu", "requester_kind": "other_unit", "purpose": purpose}
        granted = {**given, "reason": reason, "by": "songw", "role": "agency_head"}
        facts = AccessRequestedV1.model_validate(asked), AccessApprovedV1.model_validate(granted)
        await self.follow("review", stream_name("request", self.agency, request), *facts)

    async def enact(self, pack: str) -> None:
        """Put a pack in force."""
        version = dict(SHIPPED)[pack]
        loaded = PackLoadedV1(
            pack=pack,
            version=version,
            valid_from=date(2019, 6, 4),
            sha256=hashlib.sha256(pack.encode()).hexdigest(),
            document=pack_document(pack, version),
        )
        await self.follow("archive", stream_name("pack", self.agency, pack), loaded)

    async def _open_case(self) -> None:
        case = self.ids["case"] = new_id("intake")
        registered = CaseRegisteredV1.model_validate(
            {
                "case": case,
                "conduct_type": "penalty",
                "procedure": "general",
                "start_mode": "ex_officio",
                "matter": self.book.seal("未按规定查验登记寄递物品"),
                "parties": ["hengyuan"],
                "officers": ["feng", "lv"],
                "responsible_officer": "feng",
                "unit": "u1",
            }
        )
        await self.follow("intake", stream_name("case", self.agency, case), registered)

    async def accepted(
        self, who: Principal, path: str, body: dict[str, Any] | None = None, *, key: str | None = None
    ) -> dict[str, Any]:
        """Send a command that must succeed, and return its answer."""
        answer = await self.send(who, "POST", path, body, key=key)
        assert answer.is_success, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def filmed(self, *, segments: int = 1, **more: Any) -> str:
        """Return a session that feng has recorded and ended, with a gap after each segment but the last."""
        wish = {"case": self.ids["case"], "kind": "video", "mode": "full", "device": self.ids["device"], **more}
        session = (await self.accepted(self.feng, "/v1/media/sessions", wish))["session"]
        path = f"/v1/media/sessions/{session}"
        for _ in range(segments - 1):
            await self.accepted(self.feng, f"{path}/interruptions", GAP)
            await self.accepted(self.feng, f"{path}/resumption", {"device": wish["device"], "voice_explanation": True})
        await self.accepted(self.feng, f"{path}/end")
        return str(session)

    def declaration(self, *contents: bytes, **more: Any) -> dict[str, Any]:
        """Return what the device says of files."""
        files = [
            {"sha256": hashlib.sha256(one).hexdigest(), "bytes": len(one), "media_type": "video/mp4", **TIMES}
            for one in contents
        ]
        return {"repository": self.ids["repository"], "custodian": "bai", "files": files, **more}

    async def declared(self, session: str, *contents: bytes) -> dict[str, Any]:
        """Declare an upload; return its id and where its parts go."""
        return await self.accepted(self.feng, f"/v1/media/sessions/{session}/uploads", self.declaration(*contents))

    async def arrive(self, session: str, *contents: bytes) -> str:
        """Declare an upload and send all its parts; return its id."""
        upload = await self.declared(session, *contents)
        for file, content in zip(upload["files"], contents, strict=True):
            await put_parts(file, content)
        return str(upload["upload"])

    async def complete(self, upload: str, *, key: str | None = None) -> httpx.Response:
        """Say that all parts of an upload are there."""
        return await self.send(self.feng, "POST", f"/v1/media/uploads/{upload}/completion", key=key)

    async def stored(self, *contents: bytes) -> str:
        """Return a session whose originals are locked."""
        session = await self.filmed(segments=len(contents))
        upload = await self.arrive(session, *contents)
        async with self.jobs():
            answer = await self.complete(upload)
        assert answer.status_code == 201, answer.text
        return session

    @asynccontextmanager
    async def jobs(self) -> AsyncIterator[None]:
        """Run media's jobs meanwhile."""
        store = self.process.store
        runner = JobRunner(store, BLUEPRINT.jobs(self.process), dsn=self.process.settings.dsn("media"))
        stop = asyncio.Event()
        running = asyncio.create_task(runner.run(stop))
        try:
            yield
        finally:
            stop.set()
            await running

    async def facts(self, session: str) -> list[Fact]:
        """Return the facts of a session, each checked against its hash."""
        async with self.process.store.pool.acquire() as conn:
            return await facts_of(conn, stream_name("session", self.agency, session))

    async def types(self, session: str) -> list[str]:
        """Return the types of a session's facts."""
        return [fact.type for fact in await self.facts(session)]

    async def last(self, session: str) -> dict[str, Any]:
        """Return the payload of a session's last fact."""
        return dict((await self.facts(session))[-1].fields)

    @property
    def environment(self) -> dict[str, str]:
        """What a process of its own must be told to work on the same data."""
        settings = self.process.settings
        names = ("postgres_media_dsn", "kafka_bootstrap", "s3_endpoint", "s3_access_key", "s3_secret_key")
        told = {f"CASETRAIL_{name.upper()}": str(getattr(settings, name)) for name in names}
        paths = (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))
        return {**told, "PYTHONPATH": os.pathsep.join(filter(None, paths))}

    async def until_killed_at(self, failpoint: str, *what: str) -> int:
        """Do a piece of media's work in a process of its own, with a failpoint armed; return how it ended."""
        armed = {"CASETRAIL_TEST_BUILD": "true", "CASETRAIL_FAILPOINTS": failpoint}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "support.filming_worker", *what),
            env={**os.environ, **self.environment, **armed},
        )
        async with asyncio.timeout(300):
            return await process.wait()


async def put_parts(file: dict[str, Any], content: bytes) -> None:
    """Send the missing parts of a file straight to the object store."""
    async with httpx.AsyncClient(timeout=300) as store:
        for part in file["missing"]:
            piece = content[part["start"] : part["start"] + part["bytes"]]
            (await store.put(part["url"], content=piece)).raise_for_status()


@asynccontextmanager
async def filming(stack: StackAddresses, data_dir: Path, **settings: Any) -> AsyncIterator[Filming]:
    """Open media over a database of its own and the stack's object store."""
    addresses = {
        "s3_endpoint": stack.s3_endpoint,
        "s3_access_key": stack.s3_access_key,
        "s3_secret_key": stack.s3_secret_key,
        "deferred_wait_s": PATIENCE_S,
    }
    async with serving(BLUEPRINT, stack, data_dir, **{**addresses, **settings}) as served:
        served.process.store.catch_up = everything_is_told
        opened = Filming(served, f"t-{secrets.token_hex(4)}")
        await opened.set_up()
        yield opened
