"""Logs as JSON lines: one line an event, to be found by trace and request, free of personal data."""

import json
import logging
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final

import asyncpg
import pydantic
from opentelemetry import trace

REQUEST_ID: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)
"""Id of the request being served, for the lines written meanwhile."""

EXTRAS: Final = (
    *("request_id", "service", "agency", "stream", "n", "fact", "topic", "partition", "offset", "code", "component"),
    *("pid", "error", "problem", "kind", "attempts", "asker", "owner", "first", "last", "places", "key", "version"),
    "exit_code",
)
"""What a line may carry besides its message: names, ids and numbers. Anything else given as `extra` is left out."""


class JsonLines(logging.Formatter):
    """Writes each record as one JSON object on one line."""

    def __init__(self, *, process_name: str) -> None:
        super().__init__()
        self._process_name = process_name

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": self._process_name,
            "logger": record.name,
            "message": record.getMessage(),
        }
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            line["trace_id"] = f"{context.trace_id:032x}"
        line |= {name: value for name in EXTRAS if (value := getattr(record, name, None)) is not None}
        if "request_id" not in line and (request_id := REQUEST_ID.get()):
            line["request_id"] = request_id
        if record.exc_info:
            line["stack"] = _without_values(self.formatException(record.exc_info), record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def _without_values(stack: str, error: BaseException | None) -> str:
    """Leave out of a stack what errors repeat of what they were given: it may be what people wrote."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if (told := _told(error)) is not None:
            stack = stack.replace(str(error), told)
        error = error.__cause__ or error.__context__
    return stack


def _told(error: BaseException) -> str | None:
    """Return what may be said of an error that quotes values; None if it quotes none."""
    match error:
        case pydantic.ValidationError():
            kinds = (f"{'.'.join(map(str, each['loc']))}: {each['type']}" for each in error.errors(include_input=False))
            return f"{error.title}: {'; '.join(kinds)}"
        case asyncpg.PostgresError():
            return f"SQLSTATE {error.sqlstate}, constraint {getattr(error, 'constraint_name', None)}"
    return None


def setup_logging(*, process_name: str, level: str = "INFO", handlers: Iterable[logging.Handler] | None = None) -> None:
    """Send everything this process logs to standard error (or the given handlers) as JSON lines.

    The server's access log is switched off: it names paths, and the request metrics and spans say more. What the server
    logs about an exception is dropped too, since the edge has logged it together with its request.
    """
    root = logging.getLogger()
    root.handlers = list(handlers) if handlers is not None else [logging.StreamHandler()]
    for handler in root.handlers:
        handler.setFormatter(JsonLines(process_name=process_name))
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = name != "uvicorn.access"
    logging.getLogger("uvicorn.error").addFilter(_told_already)
    logging.getLogger("aiokafka").setLevel(max(root.level, logging.WARNING))
    logging.getLogger("httpx").setLevel(max(root.level, logging.WARNING))


def _told_already(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("Exception in ASGI application")
