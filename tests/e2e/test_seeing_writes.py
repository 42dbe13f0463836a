"""What was written is seen by the next call, in whatever service, without a pause."""

from functools import partial
from typing import Any

import httpx

from casetrail_embedded.client import Client
from casetrail_embedded.demo import cast
from support.application import Application
from support.ledger_reading import connected
from support.telling import UnhurriedStory
from support.waiting import until

TIMES = 10


def custodian(number: int) -> dict[str, Any]:
    return {"person": f"custodian{number}", "name": "某", "kind": "staff", "roles": ["device_custodian"], "unit": "u3"}


def device(number: int) -> dict[str, Any]:
    return {
        "device_type": "camera",
        "serial": f"S{number}",
        "responsible_unit": "u1",
        "custodian": f"custodian{number}",
        "registered_on": "2024-03-01",
    }


async def test_positions_make_the_next_service_see_a_write(county: UnhurriedStory) -> None:
    for number in range(TIMES):
        await county.client.post(cast.ADMINISTRATOR, "/v1/people", custodian(number))
        await county.client.post(cast.ADMINISTRATOR, "/v1/media/devices", device(number))


async def test_positions_make_a_reading_see_a_write_of_another_service(case: UnhurriedStory) -> None:
    for flag in ("major", "mass_incident", "emergency_incident"):
        path = f"/v1/cases/{case.ids['case']}"
        body = {"target": case.ids["case"], "flag": flag, "reason": "理由"}
        answer = await case.client.post(cast.FENG.login, f"{path}/flags", body)
        page = await case.client.get(cast.MA.login, f"/v1/archive/cases/{case.ids['case']}/timeline?limit=200")
        assert answer["position"] in {step["position"] for step in page["items"]}


async def test_without_positions_a_rejection_is_still_right(county: UnhurriedStory, application: Application) -> None:
    """Media may ask for patience, but what has been published it must not deny."""
    async with Client(application.url, county.client.agency) as stranger:
        for number in range(TIMES):
            await county.client.post(cast.ADMINISTRATOR, "/v1/people", custodian(number))
            await until(lambda: all_is_published(application, county.client.agency))

            assert (await until(partial(answer_to, stranger, device(number)))).status_code == 201


async def answer_to(stranger: Client, body: dict[str, Any]) -> httpx.Response | None:
    """Return the answer to somebody who knows nothing of what was written, once it is an answer."""
    stranger.positions.clear()
    answer = await stranger.send(cast.ADMINISTRATOR, "POST", "/v1/media/devices", body=body)
    return None if answer.json().get("code") == "not_caught_up" else answer


async def all_is_published(application: Application, agency: str) -> bool:
    async with connected(application.stack.dsn("intake")) as conn:
        return not await conn.fetchval("select exists (select from outbox where agency = $1)", agency)


async def test_a_position_nobody_has_reached_is_not_waited_for_without_end(county: UnhurriedStory) -> None:
    county.client.positions["intake"] = 1_000_000
    answer = await county.client.send(cast.MA.login, "GET", "/v1/rules")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_caught_up")
    assert int(answer.headers["Retry-After"]) > 0
