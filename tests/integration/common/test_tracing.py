"""A request is traced to a collector, and its trace goes on in the worker that follows its facts."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from support.collector import Collector, running_collector

PROGRAM = """
import asyncio, json, sys
import httpx
from fastapi import APIRouter
from casetrail_common.auth import Principal
from casetrail_common.settings import Settings
from casetrail_common.telemetry import current_traceparent, setup_telemetry, span_from
from casetrail_common.web import create_service_app

class Anybody:
    async def verify(self, token):
        return Principal("zhou", "qinghe")

router = APIRouter()

@router.get("/v1/cases/{case}")
async def case(case: str):
    return {"stored": current_traceparent()}

async def main():
    settings = Settings(otlp_endpoint=sys.argv[1], trace_sample_ratio=1.0)
    provider = setup_telemetry(settings, service_name="casetrail-intake-api")
    app = create_service_app("intake", title="t", description="d", settings=settings, verifier=Anybody(),
                             routers=[router], checks={})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://edge") as client:
        answer = await client.get("/v1/cases/i-1", headers={"Authorization": "Bearer t"})
        await client.get("/healthz")
    with span_from(answer.json()["stored"], "follow", {"service": "intake"}):
        pass
    provider.shutdown()
    print(json.dumps({"stored": answer.json()["stored"], "id": answer.headers["x-request-id"]}))

asyncio.run(main())
"""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with running_collector() as running:
        yield running


def test_a_request_and_the_following_of_its_fact_are_one_trace(collector: Collector) -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM, collector.url], capture_output=True, text=True, check=True)
    told = json.loads(ran.stdout.splitlines()[-1])
    taken = collector.spans()
    assert {each.sender for each in taken} == {"casetrail-intake-api"}
    spans = {each.span.name: each.span for each in taken}
    assert set(spans) == {"GET /v1/cases/{case}", "follow"}
    request, follow = spans["GET /v1/cases/{case}"], spans["follow"]
    assert request.trace_id == follow.trace_id
    assert follow.parent_span_id == request.span_id
    assert request.trace_id.hex() == told["id"] == told["stored"].split("-")[1]
