"""Bad input is refused with a code, and leaves nothing behind."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from casetrail_embedded.client import As
from casetrail_embedded.demo import cast
from support.application import Application
from support.ledger_reading import counts
from support.noting import NotingClient
from support.operations import Example
from support.refusals import MARK, refused, tells_nothing
from support.telling import Told, UnhurriedStory, everybody, settled

LIMIT_BYTES = 1024 * 1024


@dataclass
class Raw:
    """Sends bytes as somebody."""

    client: NotingClient
    who: As
    sent: int = 0

    async def __call__(
        self, method: str, path: str, content: bytes | AsyncIterator[bytes], **headers: str
    ) -> httpx.Response:
        self.sent += 1
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Idempotency-Key": f"raw-{self.sent}", "Content-Type": "application/json", **named}
        return await self.client.send_bytes(self.who, method, path, content=content, headers=sent)


@pytest.fixture
async def raw(told: Told, application: Application) -> AsyncIterator[Raw]:
    """Whatever is sent in the test, the ledgers of the agency are afterwards as they were."""
    async with application.client(told.agency) as client:
        story = told.story(client)
        await settled(story)
        before = await counts(application.stack, told.agency)
        yield Raw(client, everybody())
        await settled(story)
        assert await counts(application.stack, told.agency) == before


def with_bodies(sent: list[Example]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return method, path and body of every operation that takes a body."""
    return [(each.operation.method, each.path, dict(each.body)) for each in sent if each.body]


MALFORMED = {
    "nothing": b"",
    "cut off": b'{"a": ',
    "two values": b"{} {}",
    "single quotes": b"{'a': 1}",
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "an endless list": b"[" * 100_000,
}


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED.keys())
async def test_malformed_json_is_a_400(raw: Raw, sent: list[Example], content: bytes) -> None:
    for method, path, _ in with_bodies(sent):
        answer = await raw(method, path, content)
        if content:
            refused(answer, 400, "malformed_json")
        else:
            refused(answer, 422, "field_missing")


@pytest.mark.parametrize("value", [[], [{}], "text", 7, None, True])
async def test_json_that_is_no_object_is_a_422(raw: Raw, sent: list[Example], value: object) -> None:
    for method, path, _ in with_bodies(sent):
        refused(await raw(method, path, json.dumps(value).encode()), 422, "field_missing")


def wrong(value: Any) -> Any:
    """Return a value of another type."""
    return [MARK] if isinstance(value, dict) else {MARK: MARK}


async def test_a_wrong_type_is_a_422_that_points_at_the_field(raw: Raw, sent: list[Example]) -> None:
    for method, path, body in with_bodies(sent):
        for name, value in body.items():
            changed = {**body, name: wrong(value)}
            answer = await raw(method, path, json.dumps(changed).encode())
            refused_at(answer, f"/{name}")


async def test_an_unknown_field_is_a_422_that_points_at_it(raw: Raw, sent: list[Example]) -> None:
    for method, path, body in with_bodies(sent):
        answer = await raw(method, path, json.dumps({**body, "unexpected": MARK}).encode())
        refused_at(answer, "/unexpected")


def refused_at(answer: httpx.Response, pointer: str) -> None:
    refused(answer, 422, "field_missing")
    pointers = [error["pointer"] for error in answer.json()["errors"] if error["place"] == "body"]
    assert pointers
    assert all(found == pointer or found.startswith(f"{pointer}/") for found in pointers), answer.text


@pytest.mark.parametrize("text", [f"{MARK}\\u0000", f"{MARK}\\ud800", f"\\udfff{MARK}"])
async def test_a_text_that_no_database_holds_is_a_422(raw: Raw, sent: list[Example], text: str) -> None:
    for method, path, body in with_bodies(sent):
        name = next(iter(body))
        content = json.dumps({**body, name: "@@"}).replace("@@", text).encode()
        answer = await raw(method, path, content)
        refused(answer, 422, "text_not_storable")
        assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{name}"]


@pytest.mark.parametrize("number", ["9" * 400, "-" + "9" * 400, "1e400", "1.5", "9007199254740993", "NaN", "-Infinity"])
async def test_a_number_out_of_bounds_is_refused(raw: Raw, sent: list[Example], number: str) -> None:
    for method, path, body in with_bodies(sent):
        name = next(iter(body))
        content = json.dumps({**body, name: "@@"}).replace('"@@"', number).encode()
        answer = await raw(method, path, content)
        assert answer.status_code in {400, 422}, answer.text
        assert tells_nothing(answer)


async def test_an_oversized_body_is_a_413_announced_or_not(raw: Raw, sent: list[Example]) -> None:
    content = b'{"a": "' + b"x" * LIMIT_BYTES + b'"}'

    async def in_pieces() -> AsyncIterator[bytes]:
        for place in range(0, len(content), 65_536):
            yield content[place : place + 65_536]

    for method, path, _ in with_bodies(sent):
        refused(await raw(method, path, content), 413, "body_too_large")
        refused(await raw(method, path, in_pieces()), 413, "body_too_large")


async def test_a_body_of_another_kind_is_a_415(raw: Raw, sent: list[Example]) -> None:
    for method, path, body in with_bodies(sent):
        answer = await raw(method, path, json.dumps(body).encode(), Content_Type="text/plain")
        refused(answer, 415, "unsupported_media_type")


HEADERS: dict[str, tuple[dict[str, str], str]] = {
    "no key": ({"Idempotency_Key": ""}, "idempotency_key_missing"),
    "a key with spaces": ({"Idempotency_Key": "a b"}, "idempotency_key_invalid"),
    "a key that is too long": ({"Idempotency_Key": "a" * 201}, "idempotency_key_invalid"),
    "a word to match": ({"If_Match": "latest"}, "if_match_invalid"),
    "a huge position to match": ({"If_Match": "9" * 16}, "if_match_invalid"),
    "positions of nobody": ({"Casetrail_Positions": "post-office:1"}, "positions_invalid"),
    "huge positions": ({"Casetrail_Positions": "intake:9999999999999999"}, "positions_invalid"),
}


@pytest.mark.parametrize("case", HEADERS.values(), ids=HEADERS.keys())
async def test_a_wrong_header_is_named(raw: Raw, sent: list[Example], case: tuple[dict[str, str], str]) -> None:
    headers, code = case
    for example in sent:
        if example.operation.method == "post":
            content = json.dumps(example.body).encode() if example.body else b""
            answer = await raw("post", example.path, content, **headers)
            assert answer.status_code in {400, 422}
            refused(answer, answer.status_code, code)


ADDRESSES = {
    "/v1/cases/x": 422,
    "/v1/cases/i-00000000-0000-0000-0000-00000000000G": 422,
    "/v1/cases/%00": 422,
    "/v1/cases/../../etc/passwd": 404,
    "/v1/cases/" + "a" * 5000: 422,
    "/v1/cases?limit=0": 422,
    "/v1/cases?limit=many": 422,
    "/v1/cases?limit=" + "9" * 500: 422,
    "/v1/cases?cursor=%00": 422,
    "/v1/cases?cursor=bm90IG91cnM": 400,
    "/v1/cases?unit=" + "a" * 100: 422,
    "/v1/findings?as_of=yesterday": 422,
    "/v1/findings?as_of=9999-12-31T23:59:59Z": 422,
    "/v1/findings?as_of=2025-01-01T00:00:00": 422,
    "/v1/findings?status=fine": 422,
    "/v1/findings?rule=x'--": 422,
    "/v1/reviews": 422,
    "/v1/dossiers?case=x": 422,
    "/v1/items/x-1": 404,
    "/v1/items/": 404,
    "/v1/nothing": 404,
    "/v2/cases": 404,
    "/": 404,
}


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_wrong_address_is_refused_like_everything_else(application: Application, address: str) -> None:
    async with application.client() as client:
        refused(await client.send(everybody(), "GET", address), ADDRESSES[address])


async def test_a_method_that_a_path_does_not_know_is_a_405_that_names_those_it_does(application: Application) -> None:
    async with application.client() as client:
        answer = await client.send(everybody(), "DELETE", "/v1/cases")
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, POST"


STRANGE: dict[str, str] = {
    "a fraction": "1.5",
    "negative zero": "-0.0",
    "a great fraction": "1e308",
    "beyond every fraction": "1e999",
    "NaN": "NaN",
    "an endless number": "9" * 4000,
    "beyond 2**53": str(2**53 + 1),
    "nothing": "null",
    "an empty text": '""',
    "a text as long as allowed": '"' + "长" * 100_000 + '"',
    "a text of a megabyte less": '"' + "x" * 900_000 + '"',
    "letters of every plane": '"\U0001f600\u200f\u0301\ufeff\uffff"',
    "escapes": '"\\u0001\\u2028\\ud83d\\ude00"',
    "a nested list": "[" * 100 + "]" * 100,
    "a list nested too deep": "[" * 900 + "]" * 900,
    "a nested object": '{"a":' * 100 + "1" + "}" * 100,
    "the same name twice": '{"a": 1, "a": 2}',
    "a name that is a number": '{"1": {"": null}}',
    "something that looks like content": '{"sha256": "' + "0" * 64 + '"}',
    "something that looks erased": '{"erased": true}',
    "U+0000 in a name": '{"a\\u0000": 1}',
    "a lone surrogate in a name": '{"a\\udc00": 1}',
}


async def test_a_strange_value_in_a_form_is_kept_as_it_is_or_refused(county: UnhurriedStory) -> None:
    form = '{"type": "case_source_register", "marks": [], "fields": {"source": @@, "more": @@}}'
    send = Raw(county.client, cast.FENG.login)
    for name, value in STRANGE.items():
        answer = await send("post", "/v1/records", form.replace("@@", value).encode())
        assert answer.status_code in {201, 400, 413, 422}, name
        if answer.status_code == 201:
            shown = await county.client.get(cast.FENG.login, f"/v1/items/{answer.json()['record']}")
            kept = json.loads(value)
            is_filled = kept not in ("", None)
            assert shown["fields"] == ({"source": kept, "more": kept} if is_filled else {}), name


async def test_a_field_whose_name_could_hide_something_personal_is_refused(raw: Raw) -> None:
    body = {"type": "case_source_register", "marks": [], "fields": {"电话 13800000000": "1"}}
    refused_at(await raw("post", "/v1/records", json.dumps(body).encode()), "/fields")
