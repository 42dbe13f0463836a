"""Setting up the tenant of a scenario through the configuration APIs, as its administrator."""

import asyncio
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from typing import Any, Final

from casetrail_common.ids import PersonId
from casetrail_common.rules import SHIPPED
from casetrail_embedded.client import As
from casetrail_embedded.scenarios.reading import Scenario
from casetrail_embedded.scenarios.tenant import ADMINISTRATOR, Tenant

Text = Mapping[str, Any]
Installing = Coroutine[Any, Any, object]

_OTHER_NAMES: Final = {"type": "device_type", "list": "list_id"}
"""Members that files call otherwise than the APIs do."""


def logins_of(scenario: Scenario) -> dict[PersonId, As]:
    """Return how the cast logs in."""
    return {one["id"]: As(one["id"], tuple(one["roles"]), one.get("unit")) for one in scenario.text["cast"]}


async def set_up(tenant: Tenant, scenario: Scenario) -> None:
    """Install everything that a scenario begins with.

    Raises
    ------
    RefusedError
        If a service refuses a part of it.
    """
    text = scenario.text
    tenant.ids["agency"] = tenant.client.agency
    tenant.ids |= {person["id"]: person["id"] for person in text["cast"]}
    await tenant.set_clock(text["setup"]["at"])
    await _install(tenant, "/v1/agencies", _only(text["agency"], "name", "province", "units"))
    # What stands beside each other in a file does not rest on each other, but things on people.
    people = [_install(tenant, "/v1/people", {**_without(one, "id"), "person": one["id"]}) for one in text["cast"]]
    await asyncio.gather(*people, *_law(tenant, scenario))
    await asyncio.gather(*_things(tenant, text), *_orders(tenant, text["setup"]))


def _law(tenant: Tenant, scenario: Scenario) -> Iterator[Installing]:
    setup = scenario.text["setup"]
    for pack in scenario.text["agency"]["packs"]:
        version = dict(SHIPPED).get(pack["pack"], "")
        yield _install(tenant, "/v1/rules/packs", {**pack, "version": version})
    calendar = scenario.calendar_document.model_dump(mode="json")
    yield _install(tenant, "/v1/rules/calendars", _only(calendar, "calendar", "years", "holidays", "make_up_workdays"))
    if setup.get("retention_table"):
        yield _install(tenant, "/v1/rules/retention-tables", {"entries": setup["retention_table"]})
    if scenario.settings:
        yield _install(tenant, "/v1/rules/parameters", {"values": scenario.settings})


def _things(tenant: Tenant, text: Text) -> Iterator[Installing]:
    for name, kind, path in (
        ("devices", "device", "/v1/media/devices"),
        ("repositories", "repository", "/v1/media/repositories"),
    ):
        for thing in text.get(name, []):
            yield _name(tenant, thing, kind, path)


async def _name(tenant: Tenant, thing: Text, kind: str, path: str) -> None:
    """Install a thing and keep the id that it was given."""
    told = {name: value for name, value in _without(thing, "id").items() if value not in (None, "")}
    tenant.ids[thing["id"]] = (await _install(tenant, path, told))[kind]


def _orders(tenant: Tenant, setup: Text) -> Iterator[Installing]:
    for name, path in (
        ("record_plans", "/v1/record-plans"),
        ("items", "/v1/permit-items"),
        ("av_item_lists", "/v1/media/item-lists"),
        ("wording_guides", "/v1/media/wording-guides"),
    ):
        yield _in_order(tenant, path, setup.get(name, []))


async def _in_order(tenant: Tenant, path: str, entries: Sequence[Text]) -> None:
    """Install entries of one kind: where two speak of the same, the later one counts."""
    for entry in entries:
        await _install(tenant, path, entry)


async def _install(tenant: Tenant, path: str, entry: Text) -> dict[str, Any]:
    body = {_OTHER_NAMES.get(name, name): value for name, value in entry.items()}
    return await tenant.client.post(ADMINISTRATOR, path, body)


def _only(entry: Text, *names: str) -> dict[str, Any]:
    return {name: entry[name] for name in names}


def _without(entry: Text, *names: str) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in names}
