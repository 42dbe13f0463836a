"""The four services, each over its own database, with nothing between them but the bus."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from casetrail_archive.process import BLUEPRINT as ARCHIVE
from casetrail_archive.verify_ledger import verify
from casetrail_common.auth import Principal
from casetrail_common.ids import Service
from casetrail_embedded.stack.addresses import StackAddresses
from casetrail_intake.process import BLUEPRINT as INTAKE
from casetrail_media.process import BLUEPRINT as MEDIA
from casetrail_review.process import BLUEPRINT as REVIEW
from support.own_broker import OwnBroker, drop_topics
from support.penalty_case import china
from support.serving import PATIENCE, Served, serving
from support.waiting import until

CERTIFICATE = {"number": "豫XZ-0511", "valid_from": "2023-01-01", "valid_until": "2027-12-31"}
SETTINGS = {**PATIENCE, "allow_test_clock": True}


class County:
    """An agency that uses all four services; each answer's position is sent along with the next request."""

    def __init__(self, services: dict[Service, Served]) -> None:
        self.services = services
        self.agency = f"t-{secrets.token_hex(4)}"
        self.positions: dict[str, str] = {}

    def who(self, person: str, *roles: str) -> Principal:
        return Principal(person, self.agency, "u1", frozenset(roles))

    async def call(
        self, service: Service, who: Principal, method: str, path: str, body: dict[str, Any] | None = None
    ) -> httpx.Response:
        sent = {"Casetrail-Positions": ", ".join(self.positions.values())} if self.positions else {}
        answer = await self.services[service].send(who, method, path, body, **sent)
        if position := answer.headers.get("Casetrail-Position"):
            self.positions[position.partition(":")[0]] = position
        return answer

    async def done(self, service: Service, who: Principal, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.call(service, who, "POST", path, body)
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def set_clock(self, now: datetime) -> httpx.Response:
        """Set the clock, again as long as the answer says to: a broker that has just started takes its time."""
        wish, admin = {"agency": self.agency, "now": now.isoformat()}, self.who("xu", "administrator")
        async with asyncio.timeout(300):
            while True:
                answer = await self.call("archive", admin, "PUT", "/v1/test/clock", wish)
                if answer.status_code != 503:
                    return answer
                await asyncio.sleep(float(answer.headers["Retry-After"]))

    async def install(self) -> None:
        """Register agency, people and law."""
        admin = self.who("xu", "administrator")
        units = [{"id": "u1", "name": "综合执法大队"}]
        await self.done("intake", admin, "/v1/agencies", {"name": "新郑市某局", "province": "河南省", "units": units})
        feng = {"unit": "u1", "certificate": CERTIFICATE, "roles": ["case_officer"], "kind": "staff"}
        await self.done("intake", admin, "/v1/people", {"person": "feng", "name": "冯建国", **feng})
        party = {"person": "hengyuan", "name": "恒远物流有限公司", "kind": "outside", "roles": ["party"]}
        await self.done("intake", admin, "/v1/people", party)
        await self.done("archive", admin, "/v1/rules/packs", {"pack": "henan-2019", "version": "2019-06-04"})
        await self.done("archive", admin, "/v1/rules/calendars", {"calendar": "CN-2024-2026"})
        table = {"entries": [{"dossier_class": "general", "years": 1}]}
        await self.done("archive", admin, "/v1/rules/retention-tables", table)

    async def close_case(self) -> str:
        """Open a case and close it at once, as one that is not pursued."""
        feng, head = self.who("feng", "case_officer"), self.who("songw", "agency_head")
        opening = {
            "conduct_type": "penalty",
            "procedure": "general",
            "start_mode": "ex_officio",
            "matter": "未按规定查验登记寄递物品",
            "parties": ["hengyuan"],
            "officers": ["feng"],
            "responsible_officer": "feng",
        }
        case = str((await self.done("intake", feng, "/v1/cases", opening))["case"])
        wish = {"case": case, "type": "closure_record", "fields": {"outcome": "不予立案"}}
        form = str((await self.done("intake", feng, "/v1/records", wish))["record"])
        opinion = {"slot": "head", "result": "agree", "opinion": "同意。", "signed_on": "2025-09-19"}
        await self.done("intake", head, f"/v1/records/{form}/opinions", opinion)
        await self.done("intake", feng, f"/v1/cases/{case}/closure", {"outcome": "not_initiated", "form": form})
        return case

    async def file(self, case: str) -> None:
        """File the dossier of a case, which all four owners then seal."""
        wish = {"case": case, "records": "all", "sessions": [], "retention_class": "general"}
        filed = await self.done("archive", self.who("qin", "archivist"), "/v1/dossiers", wish)
        assert (filed["state"], len(filed["root"])) == ("sealed", 64)

    async def archiving_due(self, case: str) -> dict[str, Any]:
        path = f"/v1/findings?case={case}&rule=henan-2019/21.1"
        answer = await self.call("archive", self.who("ma", "supervisor"), "GET", path)
        [found] = answer.json()["items"]
        return {name: found[name] for name in ("status", "due", "late_by_s")}


@pytest.fixture
async def county(stack: StackAddresses, broker: OwnBroker, tmp_path: Path) -> AsyncIterator[County]:
    await drop_topics(broker.bootstrap)
    places = {
        "kafka_bootstrap": broker.bootstrap,
        "s3_endpoint": stack.s3_endpoint,
        "s3_access_key": stack.s3_access_key,
        "s3_secret_key": stack.s3_secret_key,
    }
    async with AsyncExitStack() as closing:
        services: dict[Service, Served] = {}
        for blueprint in (INTAKE, MEDIA, REVIEW, ARCHIVE):
            served = await closing.enter_async_context(serving(blueprint, stack, tmp_path, **SETTINGS, **places))
            services[blueprint.service] = served
            await closing.enter_async_context(served.working())
        yield County(services)


async def test_time_passes_a_deadline_is_missed_and_the_dossier_is_sealed_by_all_owners(county: County) -> None:
    assert (await county.set_clock(china(9, 19, 16))).status_code == 200
    await county.install()
    case = await county.close_case()
    assert (await county.set_clock(china(10, 23, 23, 59, 59))).json()["positions"]["intake"] > 0
    due = "2025-10-23T15:59:59Z"
    assert await county.archiving_due(case) == {"status": "pending", "due": due, "late_by_s": None}
    assert (await county.set_clock(china(10, 24, 10))).status_code == 200
    assert await county.archiving_due(case) == {"status": "overdue", "due": due, "late_by_s": None}
    await county.file(case)
    assert await county.archiving_due(case) == {"status": "violated", "due": due, "late_by_s": 36_001}
    missed = await county.services["archive"].process.store.pool.fetch(
        "select recorded_at from ledger where agency = $1 and convert_from(body, 'UTF8') like '%deadline.missed%'",
        county.agency,
    )
    assert [row["recorded_at"] for row in missed] == [china(10, 24, 0)]
    back = await county.set_clock(china(10, 24, 9))
    assert (back.status_code, back.json()["code"]) == (409, "clock_goes_back")
    assert (await county.set_clock(china(10, 25))).status_code == 200
    dsns = {service: served.process.settings.dsn(service) for service, served in county.services.items()}
    report = await verify(dsns)
    assert report.faults == []
    assert (report.not_yet_followed, report.copies) == (0, sum(report.facts.values()) - report.facts["archive"])


async def test_with_the_real_clock_an_answer_about_the_past_is_final_and_a_dossier_is_sealed(county: County) -> None:
    await county.install()
    case = await county.close_case()
    store = county.services["archive"].process.store
    recorded = await county.services["intake"].process.store.pool.fetchval("select max(recorded_at) from ledger")
    asked = httpx.QueryParams({"case": case, "as_of": recorded.isoformat()})

    async def final() -> dict[str, Any] | None:
        answer = await county.call("archive", county.who("ma", "supervisor"), "GET", f"/v1/findings?{asked}")
        page: dict[str, Any] = answer.json()
        return page if page["is_final"] else None

    page = await until(final, what="an answer that is final")
    assert page["awaits"] == []
    assert {f["status"] for f in page["items"] if f["rule"] == "henan-2019/21.1"} == {"pending"}
    assert await store.pool.fetchval("select until from closed_past where agency = $1", county.agency) > recorded
    refused = await county.set_clock(china(9, 19, 16))
    assert (refused.status_code, refused.json()["code"]) == (409, "clock_goes_back")
    await county.file(case)
    assert (await county.archiving_due(case))["status"] == "satisfied"
