"""Traces that cross HTTP, the outbox and the bus.

They are taken only where a collector is configured; without one nothing is instrumented and nothing is paid. The
relay's producer is not instrumented: a fact carries the trace context of the request that made it, from the row it is
stored in.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.instrumentation.urllib3 import URLLib3Instrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from casetrail_common.settings import Settings

UNTRACED_PATHS: Final = "/healthz,/readyz,/metrics"
"""Probes would drown what people do."""

_CONTEXT: Final = TraceContextTextMapPropagator()
_TRACER: Final = trace.get_tracer("casetrail")


def setup_telemetry(
    settings: Settings, *, service_name: str, exporter: SpanExporter | None = None
) -> TracerProvider | None:
    """Begin to trace this process, if a collector or an exporter is given; once per process.

    Returns
    -------
        What to call `shutdown` on at the end, so that the last spans are sent; None if nothing is traced.
    """
    if not settings.otlp_endpoint and exporter is None:
        return None
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: service_name}),
        sampler=ParentBased(TraceIdRatioBased(settings.trace_sample_ratio)),
    )
    sink = exporter or OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(sink))
    trace.set_tracer_provider(provider)
    AsyncPGInstrumentor().instrument()  # type: ignore[no-untyped-call]  # the package has no annotations here
    URLLib3Instrumentor().instrument()
    return provider


def instrument_app(app: FastAPI, *, service: str) -> None:
    """Trace the requests of an application, one span each."""

    def name_service(span: Span, _scope: dict[str, Any]) -> None:
        span.set_attribute("casetrail.service", service)

    FastAPIInstrumentor.instrument_app(
        app, server_request_hook=name_service, excluded_urls=UNTRACED_PATHS, exclude_spans=["receive", "send"]
    )


def current_traceparent() -> str | None:
    """Return the context of the span at work, to be stored beside the facts it makes; None if nothing is traced."""
    carrier: dict[str, str] = {}
    _CONTEXT.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def span_from(traceparent: str | None, name: str, attributes: Mapping[str, str | int] | None = None) -> Iterator[Span]:
    """Continue, in a worker, the trace that a stored or received context belongs to.

    Without a context it is a trace of its own, or none if this process takes none; a malformed one counts as none.
    """
    if traceparent is None and isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        yield trace.INVALID_SPAN
        return
    context = _CONTEXT.extract({"traceparent": traceparent}) if traceparent else None
    with _TRACER.start_as_current_span(
        name, context=context, kind=SpanKind.CONSUMER, attributes=dict(attributes or {})
    ) as span:
        yield span
