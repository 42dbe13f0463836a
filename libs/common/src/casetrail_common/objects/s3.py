"""Any S3 with object lock, through the MinIO SDK.

The SDK blocks, so its calls run in a bounded number of threads. Creating and completing an upload in parts are private
calls of it, since its public ones want the bytes to pass through here; they stay in this file.
"""

# ruff: noqa: SLF001  the private calls of the SDK, see above
import asyncio
import contextvars
import functools
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE
from minio.datatypes import Part
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from minio.retention import Retention

from casetrail_common.objects.store import (
    CHUNK_BYTES,
    ListedVersion,
    ObjectLockedError,
    ObjectNotFoundError,
    ObjectStoreError,
    PartsMissingError,
    StatedVersion,
    StoreUnavailableError,
    UnfinishedUpload,
    UploadedPart,
    UploadNotFoundError,
)
from casetrail_common.settings import Settings

CONNECT_TIMEOUT_S: Final = 3
READ_TIMEOUT_S: Final = 60
"""Seconds without a byte; completing an upload of many parts is the slowest answer."""

RETRIES: Final = urllib3.Retry(total=2, backoff_factor=0.2, status_forcelist=(502, 503, 504))
"""Short: callers retry by themselves, and a command must not hang while the store is down."""

_ERRORS: Final[dict[str, type[ObjectStoreError]]] = {
    "NoSuchKey": ObjectNotFoundError,
    "NoSuchVersion": ObjectNotFoundError,
    "MethodNotAllowed": ObjectNotFoundError,
    "NoSuchUpload": UploadNotFoundError,
    "InvalidPart": PartsMissingError,
    "InvalidPartOrder": PartsMissingError,
    "EntityTooSmall": PartsMissingError,
    "InternalError": StoreUnavailableError,
    "ServiceUnavailable": StoreUnavailableError,
    "SlowDown": StoreUnavailableError,
    "RequestTimeout": StoreUnavailableError,
}
"""What the store's answers mean. A delete marker read by its version id answers MethodNotAllowed.

Source: Amazon S3 API reference, error responses.
"""

_Headers = dict[str, str | list[str] | tuple[str]]
P = ParamSpec("P")
T = TypeVar("T")


class S3ObjectStore:
    """One bucket of an S3 store."""

    def __init__(self, settings: Settings, *, bucket: str) -> None:
        self._bucket = bucket
        self._client = _client(settings, settings.s3_endpoint)
        self._public_client = _client(settings, settings.s3_public_endpoint or settings.s3_endpoint)
        self._threads = ThreadPoolExecutor(settings.s3_threads, thread_name_prefix=f"s3-{bucket}")

    def close(self) -> None:
        """Let go of the threads; calls at work end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def ensure_bucket(self) -> None:
        """Make the bucket, with versions and object lock, unless it is there."""
        try:
            await self._call("making the bucket", "", self._client.make_bucket, self._bucket, object_lock=True)
        except ObjectStoreError as error:
            if "BucketAlready" not in str(error):
                raise
        await self._call("reading the lock of the bucket", "", self._client.get_object_lock_config, self._bucket)

    async def create_multipart(self, key: str, *, content_type: str = "application/octet-stream") -> str:
        """Begin an upload in parts and return its id."""
        headers: _Headers = {"Content-Type": content_type}
        create = self._client._create_multipart_upload
        return str(await self._call("beginning an upload of", key, create, self._bucket, key, headers))

    def presign_part(self, key: str, upload_id: str, *, part: int, expires_s: int = 3600) -> str:
        """Return a URL to which anybody may PUT this one part; computed here, without asking the store."""
        return self._public_client.get_presigned_url(
            "PUT",
            self._bucket,
            key,
            expires=timedelta(seconds=expires_s),
            extra_query_params={"partNumber": str(part), "uploadId": upload_id},
        )

    async def list_parts(self, key: str, upload_id: str) -> list[UploadedPart]:
        """Return what has arrived of an upload, in order."""
        found: list[UploadedPart] = []
        marker: str | None = None
        while True:
            page = await self._call(
                "listing parts of",
                key,
                self._client._list_parts,
                self._bucket,
                key,
                upload_id,
                part_number_marker=marker,
            )
            found += [UploadedPart(part.part_number, part.etag or "", part.size or 0) for part in page.parts]
            if not page.is_truncated:
                return sorted(found, key=lambda part: part.number)
            marker = str(page.next_part_number_marker)

    async def complete_multipart(self, key: str, upload_id: str, parts: Sequence[UploadedPart]) -> str:
        """Join the parts into a new version and return its id."""
        named = [Part(part.number, part.etag) for part in parts]
        complete = self._client._complete_multipart_upload
        done = await self._call("completing the upload of", key, complete, self._bucket, key, upload_id, named)
        return self._version_id(key, done.version_id)

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        """Forget an upload and its parts; nothing happens if there is none."""
        abort = self._client._abort_multipart_upload
        try:
            await self._call("aborting the upload of", key, abort, self._bucket, key, upload_id)
        except UploadNotFoundError:
            return

    async def list_uploads(self) -> list[UnfinishedUpload]:
        """Return uploads that were neither completed nor aborted, at most a thousand: not every store can page them."""
        found = await self._call("listing uploads in", "", self._client._list_multipart_uploads, self._bucket)
        return [
            UnfinishedUpload(each.object_name, each.upload_id or "", _instant(each.initiated_time))
            for each in found.uploads
        ]

    async def put(self, key: str, content: bytes, *, content_type: str = "application/octet-stream") -> str:
        """Store a small object and return its version id."""
        headers: _Headers = {"Content-Type": content_type}
        done = await self._call("storing", key, self._client._put_object, self._bucket, key, content, headers)
        return self._version_id(key, done.version_id)

    async def put_file(self, key: str, path: Path, *, content_type: str = "application/octet-stream") -> str:
        """Store a file of any size and return its version id; a large one goes in parts, one at a time."""
        store = self._client.fput_object
        name = str(path)
        done = await self._call("storing", key, store, self._bucket, key, name, content_type, num_parallel_uploads=1)
        return self._version_id(key, done.version_id)

    async def stream(
        self, key: str, version_id: str, *, start: int = 0, length: int | None = None
    ) -> AsyncIterator[bytes]:
        """Read a version in chunks, from a byte on, so many bytes or to its end."""
        if length == 0:
            return
        response = await self._call(
            "reading",
            key,
            self._client.get_object,
            self._bucket,
            key,
            offset=start,
            length=length or 0,
            version_id=version_id,
        )
        try:
            while chunk := await self._call("reading", key, response.read, CHUNK_BYTES):
                yield chunk
        finally:
            # If it was not read to the end, the connection is of no more use.
            response.close()
            response.release_conn()

    async def stat(self, key: str, version_id: str) -> StatedVersion:
        """Describe a version."""
        found = await self._call("describing", key, self._client.stat_object, self._bucket, key, version_id=version_id)
        metadata = found.metadata or {}
        until = metadata.get("x-amz-object-lock-retain-until-date")
        return StatedVersion(
            key=key,
            version_id=version_id,
            size_bytes=found.size or 0,
            etag=found.etag or "",
            modified_at=_instant(found.last_modified),
            locked_until=_instant(datetime.fromisoformat(until)) if until else None,
        )

    async def lock_version(self, key: str, version_id: str, *, retain_until: datetime) -> None:
        """Protect a version in compliance mode until an instant, rounded up to a second."""
        until = _whole_second(retain_until)
        try:
            await self._call(
                "locking",
                key,
                self._client.set_object_retention,
                self._bucket,
                key,
                Retention(COMPLIANCE, until),
                version_id,
            )
        except ObjectStoreError as error:
            raise _locked(error) from error

    async def delete_version(self, key: str, version_id: str) -> None:
        """Remove a version for good; nothing happens if there is none."""
        try:
            await self._call("removing", key, self._client.remove_object, self._bucket, key, version_id)
        except ObjectNotFoundError:
            return
        except ObjectStoreError as error:
            raise _locked(error) from error

    async def list_versions(self, prefix: str) -> list[ListedVersion]:
        """Return all versions and delete markers of the objects whose key begins so."""
        found = await self._call("listing versions under", prefix, self._listed, prefix)
        return [
            ListedVersion(
                key=each.object_name or "",
                version_id=each.version_id or "",
                size_bytes=each.size or 0,
                is_delete_marker=each.is_delete_marker,
                is_latest=str(each.is_latest).lower() == "true",
                modified_at=_instant(each.last_modified),
            )
            for each in found
        ]

    def _listed(self, prefix: str) -> list[Any]:
        """Read all pages in one thread; the SDK asks for the next one while it is iterated."""
        return list(self._client.list_objects(self._bucket, prefix=prefix, recursive=True, include_version=True))

    def _version_id(self, key: str, version_id: str | None) -> str:
        if not version_id:
            raise ObjectStoreError(f"bucket {self._bucket} keeps no versions, so {key} cannot be protected")
        return version_id

    async def _call(self, doing: str, key: str, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a blocking call in a thread, inside the present trace, and translate how it fails."""
        bound = functools.partial(contextvars.copy_context().run, call, *args, **kwargs)
        with _translated(f"{doing} {self._bucket}/{key}"):
            return await asyncio.get_running_loop().run_in_executor(self._threads, bound)


def _client(settings: Settings, endpoint: str) -> Minio:
    url = urlsplit(endpoint)
    return Minio(
        url.netloc,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        secure=url.scheme == "https",
        region=settings.s3_region,
        http_client=urllib3.PoolManager(
            maxsize=settings.s3_threads,
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=READ_TIMEOUT_S),
            retries=RETRIES,
        ),
    )


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except S3Error as error:
        raise _ERRORS.get(error.code or "", ObjectStoreError)(f"{what}: {error.code}") from error
    except (ServerError, InvalidResponseError, urllib3.exceptions.HTTPError) as error:
        raise StoreUnavailableError(f"{what}: {type(error).__name__}") from error
    except MinioException as error:
        raise ObjectStoreError(f"{what}: {type(error).__name__}") from error


def _locked(error: ObjectStoreError) -> ObjectStoreError:
    """Compliance mode answers AccessDenied; missing rights do too, and come to the same here."""
    return ObjectLockedError(str(error)) if str(error).endswith(": AccessDenied") else error


def _instant(found: datetime | None) -> datetime:
    if found is None:
        raise ObjectStoreError("the store did not say when a version was stored")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _whole_second(instant: datetime) -> datetime:
    """Stores keep whole seconds: rounding down would lock for less than was asked."""
    return instant if instant.microsecond == 0 else instant.replace(microsecond=0) + timedelta(seconds=1)
