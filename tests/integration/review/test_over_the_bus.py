"""Intake and review, each over its own database, with nothing between them but the bus."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from casetrail_common.auth import Principal
from casetrail_common.facts.archive import PackLoadedV1
from casetrail_common.ids import stream_name
from casetrail_common.rules import pack_document
from casetrail_embedded.stack.addresses import StackAddresses
from casetrail_intake.process import BLUEPRINT as INTAKE
from casetrail_review.process import BLUEPRINT as REVIEW
from support.facts import FactBook
from support.own_broker import OwnBroker, drop_topics
from support.serving import PATIENCE, Served, serving

CERTIFICATE = {"number": "豫XZ-0511", "valid_from": "2023-01-01", "valid_until": "2099-12-31"}


class County:
    """An agency that uses both services; each answer's position is sent along with the next request."""

    def __init__(self, intake: Served, review: Served) -> None:
        self.intake, self.review = intake, review
        self.agency = f"t-{secrets.token_hex(4)}"
        self.positions: dict[str, str] = {}

    def who(self, person: str, *roles: str) -> Principal:
        return Principal(person, self.agency, "u1", frozenset(roles))

    async def call(
        self, service: Served, who: Principal, path: str, body: dict[str, Any], **more: Any
    ) -> httpx.Response:
        positions = ", ".join(self.positions.values())
        sent = {"Casetrail-Positions": positions} if positions else {}
        answer = await service.send(who, "POST", path, body, **more, **sent)
        if position := answer.headers.get("Casetrail-Position"):
            self.positions[position.partition(":")[0]] = position
        return answer

    async def done(self, service: Served, who: Principal, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.call(service, who, path, body)
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def enact(self) -> None:
        """Let archive load the law of Henan; archive itself is not needed for that."""
        document = pack_document("henan-2019", "2019-06-04")
        loaded = PackLoadedV1(
            pack="henan-2019",
            version="2019-06-04",
            valid_from=date(2019, 6, 4),
            sha256=secrets.token_hex(32),
            document=document,
        )
        fact = FactBook(self.agency).fact_of("archive", stream_name("pack", self.agency, "henan-2019"), loaded)
        for service in (self.intake, self.review):
            async with service.process.store.locked(self.agency) as tx:
                await tx.handle(fact)
                tx.advance("archive", fact.n)

    async def investigate(self) -> tuple[str, str]:
        """Bring a case to where its handling opinion is made; return both ids."""
        await self.enact()
        admin, feng, head = (
            self.who("xu", "administrator"),
            self.who("feng", "case_officer"),
            self.who("songw", "agency_head"),
        )
        units = [{"id": "u1", "name": "综合执法大队"}]
        await self.done(self.intake, admin, "/v1/agencies", {"name": "某局", "province": "河南省", "units": units})
        for person, role, kind in (("feng", "case_officer", "staff"), ("hengyuan", "party", "outside")):
            known: dict[str, Any] = {"person": person, "name": person, "kind": kind, "roles": [role]}
            staff = {"unit": "u1", "certificate": CERTIFICATE} if kind == "staff" else {}
            await self.done(self.intake, admin, "/v1/people", {**known, **staff})
        opening = {
            "conduct_type": "penalty",
            "procedure": "general",
            "start_mode": "ex_officio",
            "matter": "未按规定查验登记寄递物品",
            "parties": ["hengyuan"],
            "officers": ["feng"],
            "responsible_officer": "feng",
        }
        case = (await self.done(self.intake, feng, "/v1/cases", opening))["case"]
        form = await self.record(case, "initiation_approval")
        await self.done(self.intake, feng, f"/v1/cases/{case}/initiation", {"form": form})
        await self.opine(self.intake, head, f"/v1/records/{form}/opinions", "head")
        return case, await self.record(case, "handling_opinion")

    async def record(self, case: str, record_type: str) -> str:
        wish = {"case": case, "type": record_type, "fields": {}}
        return str((await self.done(self.intake, self.who("feng", "case_officer"), "/v1/records", wish))["record"])

    async def opine(self, service: Served, who: Principal, path: str, slot: str) -> None:
        wish = {"slot": slot, "result": "agree", "opinion": "同意。", "signed_on": "2025-08-29"}
        await self.done(service, who, path, wish)


@pytest.fixture
async def county(stack: StackAddresses, broker: OwnBroker, tmp_path: Path) -> AsyncIterator[County]:
    await drop_topics(broker.bootstrap)
    async with county_of(stack, broker, tmp_path) as opened:
        yield opened


@asynccontextmanager
async def county_of(stack: StackAddresses, broker: OwnBroker, data_dir: Path) -> AsyncIterator[County]:
    settings = {"kafka_bootstrap": broker.bootstrap, **PATIENCE}
    async with AsyncExitStack() as closing:
        intake = await closing.enter_async_context(serving(INTAKE, stack, data_dir, **settings))
        review = await closing.enter_async_context(serving(REVIEW, stack, data_dir, **settings))
        yield County(intake, review)


async def test_a_case_goes_from_intake_through_review_to_its_decision_and_back(county: County) -> None:
    feng, ma = county.who("feng", "case_officer"), county.who("ma", "legal_reviewer")
    async with county.intake.working(), county.review.working():
        case, form = await county.investigate()
        told = await county.done(county.review, feng, "/v1/reviews", {"case": case, "form": form})
        assert told["state"] == "reviewing"
        path = f"/v1/reviews/{told['submission']}"
        decision = {"number": "1", "content": "罚款一万元", "seal": "agency", "issued_on": "2025-09-04"}
        refused = (await county.call(county.review, feng, f"{path}/decision", decision)).json()
        assert (refused["code"], refused["clause"]) == ("legal_review_missing", "henan-2019/11.1(3)")
        await county.opine(county.review, ma, f"{path}/opinions", "legal")
        await county.opine(county.review, county.who("songw", "agency_head"), f"{path}/opinions", "head")
        document = (await county.done(county.review, feng, f"{path}/decision", decision))["record"]
        served = {"document": document, "method": "direct", "recipient": "hengyuan", "evidence": []}
        await county.done(county.intake, feng, f"/v1/cases/{case}/services", served)


async def test_a_submission_that_crosses_the_closure_of_its_case_has_no_effect(county: County) -> None:
    feng, head = county.who("feng", "case_officer"), county.who("songw", "agency_head")
    async with county.review.working():
        async with county.intake.working():
            case, form = await county.investigate()
            closure = await county.record(case, "closure_record")
            await county.opine(county.intake, head, f"/v1/records/{closure}/opinions", "head")
            # A refusal waits for all that intake has said: from here on review knows that the case is investigated.
            unknown = await county.call(county.review, feng, "/v1/reviews", {"case": case, "form": case})
            assert unknown.json()["code"] == "not_found"
        wish = {"case": case, "form": form}
        await county.done(
            county.intake, feng, f"/v1/cases/{case}/closure", {"outcome": "no_violation", "form": closure}
        )
        county.positions.clear()
        patient = county.review.process.settings
        county.review.process.settings = patient.model_copy(update={"deferred_wait_s": 0.1})
        waiting = await county.call(county.review, feng, "/v1/reviews", wish, key="once")
        assert (waiting.status_code, waiting.json()["state"]) == (202, "proposed")
        county.review.process.settings = patient
        async with county.intake.working():
            told = await county.call(county.review, feng, "/v1/reviews", wish, key="once")
        assert (told.status_code, told.json()["code"]) == (409, "transition_not_allowed")
