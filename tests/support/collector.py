"""A collector of traces, as an operator would run one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@dataclass(frozen=True, slots=True)
class TakenSpan:
    """A span, and what the process that sent it calls itself."""

    sender: str
    span: Span

    @property
    def attributes(self) -> dict[str, str]:
        """Return the textual attributes."""
        return {pair.key: pair.value.string_value for pair in self.span.attributes}


class Collector(HTTPServer):
    """Takes what OTLP exporters send."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.taken: list[ExportTraceServiceRequest] = []

    @property
    def url(self) -> str:
        """Where exporters send to."""
        return f"http://127.0.0.1:{self.server_port}"

    def spans(self) -> list[TakenSpan]:
        """Return everything that has come."""
        return [
            TakenSpan(_name(resource), span)
            for taken in list(self.taken)
            for resource in taken.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


def _name(resource: object) -> str:
    attributes = resource.resource.attributes  # type: ignore[attr-defined]  # a generated class
    return next((pair.value.string_value for pair in attributes if pair.key == "service.name"), "")


class _Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.taken.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  named so by the class above
        pass


@contextmanager
def running_collector() -> Iterator[Collector]:
    """Run a collector in a thread."""
    with Collector() as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            yield running
        finally:
            running.shutdown()
            thread.join()
