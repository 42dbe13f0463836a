"""Traces go on across stored contexts; logs are one JSON object a line."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import asyncpg
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from pydantic import BaseModel, ValidationError

from casetrail_common.logs import REQUEST_ID, JsonLines
from casetrail_common.settings import Settings
from casetrail_common.telemetry import current_traceparent, setup_telemetry, span_from

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_without_a_collector_nothing_is_traced() -> None:
    assert setup_telemetry(Settings(otlp_endpoint=""), service_name="intake") is None


def test_a_worker_continues_the_trace_of_the_request_that_made_the_fact() -> None:
    with span_from(TRACEPARENT, "apply"):
        context = current_traceparent()
    assert context is not None
    assert context.split("-")[1] == TRACEPARENT.split("-")[1]


@pytest.mark.parametrize("traceparent", [None, "", "nonsense", "00-0-0-0"])
def test_a_missing_or_malformed_context_is_no_obstacle(traceparent: str | None) -> None:
    with span_from(traceparent, "apply", {"service": "intake"}):
        pass


def test_outside_a_span_there_is_no_context() -> None:
    assert current_traceparent() is None


@pytest.fixture
def lines() -> Iterator[tuple[logging.Logger, StringIO]]:
    sink = StringIO()
    handler = logging.StreamHandler(sink)
    handler.setFormatter(JsonLines(process_name="intake"))
    logger = logging.getLogger("casetrail.test_telemetry")
    logger.addHandler(handler)
    yield logger, sink
    logger.removeHandler(handler)


def test_a_line_carries_its_trace_its_request_and_only_known_extras(lines: tuple[logging.Logger, StringIO]) -> None:
    logger, sink = lines
    request = REQUEST_ID.set("abc")
    with TracerProvider().get_tracer("t").start_as_current_span("s") as span:
        logger.warning("first\nsecond %d", 5, extra={"agency": "qinghe", "name_of_party": "secret"})
        trace_id = f"{trace.get_current_span().get_span_context().trace_id:032x}"
    REQUEST_ID.reset(request)
    assert span.get_span_context().is_valid
    (line,) = sink.getvalue().splitlines()
    told = json.loads(line)
    assert told["message"] == "first\nsecond 5"
    assert (told["level"], told["process"], told["agency"]) == ("WARNING", "intake", "qinghe")
    assert (told["trace_id"], told["request_id"]) == (trace_id, "abc")
    assert "secret" not in line


def test_a_stack_stays_on_the_line_of_its_event(lines: tuple[logging.Logger, StringIO]) -> None:
    logger, sink = lines
    logger.error("failed", exc_info=RuntimeError("broken"))
    (line,) = sink.getvalue().splitlines()
    assert "RuntimeError: broken" in json.loads(line)["stack"]


class Party(BaseModel):
    name: int


def test_a_stack_repeats_nothing_of_what_people_wrote(lines: tuple[logging.Logger, StringIO]) -> None:
    logger, sink = lines
    written = "郭守义"
    row = asyncpg.UniqueViolationError('duplicate key value violates unique constraint "party_pkey"')
    row.sqlstate, row.constraint_name, row.detail = "23505", "party_pkey", f"Key (name)=({written}) already exists."
    try:
        try:
            Party.model_validate({"name": written})
        except ValidationError:
            raise row  # noqa: B904  the context is what is looked at
    except asyncpg.PostgresError:
        logger.exception("failed")
    assert written not in sink.getvalue()
    stack = json.loads(sink.getvalue())["stack"]
    assert "Party: name: int_parsing" in stack
    assert "SQLSTATE 23505, constraint party_pkey" in stack


def test_a_line_says_which_error_it_speaks_of(lines: tuple[logging.Logger, StringIO]) -> None:
    logger, sink = lines
    logger.warning("relay cannot publish", extra={"error": "KafkaTimeoutError"})
    assert json.loads(sink.getvalue())["error"] == "KafkaTimeoutError"
