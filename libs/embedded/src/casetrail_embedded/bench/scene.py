"""Agencies to work in, set up through the APIs, and the wishes that make up the load."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from casetrail_common.auth import Principal
from casetrail_embedded.client import As, Client, RefusedError
from casetrail_embedded.demo import cast

RECORDS_PER_CASE: Final = 10
"""Text records in a case of the load: about what a general-procedure penalty has."""

FOLLOWED_WITHIN_S: Final = 60.0

CASE: Final[dict[str, Any]] = {
    "conduct_type": "penalty",
    "procedure": "general",
    "start_mode": "ex_officio",
    "matter": "未按规定查验登记寄递物品",
    "parties": [cast.PARTY.person],
    "officers": [cast.FENG.person, cast.LV.person],
    "responsible_officer": cast.FENG.person,
}

RECORD: Final[dict[str, Any]] = {
    "type": "site_record",
    "fields": {
        "place": "恒远物流有限公司新郑分拣中心",
        "facts": "抽查二十件快件，其中七件外包装没有验视标识，现场负责人说明为夜班漏验。" * 3,
    },
    "identity": {"officers": [cast.FENG.person, cast.LV.person], "certificate_shown": True},
    "marks": [
        {"by": cast.FENG.person, "as": "officer"},
        {"by": cast.LV.person, "as": "officer"},
        {"by": cast.PARTY.person, "as": "party"},
    ],
}


@dataclass(frozen=True, slots=True)
class Agency:
    """A tenant with people, law and one open case."""

    id: str
    case: str
    token: str
    """Of its officer."""
    positions: dict[str, int]

    @property
    def officer(self) -> Principal:
        """Return who the token speaks for."""
        return Principal(cast.FENG.person, self.id, cast.FENG.unit, frozenset(cast.FENG.roles))


async def set_up(base_url: str, names: list[str]) -> list[Agency]:
    """Make agencies, a few at a time."""
    gate = asyncio.Semaphore(4)

    async def one(name: str) -> Agency:
        async with gate, Client(base_url, name) as client:
            return await _set_up(client)

    return list(await asyncio.gather(*map(one, names)))


async def insist(client: Client, who: As, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Wish for something again while the service has not followed the others so far: on a busy machine that is slow."""
    async with asyncio.timeout(FOLLOWED_WITHIN_S):
        while True:
            try:
                return await client.post(who, path, body)
            except RefusedError as refused:
                if refused.code != "not_caught_up":
                    raise


async def _set_up(client: Client) -> Agency:
    admin, officer = cast.ADMINISTRATOR, cast.FENG.login
    await insist(client, admin, "/v1/agencies", {"name": "某局", "province": "河南省", "units": cast.UNITS})
    await insist(client, admin, "/v1/rules/packs", {"pack": "henan-2019", "version": "2019-06-04"})
    await insist(client, admin, "/v1/rules/calendars", {"calendar": "CN-2024-2026"})
    for member in (cast.FENG, cast.LV, cast.BAI, cast.NIU, cast.PARTY):
        await insist(client, admin, "/v1/people", member.registration)
    case = (await insist(client, officer, "/v1/cases", CASE))["case"]
    return Agency(client.agency, case, await client.token(officer), dict(client.positions))
