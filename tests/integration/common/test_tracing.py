"""A request is traced to a collector, and its trace goes on in the worker that follows its facts."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

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


class Collector(HTTPServer):
    """Takes what OTLP exporters send."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.taken: list[ExportTraceServiceRequest] = []


class _Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.taken.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  named so by the class above
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_a_request_and_the_following_of_its_fact_are_one_trace(collector: Collector) -> None:
    url = f"http://127.0.0.1:{collector.server_port}"
    ran = subprocess.run([sys.executable, "-c", PROGRAM, url], capture_output=True, text=True, check=True)
    told = json.loads(ran.stdout.splitlines()[-1])
    resources = [each for taken in collector.taken for each in taken.resource_spans]
    names = {
        pair.value.string_value for each in resources for pair in each.resource.attributes if pair.key == "service.name"
    }
    assert names == {"casetrail-intake-api"}
    spans = {span.name: span for each in resources for scope in each.scope_spans for span in scope.spans}
    assert set(spans) == {"GET /v1/cases/{case}", "follow"}
    request, follow = spans["GET /v1/cases/{case}"], spans["follow"]
    assert request.trace_id == follow.trace_id
    assert follow.parent_span_id == request.span_id
    assert request.trace_id.hex() == told["id"] == told["stored"].split("-")[1]
