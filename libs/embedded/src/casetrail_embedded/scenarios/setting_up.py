"""Setting up the tenant of a scenario through the configuration APIs, as its administrator."""

from collections.abc import Mapping
from typing import Any, Final

from casetrail_common.ids import PersonId
from casetrail_common.rules import SHIPPED
from casetrail_embedded.client import As
from casetrail_embedded.scenarios.reading import Scenario
from casetrail_embedded.scenarios.tenant import ADMINISTRATOR, Tenant

Text = Mapping[str, Any]

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
    agency, setup = text["agency"], text["setup"]
    tenant.ids["agency"] = tenant.client.agency
    await tenant.set_clock(setup["at"])
    await _install(tenant, "/v1/agencies", _only(agency, "name", "province", "units"))
    await _law(tenant, scenario)
    for person in text["cast"]:
        tenant.ids[person["id"]] = person["id"]
        await _install(tenant, "/v1/people", {**_without(person, "id"), "person": person["id"]})
    for kind, path in (("device", "/v1/media/devices"), ("repository", "/v1/media/repositories")):
        for thing in text.get("devices" if kind == "device" else "repositories", []):
            named = {name: value for name, value in _without(thing, "id").items() if value not in (None, "")}
            tenant.ids[thing["id"]] = (await _install(tenant, path, named))[kind]
    for name, path in (
        ("record_plans", "/v1/record-plans"),
        ("items", "/v1/permit-items"),
        ("av_item_lists", "/v1/media/item-lists"),
        ("wording_guides", "/v1/media/wording-guides"),
    ):
        for entry in setup.get(name, []):
            await _install(tenant, path, entry)


async def _law(tenant: Tenant, scenario: Scenario) -> None:
    setup = scenario.text["setup"]
    for pack in scenario.text["agency"]["packs"]:
        version = dict(SHIPPED).get(pack["pack"], "")
        await _install(tenant, "/v1/rules/packs", {**pack, "version": version})
    calendar = scenario.calendar_document.model_dump(mode="json")
    await _install(tenant, "/v1/rules/calendars", _only(calendar, "calendar", "years", "holidays", "make_up_workdays"))
    if setup.get("retention_table"):
        await _install(tenant, "/v1/rules/retention-tables", {"entries": setup["retention_table"]})
    if scenario.settings:
        await _install(tenant, "/v1/rules/parameters", {"values": scenario.settings})


async def _install(tenant: Tenant, path: str, entry: Text) -> dict[str, Any]:
    body = {_OTHER_NAMES.get(name, name): value for name, value in entry.items()}
    return await tenant.client.post(ADMINISTRATOR, path, body)


def _only(entry: Text, *names: str) -> dict[str, Any]:
    return {name: entry[name] for name in names}


def _without(entry: Text, *names: str) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in names}
