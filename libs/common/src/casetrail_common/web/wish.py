"""Request bodies: read once, strictly, straight from the bytes that came."""

import json
import re
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from starlette.requests import Request
from starlette.responses import Response

from casetrail_common.canonical import MAX_INTEGER

MAX_TEXT_CHARACTERS: Final = 100_000
"""Longest single text of a body: several times the longest inquiry record, and well below the limit of the body."""

MAX_DEPTH: Final = 64
"""Deepest nesting of a value that is kept, and that is searched for a text that cannot be stored."""

NonNegative = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
"""A count, length or position. Source: integers stay below 2**53 (RFC 8785)."""


def _says_something(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "nothing but blanks")
    return text


Text = Annotated[str, Field(min_length=1), AfterValidator(_says_something)]
"""What people write; it must say something."""

Name = Annotated[str, Field(min_length=1, max_length=100)]
"""What people call something."""

Code = Annotated[str, Field(pattern=r"^[a-z0-9_.-]{1,64}$")]
"""A code of a list, or a name that stands in the record for ever and so must hold nothing personal."""


def _kept(value: Any) -> Any:
    """Insist that a value of whatever shape can stand in canonical JSON: no fractions, no huge integers, not too deep.

    Walks without recursion: the nesting is the client's.
    """
    waiting: list[tuple[int, Any]] = [(1, value)]
    while waiting:
        depth, found = waiting.pop()
        if isinstance(found, float) or (isinstance(found, int) and abs(found) > MAX_INTEGER):
            raise PydanticCustomError("number_not_storable", "a fraction, or an integer beyond 2**53 - 1")
        if isinstance(found, dict | list):
            if depth > MAX_DEPTH:
                raise PydanticCustomError("nested_too_deep", "nested too deep")
            waiting.extend((depth + 1, inner) for inner in (found.values() if isinstance(found, dict) else found))
    return value


Kept = Annotated[Any, AfterValidator(_kept)]
"""A value of a form, of whatever shape its record type gives it."""


WrittenInstant = Annotated[
    AwareDatetime, Field(ge=datetime(1900, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC))
]
"""An instant as people or devices write it; further off some have no form in UTC, and none is meant."""

_NUL_ESCAPE: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""U+0000 in JSON text: it can only stand there escaped, and the backslash must not itself be escaped."""


class RawJson(bytes):
    """A body that the client declared to be JSON and that nobody has parsed yet."""


class Wish(BaseModel):
    """A request body, or a part of one: unknown members are refused and nothing is converted.

    From HTTP it has the types of JSON: `1` is not true, `"1"` is not a number; dates, instants and enums are strings.
    Made in Python, it takes Python's types as strictly.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, str_max_length=MAX_TEXT_CHARACTERS)


@dataclass(frozen=True, slots=True)
class _FromJson:
    """Makes a parameter read its model from the bytes of the body.

    It stands on the parameter and not inside the model: a validator of one's own inside a model would make pydantic
    judge what is below it by the types of Python.
    """

    def __get_pydantic_core_schema__(self, source: type[Wish], handler: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: Any) -> Any:
            return _read(source, value) if isinstance(value, RawJson) else value

        return core_schema.no_info_before_validator_function(read, handler(source))


W = TypeVar("W", bound=Wish)

Sent = Annotated[W, _FromJson()]
"""The body parameter of a route: `wish: Sent[RegisterCase]`, on a router with `WishRoute`."""


def _read(model: type[W], body: RawJson) -> W:
    if _NUL_ESCAPE.search(body):
        raise _not_storable(body)
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        if _lone_surrogate(error):
            raise _not_storable(body) from error
        raise


class WishRoute(APIRoute):
    """A route that hands the body to its `Wish` as bytes, so that it is parsed once and with the types of JSON.

    What a query names and the route does not know is refused like an unknown member of a body: a misspelt filter would
    otherwise answer with everything.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        known = frozenset(_parameters(self.dependant))
        reads = "GET" in (self.methods or ())

        async def handle_raw(request: Request) -> Response:
            if reads and (unknown := sorted(set(request.query_params) - known)):
                raise RequestValidationError([_unknown(name) for name in unknown])
            return await handle(_WishRequest(request.scope, request.receive))

        return handle_raw


def _parameters(dependant: Dependant) -> Iterator[str]:
    """Yield the names of everything that a query may hold for a route and what it depends on."""
    yield from (field.alias for field in dependant.query_params)
    for needed in dependant.dependencies:
        yield from _parameters(needed)


def _unknown(name: str) -> dict[str, Any]:
    return {"type": "extra_forbidden", "loc": ("query", name), "msg": "unknown parameter", "input": None}


class _WishRequest(Request):
    async def json(self) -> Any:
        return RawJson(await self.body())


def is_storable(text: str) -> bool:
    """Tell whether PostgreSQL and UTF-8 can hold a text: no U+0000, no lone surrogate."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _lone_surrogate(error: ValidationError) -> bool:
    """Tell a lone surrogate, which is well-formed JSON, from malformed JSON; the parser knows one error for both."""
    return any(
        each["type"] == "json_invalid" and ("surrogate" in each["msg"] or "unexpected end of hex escape" in each["msg"])
        for each in error.errors(include_url=False, include_input=False)
    )


def _not_storable(body: bytes) -> PydanticCustomError:
    """Say where the text stands that cannot be stored, or that the JSON is malformed besides."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return PydanticCustomError("json_invalid", "malformed JSON")
    path = next(_unstorable_paths(parsed), [])
    return PydanticCustomError("text_not_storable", "text holds U+0000 or a lone surrogate", {"path": path})


def _unstorable_paths(parsed: Any) -> Iterator[list[str | int]]:
    """Walk without recursion: the nesting is the client's. A member with such a name is reported as its owner."""
    waiting: list[tuple[list[str | int], Any]] = [([], parsed)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str) and not is_storable(value):
            yield path
        if len(path) >= MAX_DEPTH:
            continue
        if isinstance(value, dict):
            if not all(is_storable(name) for name in value):
                yield path
            waiting.extend(([*path, name], inner) for name, inner in value.items())
        elif isinstance(value, list):
            waiting.extend(([*path, place], inner) for place, inner in enumerate(value))
