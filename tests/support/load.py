"""People of two agencies at work: cases, records and recordings, through whatever breaks."""

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from casetrail_embedded.client import RefusedError
from casetrail_embedded.demo import cast
from support.patient_client import PATIENCE_S, PatientClient, new_mark

PACE_S: Final = 0.1
"""From the end of one wish to the next of the same person."""
RECORDS_PER_CASE: Final = 4

CASE: Final[dict[str, Any]] = {
    "conduct_type": "penalty",
    "procedure": "general",
    "start_mode": "ex_officio",
    "parties": [cast.PARTY.person],
    "officers": [cast.FENG.person, cast.LV.person],
    "responsible_officer": cast.FENG.person,
}
DEVICE: Final = {
    "device_type": "body_worn_recorder",
    "serial": "DV1-2024",
    "responsible_unit": "u1",
    "custodian": cast.NIU.person,
    "registered_on": "2024-03-01",
}


@dataclass
class Agency:
    """A tenant, and what it works with."""

    id: str
    device: str = ""
    repository: str = ""


@dataclass
class Load:
    """Everybody's work, until it is stopped; then everybody finishes what was begun."""

    base_url: str
    recording: bytes
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    clients: list[PatientClient] = field(default_factory=list)

    def client(self, agency: str, *, patience_s: float = PATIENCE_S) -> PatientClient:
        """Return a client of its own for somebody."""
        self.clients.append(PatientClient(self.base_url, agency, patience_s=patience_s))
        return self.clients[-1]

    async def set_up(self, name: str) -> Agency:
        """Make an agency, its law, its people and its equipment known."""
        admin, agency = cast.ADMINISTRATOR, Agency(name)
        async with self.client(name) as client:
            known = {"name": "某局", "province": "河南省", "units": cast.UNITS}
            await client.post(admin, "/v1/agencies", known)
            await client.post(admin, "/v1/rules/packs", {"pack": "henan-2019", "version": "2019-06-04"})
            await client.post(admin, "/v1/rules/calendars", {"calendar": "CN-2024-2026"})
            for member in (cast.FENG, cast.LV, cast.BAI, cast.NIU, cast.PARTY):
                await client.post(admin, "/v1/people", member.registration)
            agency.device = (await client.post(admin, "/v1/media/devices", DEVICE))["device"]
            system = {"kind": "enforcement_system", "name": "执法信息系统", "registered": True}
            agency.repository = (await client.post(admin, "/v1/media/repositories", system))["repository"]
        return agency

    async def write(self, agency: Agency, *, gives_up: bool) -> None:
        """Register cases and add records; whoever gives up turns to the next wish when an answer does not come."""
        async with self.client(agency.id, patience_s=0.0 if gives_up else PATIENCE_S) as client:
            while not self.stopped.is_set():
                case = await self._or_nothing(client, "/v1/cases", {**CASE, "matter": new_mark()})
                for _ in range(RECORDS_PER_CASE if case else 0):
                    await self._or_nothing(client, "/v1/records", {"case": case["case"], **_record()})

    async def record(self, agency: Agency) -> None:
        """Film something for a case of one's own, and store it."""
        officer = cast.LV.login
        async with self.client(agency.id) as client:
            case = (await client.post(officer, "/v1/cases", {**CASE, "matter": new_mark()}))["case"]
            while not self.stopped.is_set():
                wish = {"case": case, "kind": "video", "mode": "full", "device": agency.device}
                session = (await client.post(officer, "/v1/media/sessions", wish))["session"]
                await client.post(officer, f"/v1/media/sessions/{session}/end")
                await self._store(client, agency, session)
                await asyncio.sleep(PACE_S)

    async def _or_nothing(self, client: PatientClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(PACE_S)
        try:
            return await client.post(cast.FENG.login, path, body)
        except TimeoutError:  # it may have been done or not
            return {}

    async def _store(self, client: PatientClient, agency: Agency, session: str) -> None:
        ended = datetime.now(UTC)
        content = self.recording + secrets.token_bytes(16)  # no two alike; a player ignores what follows the end
        file = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
            "media_type": "video/mp4",
            "started_at": (ended - timedelta(seconds=2)).isoformat(),
            "ended_at": ended.isoformat(),
        }
        wish = {"repository": agency.repository, "custodian": cast.BAI.person, "files": [file]}
        path = f"/v1/media/sessions/{session}/uploads"
        upload = (await client.post(cast.LV.login, path, wish))["upload"]
        await self._insist(lambda: send_and_complete(client, upload, content))

    async def _insist(self, step: Callable[[], Any]) -> None:
        """Send again what the store has forgotten or did not take."""
        deadline = time.monotonic() + PATIENCE_S
        while not await step():
            if time.monotonic() > deadline:
                raise TimeoutError("an upload does not get through")
            await asyncio.sleep(PACE_S)


async def send_and_complete(client: PatientClient, upload: str, content: bytes) -> bool:
    """Send the parts that are missing and have the upload verified; False if parts are still missing."""
    path = f"/v1/media/uploads/{upload}"
    shown = await client.get(cast.LV.login, path)
    try:
        async with httpx.AsyncClient(timeout=60) as store:
            for part in shown["files"][0]["missing"]:
                piece = content[part["start"] : part["start"] + part["bytes"]]
                (await store.put(part["url"], content=piece)).raise_for_status()
    except httpx.HTTPError:
        return False
    try:
        await client.post(cast.LV.login, f"{path}/completion")
    except RefusedError as refused:
        if refused.code != "upload_incomplete":
            raise
        return False
    return True


def _record() -> dict[str, Any]:
    people = [cast.FENG.person, cast.LV.person]
    return {
        "type": "site_record",
        "fields": {"place": "恒远物流有限公司新郑分拣中心", "facts": new_mark()},
        "identity": {"officers": people, "certificate_shown": True},
        "marks": [*({"by": one, "as": "officer"} for one in people), {"by": cast.PARTY.person, "as": "party"}],
    }
