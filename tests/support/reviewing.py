"""Review's real API over a real database; what the other services say is told by the test, so no bus is needed."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path

import asyncpg

from casetrail_common.auth import Principal
from casetrail_common.facts import Payload
from casetrail_common.facts.archive import PackLoadedV1
from casetrail_common.facts.intake import (
    CaseRegisteredV1,
    InitiationApprovedV1,
    InitiationFiledV1,
    PersonRegisteredV1,
    RecordAddedV1,
    ReviewAcceptedV1,
)
from casetrail_common.ids import Service, new_id, stream_name
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.reading import facts_of
from casetrail_common.rules import SHIPPED, pack_document
from casetrail_embedded.stack.addresses import StackAddresses
from casetrail_review.process import BLUEPRINT
from support.facts import FactBook
from support.serving import Served, everything_is_told, serving

PATIENCE_S = 300.0
"""Seconds a submission waits for intake: so many that none waits them out, however busy the machine is."""


@dataclass
class Reviewing:
    """One agency's cases in review, seen from outside."""

    served: Served
    agency: str
    book: FactBook = field(init=False)

    def __post_init__(self) -> None:
        self.book = FactBook(self.agency)
        self.process = self.served.process
        self.send = self.served.send

    def who(self, person: str, *roles: str, unit: str | None = "u1") -> Principal:
        """Return somebody of the agency."""
        return Principal(person, self.agency, unit, frozenset(roles))

    def wait_at_most(self, seconds: float) -> None:
        """Let submissions wait for intake no longer than this from now on."""
        self.process.settings = self.process.settings.model_copy(update={"deferred_wait_s": seconds})

    async def follow(self, service: Service, stream: str, *payloads: Payload) -> None:
        """Follow facts of another service, as the consumer would."""
        async with self.process.store.locked(self.agency) as tx:
            for payload in payloads:
                fact = self.book.fact_of(service, stream, payload)
                await tx.handle(fact)
                tx.advance(service, fact.n)

    async def enact(self, pack: str = "henan-2019") -> None:
        """Put a pack in force."""
        version = dict(SHIPPED)[pack]
        loaded = PackLoadedV1(
            pack=pack,
            version=version,
            valid_from=date(2019, 6, 4),
            sha256=sha256(pack.encode()).hexdigest(),
            document=pack_document(pack, version),
        )
        await self.follow("archive", stream_name("pack", self.agency, pack), loaded)

    async def know(self, person: str, *roles: str, clearance: tuple[str, ...] = ()) -> None:
        """Let intake register a person."""
        known = PersonRegisteredV1(
            person=person,
            name=self.book.seal(person),
            kind="staff",
            roles=list(roles),
            unit="u1",
            clearance=list(clearance),
        )
        await self.follow("intake", stream_name("person", self.agency, person), known)

    async def open_case(self, *, procedure: str = "general") -> tuple[str, str]:
        """Let intake tell of a case that is investigated, with a handling opinion; return both ids."""
        case, form = new_id("intake"), new_id("intake")
        registered = CaseRegisteredV1.model_validate(
            {
                "case": case,
                "conduct_type": "penalty",
                "procedure": procedure,
                "start_mode": "ex_officio",
                "matter": self.book.seal("未按规定查验登记寄递物品"),
                "parties": ["hengyuan"],
                "officers": ["feng", "lv"],
                "responsible_officer": "feng",
                "unit": "u1",
            }
        )
        filed, approved = InitiationFiledV1(form=form), InitiationApprovedV1(form=form)
        handling = RecordAddedV1(
            record=form, record_type="handling_opinion", case=case, fields={}, filled=[], author="feng"
        )
        await self.follow("intake", self.stream(case), registered, filed, approved, handling)
        return case, form

    async def submitted(self) -> tuple[str, str]:
        """Return a case and its submission, which lies in review."""
        case, form = await self.open_case()
        wish = {"case": case, "form": form}
        answering = asyncio.create_task(self.accept_next(case))
        answer = await self.send(self.who("feng", "case_officer"), "POST", "/v1/reviews", wish)
        await answering
        assert answer.status_code == 201, answer.text
        return case, answer.json()["submission"]

    async def accept_next(self, case: str) -> None:
        """Accept a submission as soon as review has proposed it."""
        proposed = await self.proposal(case)
        await self.follow("intake", self.stream(case), ReviewAcceptedV1(submission=proposed))

    async def proposal(self, case: str) -> str:
        """Wait until review has proposed a submission of the case; return its id."""
        return str((await self.appended(case, "review.submitted")).fields["submission"])

    async def appended(self, case: str, type_: str) -> Fact:
        """Wait until review's last fact of the case is of a type, told so by the database; return it."""
        appended = asyncio.Event()
        conn = await asyncpg.connect(self.process.settings.dsn("review"))
        try:
            await conn.add_listener("outbox", lambda *_: appended.set())
            async with asyncio.timeout(300):
                while True:
                    appended.clear()
                    facts = await facts_of(conn, self.stream(case))
                    if facts and facts[-1].type == type_:
                        return facts[-1]
                    await appended.wait()
        finally:
            await conn.close()

    async def facts(self, case: str) -> list[Fact]:
        """Return review's own facts of a case, each checked against its hash."""
        async with self.process.store.pool.acquire() as conn:
            return await facts_of(conn, self.stream(case))

    def stream(self, case: str) -> str:
        """Return the stream of a case."""
        return stream_name("case", self.agency, case)


@asynccontextmanager
async def reviewing(stack: StackAddresses, data_dir: Path) -> AsyncIterator[Reviewing]:
    """Open review over a database of its own."""
    async with serving(BLUEPRINT, stack, data_dir, deferred_wait_s=PATIENCE_S) as served:
        served.process.store.catch_up = everything_is_told
        yield Reviewing(served, f"t-{secrets.token_hex(4)}")
