"""A recording into the object store: through our API, and by the store's own SDK without us."""

import asyncio
import hashlib
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlsplit

import asyncpg
import urllib3
from minio import Minio

from casetrail_embedded.bench.line import UnexpectedAnswerError
from casetrail_embedded.client import Client
from casetrail_embedded.demo import cast
from casetrail_embedded.stack.addresses import StackAddresses

RAW_BUCKET: Final = "casetrail-bench"
PARTS_AT_ONCE: Final = 3
"""Parts sent side by side. Source: default of the minio SDK, which is what this is held against."""
STORED_WITHIN_S: Final = 120.0

_INSTANTS: Final = """
select min(recorded_at) filter (where convert_from(body, 'UTF8') like '%"type":"av.received"%') as received,
       min(recorded_at) filter (where convert_from(body, 'UTF8') like '%"type":"av.stored"%') as stored
from ledger where stream = $1
"""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """How long an upload took, in seconds."""

    declare_s: float
    """Until the addresses of the parts were known."""
    send_s: float
    join_s: float
    """From the last part to the fact that all was received."""
    verify_s: float
    """From there until it was read back, hashed, probed and locked."""

    @property
    def upload_s(self) -> float:
        """Everything a sender waits for, without verification."""
        return self.declare_s + self.send_s + self.join_s


@dataclass(frozen=True, slots=True)
class Recording:
    """What is sent."""

    content: bytes
    seconds: float


class RawStore:
    """The object store by its SDK."""

    def __init__(self, addresses: StackAddresses) -> None:
        self._minio = Minio(
            urlsplit(addresses.s3_endpoint).netloc,
            access_key=addresses.s3_access_key,
            secret_key=addresses.s3_secret_key,
            secure=False,
            region="us-east-1",
        )
        self._minio.make_bucket(RAW_BUCKET, object_lock=True)

    def upload(self, recording: Recording, part_bytes: int) -> float:
        """Send it in parts and return how many seconds that took."""
        size, name = len(recording.content), secrets.token_hex(8)
        begun = time.perf_counter()
        self._minio.put_object(
            RAW_BUCKET, name, BytesIO(recording.content), size,
            part_size=part_bytes, num_parallel_uploads=PARTS_AT_ONCE,
        )  # fmt: skip
        return time.perf_counter() - begun


class OurStore:
    """The object store through the API of media."""

    def __init__(self, client: Client, media_dsn: str) -> None:
        self._client = client
        self._media_dsn = media_dsn
        self._store = urllib3.PoolManager(maxsize=PARTS_AT_ONCE)
        self._own: dict[str, str] = {}

    async def prepare(self) -> None:
        """Enter a device and a place to store."""
        admin = cast.ADMINISTRATOR
        device = {
            "device_type": "body_worn_recorder",
            "serial": "BENCH-1",
            "responsible_unit": "u1",
            "custodian": cast.NIU.person,
            "registered_on": "2024-01-04",
        }
        self._own["device"] = (await self._client.post(admin, "/v1/media/devices", device))["device"]
        repository = {"kind": "enforcement_system", "name": "存储", "registered": True}
        self._own["repository"] = (await self._client.post(admin, "/v1/media/repositories", repository))["repository"]

    async def upload(self, recording: Recording) -> tuple[Uploaded, int]:
        """Record, declare, send, complete; return how long it took and how large the parts were."""
        officer = cast.FENG.login
        wish = {"kind": "video", "mode": "full", "device": self._own["device"]}
        session = (await self._client.post(officer, "/v1/media/sessions", wish))["session"]
        await self._client.post(officer, f"/v1/media/sessions/{session}/end")
        declared = self._declared(recording)
        begun = time.perf_counter()
        upload = await self._client.post(officer, f"/v1/media/sessions/{session}/uploads", declared)
        known = time.perf_counter()
        await asyncio.to_thread(self._send, upload["files"][0], recording.content)
        sent, sent_at = time.perf_counter(), datetime.now(UTC)
        await self._client.send(officer, "POST", f"/v1/media/uploads/{upload['upload']}/completion")
        received, stored = await self._instants(session)
        verify_s = (stored - received).total_seconds()
        timed = Uploaded(known - begun, sent - known, (received - sent_at).total_seconds(), verify_s)
        return timed, upload["files"][0]["part_bytes"]

    def _declared(self, recording: Recording) -> dict[str, Any]:
        ended = datetime.now(UTC)
        started = ended - timedelta(seconds=recording.seconds)
        file = {
            "sha256": hashlib.sha256(recording.content).hexdigest(),
            "bytes": len(recording.content),
            "media_type": "video/mp4",
            "started_at": started.isoformat(),
            "ended_at": ended.isoformat(),
        }
        return {"repository": self._own["repository"], "custodian": cast.BAI.person, "files": [file]}

    def _send(self, file: dict[str, Any], content: bytes) -> None:

        def put(part: dict[str, Any]) -> int:
            piece = content[part["start"] : part["start"] + part["bytes"]]
            return self._store.request("PUT", part["url"], body=piece).status

        with ThreadPoolExecutor(PARTS_AT_ONCE) as threads:
            statuses = set(threads.map(put, file["missing"]))
        if statuses != {200}:
            raise UnexpectedAnswerError(f"the store answered {statuses} to a part")

    async def _instants(self, session: str) -> tuple[datetime, datetime]:
        """Wait until the session is stored; return when it was received and when it was stored."""
        conn = await asyncpg.connect(self._media_dsn)
        try:
            async with asyncio.timeout(STORED_WITHIN_S):
                stream = f"session:{self._client.agency}:{session}"
                row = await conn.fetchrow(_INSTANTS, stream)
                while row["stored"] is None:
                    await asyncio.sleep(0.05)
                    row = await conn.fetchrow(_INSTANTS, stream)
        finally:
            await conn.close()
        return row["received"], row["stored"]
