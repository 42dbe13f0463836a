"""An object store in memory, for tests that are not about the store."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from casetrail_common.objects import (
    ListedVersion,
    ObjectLockedError,
    ObjectNotFoundError,
    PartsMissingError,
    StatedVersion,
    UnfinishedUpload,
    UploadedPart,
    UploadNotFoundError,
)
from casetrail_common.objects.store import CHUNK_BYTES


@dataclass(slots=True)
class _Version:
    version_id: str
    content: bytes | None
    """None for a delete marker."""
    modified_at: datetime
    locked_until: datetime | None = None


@dataclass(slots=True)
class FakeObjectStore:
    """Keeps what the contract of `ObjectStore` says, and no more."""

    versions: dict[str, list[_Version]] = field(default_factory=dict)
    uploads: dict[tuple[str, str], dict[int, bytes]] = field(default_factory=dict)
    begun: dict[tuple[str, str], datetime] = field(default_factory=dict)

    async def ensure_bucket(self) -> None:
        """There is only one bucket."""

    async def create_multipart(self, key: str, *, content_type: str = "application/octet-stream") -> str:
        upload_id = secrets.token_hex(8)
        self.uploads[key, upload_id] = {}
        self.begun[key, upload_id] = datetime.now(UTC)
        return upload_id

    def presign_part(self, key: str, upload_id: str, *, part: int, expires_s: int = 3600) -> str:
        return f"memory:///{key}?uploadId={upload_id}&partNumber={part}"

    def receive_part(self, url: str, content: bytes) -> None:
        """Take what a client would PUT to a presigned URL."""
        asked = parse_qs(urlsplit(url).query)
        key = urlsplit(url).path.lstrip("/")
        self.uploads[key, asked["uploadId"][0]][int(asked["partNumber"][0])] = content

    async def list_parts(self, key: str, upload_id: str) -> list[UploadedPart]:
        parts = sorted(self._upload(key, upload_id).items())
        return [UploadedPart(number, _etag(content), len(content)) for number, content in parts]

    async def complete_multipart(self, key: str, upload_id: str, parts: Sequence[UploadedPart]) -> str:
        held = self._upload(key, upload_id)
        if not parts or any(part.number not in held or _etag(held[part.number]) != part.etag for part in parts):
            raise PartsMissingError(key)
        del self.uploads[key, upload_id]
        return self._lay(key, b"".join(held[part.number] for part in parts))

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        self.uploads.pop((key, upload_id), None)

    async def list_uploads(self) -> list[UnfinishedUpload]:
        return [UnfinishedUpload(*upload, self.begun[upload]) for upload in self.uploads]

    async def put(self, key: str, content: bytes, *, content_type: str = "application/octet-stream") -> str:
        return self._lay(key, content)

    async def put_file(self, key: str, path: Path, *, content_type: str = "application/octet-stream") -> str:
        return self._lay(key, await asyncio.to_thread(path.read_bytes))

    def lay_delete_marker(self, key: str) -> None:
        """Do what a removal without a version id does."""
        self._lay(key, None)

    async def stream(
        self, key: str, version_id: str, *, start: int = 0, length: int | None = None
    ) -> AsyncIterator[bytes]:
        content = self._version(key, version_id).content or b""
        wanted = content[start : None if length is None else start + length]
        for place in range(0, len(wanted), CHUNK_BYTES):
            yield wanted[place : place + CHUNK_BYTES]

    async def stat(self, key: str, version_id: str) -> StatedVersion:
        found = self._version(key, version_id)
        content = found.content or b""
        return StatedVersion(key, version_id, len(content), _etag(content), found.modified_at, found.locked_until)

    async def lock_version(self, key: str, version_id: str, *, retain_until: datetime) -> None:
        found = self._version(key, version_id)
        whole = retain_until.replace(microsecond=0)
        until = whole if whole == retain_until else whole + timedelta(seconds=1)
        if found.locked_until is not None and until < found.locked_until:
            raise ObjectLockedError(key)
        found.locked_until = until

    async def delete_version(self, key: str, version_id: str) -> None:
        kept = []
        for version in self.versions.get(key, []):
            if version.version_id != version_id:
                kept.append(version)
            elif version.locked_until is not None and version.locked_until > datetime.now(UTC):
                raise ObjectLockedError(key)
        self.versions[key] = kept

    async def list_versions(self, prefix: str) -> list[ListedVersion]:
        return [
            ListedVersion(
                key=key,
                version_id=version.version_id,
                size_bytes=len(version.content or b""),
                is_delete_marker=version.content is None,
                is_latest=version is versions[-1],
                modified_at=version.modified_at,
            )
            for key, versions in sorted(self.versions.items())
            if key.startswith(prefix)
            for version in versions
        ]

    def _lay(self, key: str, content: bytes | None) -> str:
        version = _Version(secrets.token_hex(8), content, datetime.now(UTC))
        self.versions.setdefault(key, []).append(version)
        return version.version_id

    def _upload(self, key: str, upload_id: str) -> dict[int, bytes]:
        if (key, upload_id) not in self.uploads:
            raise UploadNotFoundError(key)
        return self.uploads[key, upload_id]

    def _version(self, key: str, version_id: str) -> _Version:
        for version in self.versions.get(key, []):
            if version.version_id == version_id and version.content is not None:
                return version
        raise ObjectNotFoundError(key)


def _etag(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
