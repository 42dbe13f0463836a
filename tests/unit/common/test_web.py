"""Requests and refusals at the edge of a service."""

import json
from collections.abc import AsyncIterator
from datetime import date
from enum import StrEnum

import asyncpg
import httpx
import pytest

from casetrail_common.auth import CurrentPrincipal, Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.settings import Settings
from casetrail_common.web import (
    IdempotencyKey,
    IfMatch,
    Kept,
    NonNegative,
    Page,
    Paging,
    Positions,
    Sent,
    Wish,
    create_service_app,
    service_router,
)

LIMIT = 4096
ZHOU = Principal(person="zhou", agency="qinghe", unit="u1", roles=frozenset({"case_officer"}))


class Flag(StrEnum):
    MAJOR = "major"


class Party(Wish):
    name: str
    born_on: date


class Register(Wish):
    flag: Flag
    matter: str
    count: NonNegative = 0
    parties: list[Party] = []
    fields: dict[str, Kept] = {}


class OneTokenVerifier:
    async def verify(self, token: str) -> Principal:
        if token == "old":
            raise CasetrailError("token_expired")
        if token != "good":
            raise CasetrailError("unauthenticated")
        return ZHOU


router = service_router(tag="cases")


@router.post("/v1/cases", status_code=201)
async def register(wish: Sent[Register], key: IdempotencyKey) -> dict[str, str]:
    """Open a case."""
    return {"matter": wish.matter, "key": key, "flag": wish.flag}


@router.get("/v1/cases")
async def cases(paging: Paging, seen: Positions, expected: IfMatch, who: CurrentPrincipal) -> Page[str]:
    """List cases."""
    after = paging.after(str)
    names = [f"case{n}" for n in range(5)]
    rows = [name for name in names if after is None or name > str(after[0])]
    return paging.page(rows[: paging.limit + 1], key=lambda name: (name,))


@router.get("/v1/seen")
async def seen(seen: Positions, expected: IfMatch) -> dict[str, int | None]:
    """Echo what the headers say."""
    return {**{str(service): n for service, n in seen.items()}, "expected": expected}


@router.get("/v1/fails/{how}")
async def fails(how: str, who: CurrentPrincipal) -> None:
    """Fail in a way."""
    errors: dict[str, Exception] = {
        "bug": RuntimeError("secret stack"),
        "database": asyncpg.CannotConnectNowError("starting up"),
        "closed": asyncpg.InterfaceError("connection is closed"),
        "misuse": asyncpg.InterfaceError("another operation is in progress"),
        "rule": CasetrailError("some_pack_code", clause="henan-2019/9.9"),
        "unknown": CasetrailError("no_such_code"),
        "lag": CasetrailError("not_caught_up", retry_after_s=3),
        "role": CasetrailError("role_not_allowed", {"roles": "archivist"}, clause="henan-2019/24.2"),
        "fields": CasetrailError("field_missing", {"fields": "fields/place, seal"}),
        "form": CasetrailError("form_submitted", {"link": "/v1/reviews/forms/i-1"}),
    }
    raise errors[how]


async def _well() -> str | None:
    return None


async def _stopped() -> str | None:
    return "follower stopped"


def application(**checks: object) -> httpx.ASGITransport:
    app = create_service_app(
        "intake",
        title="intake",
        description="d",
        settings=Settings(max_body_bytes=LIMIT),
        verifier=OneTokenVerifier(),
        routers=[router],
        checks={"database": _well, **checks},  # type: ignore[dict-item]
    )
    return httpx.ASGITransport(app=app, raise_app_exceptions=False)


@pytest.fixture(scope="module")
def service() -> httpx.ASGITransport:
    """Keeps nothing from one request to the next."""
    return application()


@pytest.fixture
async def client(service: httpx.ASGITransport) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": "Bearer good", "Idempotency-Key": "k1"}
    async with httpx.AsyncClient(transport=service, base_url="http://edge", headers=headers) as client:
        yield client


GOOD = {"flag": "major", "matter": "m", "parties": [{"name": "n", "born_on": "1990-01-01"}]}


async def post(client: httpx.AsyncClient, body: str | bytes, **headers: str) -> httpx.Response:
    return await client.post("/v1/cases", content=body, headers={"Content-Type": "application/json", **headers})


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == answer.status_code
    assert document["type"] == f"urn:casetrail:problem:{document['code']}"
    assert document["title"]
    assert document["title_en"]
    assert document["instance"] == f"urn:casetrail:request:{answer.headers['x-request-id']}"
    return answer.status_code, document["code"]


async def test_a_good_wish_is_answered_and_kept_in_no_cache(client: httpx.AsyncClient) -> None:
    answer = await post(client, json.dumps(GOOD))
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"


async def test_without_a_token_even_a_malformed_or_oversized_request_is_401(client: httpx.AsyncClient) -> None:
    for authorization in ("", "Bearer", "Basic good", "Bearer bad"):
        answer = await post(client, b"{" * (LIMIT + 1), Authorization=authorization)
        assert code(answer) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"
    assert code(await client.get("/nowhere", headers={"Authorization": ""})) == (401, "unauthenticated")
    assert code(await post(client, "{}", Authorization="Bearer old")) == (401, "token_expired")


@pytest.mark.parametrize(
    "body", [b"{", b"", b"\xff\xfe", b"[" * 3000, b'{"flag": "\\ud8"}', b'{"matter": "\\ud800', b"{'a': 1}"]
)
async def test_malformed_json_is_400(client: httpx.AsyncClient, body: bytes) -> None:
    assert code(await post(client, body or b" ")) == (400, "malformed_json")


@pytest.mark.parametrize(
    ("change", "pointer", "problem"),
    [
        ({"flag": None}, "/flag", "enum"),
        ({"flag": "minor"}, "/flag", "enum"),
        ({"matter": 1}, "/matter", "string_type"),
        ({"count": True}, "/count", "int_type"),
        ({"count": "1"}, "/count", "int_type"),
        ({"count": 1.0}, "/count", "int_type"),
        ({"count": 2**53}, "/count", "less_than_equal"),
        ({"count": -1}, "/count", "greater_than_equal"),
        ({"more": "x"}, "/more", "extra_forbidden"),
        ({"parties": {}}, "/parties", "list_type"),
        ({"parties": [{"name": "secret"}]}, "/parties/0/born_on", "missing"),
        ({"parties": [{"name": "n", "born_on": 5}]}, "/parties/0/born_on", "date_type"),
        ({"parties": [{"name": "n", "born_on": "1990-02-30"}]}, "/parties/0/born_on", "date_parsing"),
    ],
)
async def test_a_wrong_argument_is_422_and_names_the_field_but_not_the_value(
    client: httpx.AsyncClient, change: dict[str, object], pointer: str, problem: str
) -> None:
    answer = await post(client, json.dumps({**GOOD, **change}))
    assert code(answer) == (422, "field_missing")
    assert answer.json()["errors"] == [{"place": "body", "pointer": pointer, "problem": problem}]
    assert "secret" not in answer.text


@pytest.mark.parametrize("body", ["[]", "null", "1", '"text"'])
async def test_a_body_that_is_no_object_is_422(client: httpx.AsyncClient, body: str) -> None:
    assert code(await post(client, body)) == (422, "field_missing")


async def test_no_body_at_all_is_422(client: httpx.AsyncClient) -> None:
    assert code(await client.post("/v1/cases")) == (422, "field_missing")


@pytest.mark.parametrize(
    ("matter", "pointer"),
    [('"a\\u0000b"', "/matter"), ('"\\ud800"', "/matter"), ('"\\udc00x"', "/matter"), ('"\\ud800\\u0041"', "/matter")],
)
async def test_text_that_cannot_be_stored_is_422(client: httpx.AsyncClient, matter: str, pointer: str) -> None:
    answer = await post(client, f'{{"flag": "major", "matter": {matter}}}')
    assert code(answer) == (422, "text_not_storable")
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


async def test_a_member_whose_name_cannot_be_stored_is_422(client: httpx.AsyncClient) -> None:
    assert code(await post(client, '{"flag": "major", "matter": "m", "\\ud800": 1}')) == (422, "text_not_storable")


async def test_an_escaped_backslash_before_u0000_is_only_text(client: httpx.AsyncClient) -> None:
    answer = await post(client, '{"flag": "major", "matter": "a\\\\u0000 \\ud83d\\ude00"}')
    assert answer.status_code == 201
    assert answer.json()["matter"] == "a\\u0000 \U0001f600"


async def test_a_nul_in_an_address_is_422(client: httpx.AsyncClient) -> None:
    assert code(await client.get("/v1/cases/%00")) == (422, "text_not_storable")
    assert code(await client.get("/v1/cases?cursor=%00")) == (422, "text_not_storable")


async def test_a_body_that_is_not_declared_json_is_415(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/cases", content=json.dumps(GOOD), headers={"Content-Type": "text/plain"})
    assert code(answer) == (415, "unsupported_media_type")
    assert code(await client.post("/v1/cases", content=json.dumps(GOOD))) == (415, "unsupported_media_type")


async def test_a_body_over_the_limit_is_413_announced_or_not(client: httpx.AsyncClient) -> None:
    big = json.dumps({**GOOD, "matter": "m" * LIMIT})

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(big), 100):
            yield big[start : start + 100].encode()

    assert code(await post(client, big)) == (413, "body_too_large")
    answer = await client.post("/v1/cases", content=chunks(), headers={"Content-Type": "application/json"})
    assert "content-length" not in answer.request.headers
    assert code(answer) == (413, "body_too_large")


async def test_every_post_needs_an_idempotency_key(client: httpx.AsyncClient) -> None:
    assert code(await post(client, "{}", **{"Idempotency-Key": ""})) == (400, "idempotency_key_missing")


@pytest.mark.parametrize("key", [b"k" * 201, b"a b", b"\xe9", b"a\x7f"])
async def test_an_idempotency_key_is_short_visible_ascii(client: httpx.AsyncClient, key: bytes) -> None:
    headers = {b"Idempotency-Key": key, b"Content-Type": b"application/json"}
    assert code(await client.post("/v1/cases", content=b"{}", headers=headers)) == (400, "idempotency_key_invalid")


@pytest.mark.parametrize(("tag", "expected"), [("42", 42), ('"42"', 42), ("0", 0)])
async def test_an_expected_position_may_stand_in_quotes(client: httpx.AsyncClient, tag: str, expected: int) -> None:
    assert (await client.get("/v1/seen", headers={"If-Match": tag})).json()["expected"] == expected


@pytest.mark.parametrize("tag", ["*", 'W/"1"', '"1', "-1", "", "1.5", "9007199254740992", "٤"])
async def test_any_other_expected_position_is_400(client: httpx.AsyncClient, tag: str) -> None:
    answer = await client.get("/v1/seen", headers={b"If-Match": tag.encode()})
    assert code(answer) == (400, "if_match_invalid")


async def test_positions_are_read_and_the_greater_of_two_holds(client: httpx.AsyncClient) -> None:
    lines = [("Casetrail-Positions", "intake:42, media:7"), ("Casetrail-Positions", "intake:40,")]
    answer = await client.get("/v1/seen", headers=lines)
    assert answer.json() == {"intake": 42, "media": 7, "expected": None}


@pytest.mark.parametrize("line", ["intake", "intake:", "other:1", "intake:-1", "intake:9007199254740992", "a b"])
async def test_malformed_positions_are_400(client: httpx.AsyncClient, line: str) -> None:
    answer = await client.get("/v1/seen", headers={"Casetrail-Positions": line})
    assert code(answer) == (400, "positions_invalid")


async def test_pages_follow_each_other_without_gap(client: httpx.AsyncClient) -> None:
    found: list[str] = []
    cursor = None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/cases", params=query)).json()
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == [f"case{n}" for n in range(5)]


@pytest.mark.parametrize("cursor", ["x", "!!", "WzFd", "W1tdXQ", "eyJhIjoxfQ", "WyJcdTAwMDAiXQ", "WyJcdWQ4MDAiXQ", "é"])
async def test_a_foreign_cursor_is_400(client: httpx.AsyncClient, cursor: str) -> None:
    assert code(await client.get("/v1/cases", params={"cursor": cursor})) == (400, "cursor_invalid")


async def test_a_limit_out_of_bounds_is_422_and_names_the_parameter(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/cases?limit=0")
    assert code(answer) == (422, "field_missing")
    assert answer.json()["errors"] == [{"place": "query", "pointer": "limit", "problem": "greater_than_equal"}]


async def test_a_misspelt_parameter_is_422_and_not_ignored(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/cases?limit=2&limits=2")
    assert (answer.status_code, answer.json()["code"]) == (422, "field_missing")
    assert answer.json()["errors"] == [{"place": "query", "pointer": "limits", "problem": "extra_forbidden"}]


async def test_unknown_paths_and_methods_are_problems_too(client: httpx.AsyncClient) -> None:
    assert code(await client.get("/v1/nothing")) == (404, "not_found")
    answer = await client.delete("/v1/cases")
    assert code(answer) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, POST"


async def test_a_bug_is_500_and_tells_nothing(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = await client.get("/v1/fails/bug")
    assert code(answer) == (500, "internal_error")
    assert "secret" not in answer.text
    assert "secret stack" in caplog.text
    for how in ("misuse", "unknown"):
        assert code(await client.get(f"/v1/fails/{how}")) == (500, "internal_error")


async def test_a_database_that_is_restarting_is_503_with_retry_after(client: httpx.AsyncClient) -> None:
    for how in ("database", "closed"):
        answer = await client.get(f"/v1/fails/{how}")
        assert code(answer) == (503, "unavailable")
        assert answer.headers["retry-after"] == "2"


async def test_a_refusal_tells_its_clause_its_facts_and_when_to_come_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/fails/role")
    assert code(answer) == (403, "role_not_allowed")
    assert answer.json()["clause"] == "henan-2019/24.2"
    assert answer.json()["detail"] == "该操作须由下列角色之一执行：档案员。"
    assert answer.json()["detail_en"] == "This needs one of the roles: archivist."
    answer = await client.get("/v1/fails/lag")
    assert code(answer) == (409, "not_caught_up")
    assert answer.headers["retry-after"] == "3"
    answer = await client.get("/v1/fails/form")
    assert answer.json()["facts"] == {"link": "/v1/reviews/forms/i-1"}


async def test_fields_that_a_command_misses_are_listed_like_any_others(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/fails/fields")
    assert code(answer) == (422, "field_missing")
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/fields/place", "/seal"]


async def test_a_code_that_only_a_rule_pack_names_is_told_with_its_clause(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/fails/rule")
    assert code(answer) == (409, "some_pack_code")
    assert answer.json()["clause"] == "henan-2019/9.9"


async def test_probes_need_no_token_and_readiness_names_what_is_missing() -> None:
    async with httpx.AsyncClient(transport=application(follower=_stopped), base_url="http://edge") as client:
        assert (await client.get("/healthz")).json() == {"status": "alive", "checks": {}}
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {
            "status": "not_ready",
            "checks": {"database": "ok", "follower": "follower stopped"},
        }
        assert "casetrail_http_request_seconds" in (await client.get("/metrics")).text


async def test_the_schema_describes_problems_headers_and_the_token(client: httpx.AsyncClient) -> None:
    schema = (await client.get("/openapi.json")).json()
    operation = schema["paths"]["/v1/cases"]["post"]
    reading = schema["paths"]["/v1/cases"]["get"]
    assert set(operation["responses"]) == {"201", "400", "413", "415", "422", "default"}
    assert set(reading["responses"]) == {"200", "400", "401", "403", "404", "409", "422", "503", "default"}
    refused = schema["components"]["responses"][reading["responses"]["409"]["$ref"].rpartition("/")[2]]
    assert refused["content"]["application/problem+json"]["examples"]["stale"]["value"]["title"] == "内容已被他人更新"
    assert "ProblemDocument" in schema["components"]["schemas"]
    key = next(each for each in operation["parameters"] if each["name"] == "Idempotency-Key")
    assert key["required"] is True
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/Register"}
    assert reading["security"] == [{"bearer": []}]


@pytest.mark.parametrize("value", ["1.5", "-0.0", "NaN", "1e999", str(2**53), "9" * 400, '[{"a": [1.5]}]'])
async def test_a_number_that_has_no_canonical_form_is_refused_where_it_stands(
    client: httpx.AsyncClient, value: str
) -> None:
    answer = await post(client, json.dumps({**GOOD, "fields": {"place": "@@"}}).replace('"@@"', value))
    assert code(answer) == (422, "field_missing")
    problem = {"place": "body", "pointer": "/fields/place", "problem": "number_not_storable"}
    assert answer.json()["errors"] == [problem]


async def test_a_value_nested_deeper_than_can_be_kept_is_refused(client: httpx.AsyncClient) -> None:
    nested = "[" * 100 + "]" * 100
    answer = await post(client, json.dumps({**GOOD, "fields": {"place": "@@"}}).replace('"@@"', nested))
    assert answer.json()["errors"][0]["problem"] == "nested_too_deep"
    flat = "[" * 60 + "]" * 60
    assert (await post(client, json.dumps({**GOOD, "fields": {"place": "@@"}}).replace('"@@"', flat))).is_success
