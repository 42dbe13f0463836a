"""Who gets in: unknown tokens, wrong roles, other agencies, other units."""

import base64
import hmac
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from casetrail_embedded.client import As, Client
from casetrail_embedded.demo import cast
from casetrail_embedded.issuer import DevIssuer
from support.application import Application
from support.noting import NotingClient
from support.operations import ITEM_ID, Example, with_unknown_ids
from support.refusals import refused
from support.telling import Told, everybody

PLACES = ("/v1/cases", "/v1/media/sessions/x", "/v1/reviews/x", "/v1/dossiers/x", "/v1/rules", "/v1/items/i-x")
"""A path of each service, and some where nothing is."""


def _signed(key: ECKey, claims: dict[str, Any], *, kid: str | None) -> str:
    return jwt.encode({"alg": "ES256", "kid": kid}, claims, key, algorithms=["ES256"])


def _claims(issuer: DevIssuer, **other: Any) -> dict[str, Any]:
    now = int(issuer.now())
    named = {"iss": issuer.issuer, "aud": issuer.audience, "sub": "feng", "agency": "t-1", "roles": ["case_officer"]}
    return {**named, "iat": now, "exp": now + 600, **other}


def _signed_with_public_key(issuer: DevIssuer) -> str:
    """Forge what a verifier accepts that lets the token choose between a signature and a shared secret."""
    signed = f"{_part({'alg': 'HS256', 'kid': issuer.key.kid or ''})}.{_part(_claims(issuer))}"
    mac = hmac.digest(issuer.key.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _changed(token: str) -> str:
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    return ".".join((head, _part({**claims, "roles": ["administrator"]}), signature))


FORGED: dict[str, Callable[[DevIssuer], str]] = {
    "no token": lambda issuer: "",
    "garbage": lambda issuer: "garbage",
    "three parts of garbage": lambda issuer: "a.b.c",
    "expired": lambda issuer: issuer.token("feng", "t-1", ttl_s=-3600),
    "for somebody else": lambda issuer: replace(issuer, audience="another-system").token("feng", "t-1"),
    "from somebody else": lambda issuer: replace(issuer, issuer="https://elsewhere.example").token("feng", "t-1"),
    "signed by another key": lambda issuer: _signed(ECKey.generate_key("P-256"), _claims(issuer), kid=issuer.key.kid),
    "of an unknown key": lambda issuer: _signed(ECKey.generate_key("P-256", auto_kid=True), _claims(issuer), kid="k"),
    "unsigned": lambda issuer: f"{_part({'alg': 'none'})}.{_part(_claims(issuer))}.",
    "signed with the public key as a secret": lambda issuer: _signed_with_public_key(issuer),
    "changed after signing": lambda issuer: _changed(issuer.token("feng", "t-1", roles=["case_officer"])),
    "without an end": lambda issuer: _signed(
        issuer.key, {k: v for k, v in _claims(issuer).items() if k != "exp"}, kid=issuer.key.kid
    ),
    "of no agency": lambda issuer: _signed(issuer.key, _claims(issuer, agency=None), kid=issuer.key.kid),
    "of an agency with a strange name": lambda issuer: _signed(
        issuer.key, _claims(issuer, agency="a:b"), kid=issuer.key.kid
    ),
    "much too long": lambda issuer: "a" * 10_000,
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
async def test_a_token_that_nobody_vouches_for_opens_nothing(
    application: Application, forge: Callable[[DevIssuer], str]
) -> None:
    token = forge(application.issuer)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(base_url=application.url, timeout=60) as http:
        for place in PLACES:
            answer = await http.get(place, headers=headers)
            refused(answer, 401, "unauthenticated", "token_expired")
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert (await http.post(place, headers=headers, content=b"{")).status_code == 401


async def send(client: Client, who: As, example: Example) -> httpx.Response:
    return await client.send(who, example.operation.method, example.path, body=example.body)


OPEN_TO_ALL = {"POST /v1/access-requests", "POST /v1/exports"}
"""What anybody may ask for; whether it is given is another matter."""


async def test_every_command_asks_for_a_role(told: Told, application: Application, sent: list[Example]) -> None:
    stranger = As("feng", ("requester",), "u1")
    async with application.client(told.agency) as client:
        for example in sent:
            if str(example.operation) not in OPEN_TO_ALL:
                refused(await send(client, stranger, example), 403, "role_not_allowed")


async def test_nothing_of_another_agency_can_be_named(
    told: Told, application: Application, sent: list[Example]
) -> None:
    async with application.client() as elsewhere:
        for example in sent:
            named = ITEM_ID.findall(example.path + json.dumps(example.body))
            if named:
                answer = await send(elsewhere, everybody(), example)
                refused(answer, 404, "not_found")
                assert told_alike(answer, await send(elsewhere, everybody(), with_unknown_ids(example)))


def told_alike(one: httpx.Response, other: httpx.Response) -> bool:
    """Whether two refusals differ in nothing but ids."""
    texts = (re.sub(r"urn:casetrail:request:\w+", "", ITEM_ID.sub("", answer.text)) for answer in (one, other))
    return len(set(texts)) == 1


def readings(told: Told) -> Iterator[str]:
    """Yield every path under which something of the case can be seen."""
    ids, case = told.ids, told.ids["case"]
    session = ids["inquiry_session"]
    yield f"/v1/cases/{case}"
    for item in (ids["source"], session, ids["decision"], ids["dossier"]):
        yield f"/v1/items/{item}"
    yield f"/v1/media/sessions/{session}"
    yield f"/v1/media/sessions/{session}/files/1/content"
    yield f"/v1/reviews?case={case}"
    yield f"/v1/reviews/{ids['submission']}"
    yield f"/v1/dossiers?case={case}"
    yield f"/v1/dossiers/{ids['dossier']}"
    yield f"/v1/findings?case={case}"
    yield f"/v1/archive/cases/{case}/timeline"
    yield f"/v1/archive/cases/{case}/needs"
    yield package_of(told)


def upload_of(told: Told) -> str:
    """Return where the progress of an upload can be seen, with addresses to send to: by whoever may send."""
    return f"/v1/media/uploads/{told.answer('/uploads')['upload']}"


def package_of(told: Told) -> str:
    """Return where the dossier itself can be read, which fewer people may."""
    return f"/v1/dossiers/{told.ids['dossier']}/content"


LISTS = ("/v1/cases", "/v1/findings", "/v1/dossiers", "/v1/archive/deadlines", "/v1/archive/rectifications")


async def test_nothing_of_another_agency_can_be_seen(told: Told, application: Application) -> None:
    async with application.client() as elsewhere:
        for path in (*readings(told), upload_of(told)):
            refused(await elsewhere.send(everybody(), "GET", path), 404, "not_found")
        for path in (
            "/v1/cases",
            "/v1/findings",
            "/v1/dossiers",
            "/v1/archive/deadlines",
            "/v1/archive/rectifications",
        ):
            assert (await elsewhere.get(everybody(), path))["items"] == []


SEES_ALL = {
    "an officer of the case": cast.LV.login,
    "the archivist": cast.QIN.login,
    "the head": cast.SONG.login,
}
SEES_ALL_BUT_THE_PACKAGE = {
    "the supervisor": cast.MA.login,
    "another officer of the unit": As("zhou", ("case_officer",), "u1"),
}
SEES_NOTHING = {
    "an officer of another unit": As("wu", ("case_officer",), "u2"),
    "the party": cast.PARTY.login,
    "a person of the unit without a role": As("zheng", (), "u1"),
    "a person without anything": As("wang", ()),
}


@pytest.mark.parametrize("who", SEES_ALL.values(), ids=SEES_ALL.keys())
async def test_whoever_works_on_a_case_sees_it_and_its_dossier(told: Told, application: Application, who: As) -> None:
    async with application.client(told.agency) as client:
        for path in readings(told):
            assert await status(client, who, path) == 200, path


@pytest.mark.parametrize("who", SEES_ALL_BUT_THE_PACKAGE.values(), ids=SEES_ALL_BUT_THE_PACKAGE.keys())
async def test_whoever_only_looks_on_does_not_read_the_dossier(told: Told, application: Application, who: As) -> None:
    async with application.client(told.agency) as client:
        for path in readings(told):
            assert await status(client, who, path) == (403 if path == package_of(told) else 200), path


@pytest.mark.parametrize("who", SEES_NOTHING.values(), ids=SEES_NOTHING.keys())
async def test_whoever_has_no_part_in_a_case_sees_nothing_of_it(told: Told, application: Application, who: As) -> None:
    async with application.client(told.agency) as client:
        for path in readings(told):
            is_lent = "/items/" in path or path.endswith("/content")
            code = "access_not_approved" if is_lent else "role_not_allowed"
            refused(await client.send(who, "GET", path), 403, code)


async def test_addresses_to_send_to_are_told_to_those_who_may_send(told: Told, application: Application) -> None:
    async with application.client(told.agency) as client:
        for who in (cast.FENG, cast.BAI):
            assert await status(client, who.login, upload_of(told)) == 200
        for who in (cast.MA, cast.SONG, cast.PARTY):
            refused(await client.send(who.login, "GET", upload_of(told)), 403, "role_not_allowed")


async def test_a_list_of_cases_ends_at_the_door_of_the_unit(told: Told, application: Application) -> None:
    async with application.client(told.agency) as client:
        own = await client.get(cast.FENG.login, "/v1/cases")
        assert [case["case"] for case in own["items"]] == [told.ids["case"]]
        other = await client.get(As("wu", ("case_officer",), "u2"), "/v1/cases")
        assert other["items"] == []
        refused(await client.send(As("wu", ("case_officer",), "u2"), "GET", "/v1/cases?unit=u1"), 403)


async def status(client: NotingClient, who: As, path: str) -> int:
    return (await client.send(who, "GET", path)).status_code
