"""An answer lost after the commit: the same wish again, with its key, gets the same answer and changes nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from casetrail_common.ids import Service
from casetrail_embedded.client import As
from casetrail_embedded.demo import cast
from casetrail_embedded.demo.story import Story, inquire, review
from support.application import Application
from support.ledger_reading import counts, facts
from support.noting import NotingClient
from support.telling import Told, UnhurriedStory, settled
from support.waiting import until

DEVICE = {
    "device_type": "camera",
    "serial": "DV2-2024",
    "responsible_unit": "u1",
    "custodian": cast.NIU.person,
    "registered_on": "2024-03-01",
}
SOURCE = {"source": "投诉", "reason": "某事", "received_at": "2025-08-11T08:30:00+08:00"}
RECORD = {"type": "case_source_register", "fields": SOURCE, "marks": []}
PERSON = {"person": "zhao", "name": "赵某", "kind": "outside", "roles": ["party"]}

WISHES: dict[str, tuple[Service, str, As, str, dict[str, Any]]] = {
    "a person": ("intake", "person.registered", cast.ADMINISTRATOR, "/v1/people", PERSON),
    "a record": ("intake", "record.added", cast.FENG.login, "/v1/records", RECORD),
    "a device": ("media", "device.registered", cast.ADMINISTRATOR, "/v1/media/devices", DEVICE),
    "a parameter": (
        "archive",
        "parameters.set",
        cast.ADMINISTRATOR,
        "/v1/rules/parameters",
        {"values": {"access_approver": "agency_head"}},
    ),
}
SAME_TIME = 8
Part = Callable[[Story], Awaitable[None]]


@pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES.keys())
async def test_a_repeated_wish_has_the_same_answer_and_one_fact(
    county: UnhurriedStory, application: Application, wish: tuple[Service, str, As, str, dict[str, Any]]
) -> None:
    service, fact, who, path, body = wish
    client = county.client
    before = len(await facts(application.stack, service, client.agency, fact))
    first = await client.send(who, "POST", path, body=body, key="k1")
    again = await client.send(who, "POST", path, body=body, key="k1")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert len(await facts(application.stack, service, client.agency, fact)) == before + 1


@pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES.keys())
async def test_twins_at_the_same_instant_have_the_same_answer_and_one_fact(
    county: UnhurriedStory, application: Application, wish: tuple[Service, str, As, str, dict[str, Any]]
) -> None:
    service, fact, who, path, body = wish
    client = county.client
    before = len(await facts(application.stack, service, client.agency, fact))
    await client.token(who)
    answers = await asyncio.gather(*(client.send(who, "POST", path, body=body, key="twin") for _ in range(SAME_TIME)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert len(await facts(application.stack, service, client.agency, fact)) == before + 1


async def test_another_wish_under_the_same_key_is_refused(county: UnhurriedStory) -> None:
    await county.client.send(cast.ADMINISTRATOR, "POST", "/v1/people", body=PERSON, key="k1")
    other = {**PERSON, "person": "qian"}
    answer = await county.client.send(cast.ADMINISTRATOR, "POST", "/v1/people", body=other, key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_conflict")


async def test_the_same_key_of_another_person_is_another_wish(county: UnhurriedStory, application: Application) -> None:
    for who in (cast.FENG, cast.LV):
        answer = await county.client.send(who.login, "POST", "/v1/records", body=RECORD, key="k1")
        assert answer.status_code == 201
    assert len(await facts(application.stack, "intake", county.client.agency, "record.added")) == 2


async def test_a_connection_that_broke_before_the_answer_costs_nothing(
    county: UnhurriedStory, application: Application
) -> None:
    client = county.client
    await send_and_hang_up(application.url, client, cast.ADMINISTRATOR, "/v1/people", PERSON, key="lost")

    async def committed() -> list[dict[str, Any]]:
        registered = await facts(application.stack, "intake", client.agency, "person.registered")
        return [fact for fact in registered if fact["payload"]["person"] == "zhao"]

    (fact,) = await until(committed)
    answer = await client.send(cast.ADMINISTRATOR, "POST", "/v1/people", body=PERSON, key="lost")
    assert answer.status_code == 201
    assert answer.json()["position"] == f"intake:{fact['n']}"
    assert len(await committed()) == 1


async def send_and_hang_up(
    url: str, client: NotingClient, who: As, path: str, body: dict[str, Any], *, key: str
) -> None:
    """Send a request as the client would, and close the connection without reading."""
    where, content = urlsplit(url), httpx.Request("POST", url, json=body).content
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {await client.token(who)}\r\n"
        f"Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    _, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(head.encode() + content)
    await writer.drain()
    writer.close()
    await writer.wait_closed()


DEFERRED: dict[str, tuple[Part, str]] = {
    "an upload's completion": (inquire, "/completion"),
    "a submission": (review, "/v1/reviews"),
}


@pytest.mark.parametrize("deferred", DEFERRED.values(), ids=DEFERRED.keys())
async def test_a_repeated_deferred_wish_tells_the_outcome_as_it_now_stands(
    case: UnhurriedStory, application: Application, deferred: tuple[Part, str]
) -> None:
    tell_part, path = deferred
    await tell_part(case)
    await settled(case)
    noted, before = case.client.last(path), await counts(application.stack, case.client.agency)
    answers = await asyncio.gather(*(case.client.again(noted) for _ in range(SAME_TIME)))
    assert {answer.status_code for answer in answers} == {201}
    assert all(answer.json() == noted.answer.json() for answer in answers)
    await settled(case)
    assert await counts(application.stack, case.client.agency) == before


async def test_filing_again_with_its_key_tells_the_root_hash_of_the_one_dossier(
    told: Told, application: Application
) -> None:
    async with application.client(told.agency) as client:
        noted = next(noted for noted in told.noted if noted.path == "/v1/dossiers")
        answer = await client.again(noted)
    assert answer.status_code == 201
    assert answer.json()["root"] == told.filed.root
    assert len(await facts(application.stack, "archive", told.agency, "dossier.filed")) == 1
