"""The interface to the object store, and how it fails.

Every read, lock and removal names a version. So a newer version or a delete marker laid over a locked one changes
nothing that is served.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

CHUNK_BYTES: Final = 1024 * 1024
"""Size of the pieces in which objects are read: one change of threads each."""

MIN_PART_BYTES: Final = 5 * 1024 * 1024
"""Smallest part of an upload but the last. Source: Amazon S3 multipart upload limits."""

MAX_PARTS: Final = 10_000
"""Most parts of an upload. Source: Amazon S3 multipart upload limits."""


@dataclass(frozen=True, slots=True)
class UploadedPart:
    """A part of an upload that the store holds."""

    number: int
    """From 1 to 10,000."""
    etag: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class UnfinishedUpload:
    """An upload in parts that was neither completed nor aborted."""

    key: str
    upload_id: str
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class StatedVersion:
    """One version, as the store describes it."""

    key: str
    version_id: str
    size_bytes: int
    etag: str
    modified_at: datetime
    locked_until: datetime | None
    """Until when compliance mode protects it; None if it is not locked."""


@dataclass(frozen=True, slots=True)
class ListedVersion:
    """One version in a list; the sweep for attempts on locked versions compares these with what was recorded."""

    key: str
    version_id: str
    size_bytes: int
    """0 for a delete marker."""
    is_delete_marker: bool
    is_latest: bool
    modified_at: datetime


class ObjectStoreError(Exception):
    """The store refused or failed; the message names the object and what was wanted of it."""


class ObjectNotFoundError(ObjectStoreError):
    """There is no such object, or no such version of it."""


class UploadNotFoundError(ObjectStoreError):
    """There is no such upload: it was completed or aborted, or never begun. A completed one has left a version."""


class PartsMissingError(ObjectStoreError):
    """An upload cannot be completed, since the store does not hold the parts named."""


class ObjectLockedError(ObjectStoreError):
    """The store refused to remove a version or to shorten its lock."""


class StoreUnavailableError(ObjectStoreError, ConnectionError):
    """The store did not answer; the same call may succeed later."""


class ObjectStore(Protocol):
    """One bucket of an object store.

    Every call may raise `StoreUnavailableError`.
    """

    async def ensure_bucket(self) -> None:
        """Make the bucket, with versions and object lock, unless it is there.

        Raises
        ------
        ObjectStoreError
            If it is there without object lock: what is put into it could not be protected.
        """
        ...

    async def create_multipart(self, key: str, *, content_type: str = "application/octet-stream") -> str:
        """Begin an upload in parts and return its id."""
        ...

    def presign_part(self, key: str, upload_id: str, *, part: int, expires_s: int = 3600) -> str:
        """Return a URL to which anybody may PUT this one part, for so many seconds."""
        ...

    async def list_parts(self, key: str, upload_id: str) -> list[UploadedPart]:
        """Return what has arrived of an upload, in order; an interrupted one goes on from there.

        Raises
        ------
        UploadNotFoundError
            If there is no such upload.
        """
        ...

    async def complete_multipart(self, key: str, upload_id: str, parts: Sequence[UploadedPart]) -> str:
        """Join the parts into a new version and return its id.

        Raises
        ------
        UploadNotFoundError
            If there is no such upload. Some stores answer a repeated completion with the version, others with this.
        PartsMissingError
            If the store does not hold the parts named.
        """
        ...

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        """Forget an upload and its parts; nothing happens if there is none."""
        ...

    async def list_uploads(self) -> list[UnfinishedUpload]:
        """Return uploads that were neither completed nor aborted; a store may tell of only a thousand at once."""
        ...

    async def put(self, key: str, content: bytes, *, content_type: str = "application/octet-stream") -> str:
        """Store a small object and return its version id."""
        ...

    async def put_file(self, key: str, path: Path, *, content_type: str = "application/octet-stream") -> str:
        """Store a file of any size and return its version id; until it is there whole, there is none."""
        ...

    def stream(self, key: str, version_id: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """Read a version in chunks, from a byte on, so many bytes or to its end.

        Raises
        ------
        ObjectNotFoundError
            If there is no such version.
        """
        ...

    async def stat(self, key: str, version_id: str) -> StatedVersion:
        """Describe a version.

        Raises
        ------
        ObjectNotFoundError
            If there is no such version, or it is a delete marker.
        """
        ...

    async def lock_version(self, key: str, version_id: str, *, retain_until: datetime) -> None:
        """Protect a version in compliance mode: until then nobody can remove it or shorten this.

        Raises
        ------
        ObjectLockedError
            If it is locked for longer already.
        ObjectNotFoundError
            If there is no such version.
        """
        ...

    async def delete_version(self, key: str, version_id: str) -> None:
        """Remove a version for good; nothing happens if there is none.

        Raises
        ------
        ObjectLockedError
            If it is locked.
        """
        ...

    async def list_versions(self, prefix: str) -> list[ListedVersion]:
        """Return all versions and delete markers of the objects whose key begins so."""
        ...
