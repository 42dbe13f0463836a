"""What the object store's configuration is relied on for."""

import io
import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection

import pytest
import urllib3
from joserfc import jwt
from joserfc.jwk import OctKey
from minio import Minio
from minio.commonconfig import COMPLIANCE, GOVERNANCE
from minio.deleteobjects import DeleteObject
from minio.error import S3Error
from minio.retention import Retention
from minio.versioningconfig import SUSPENDED, VersioningConfig

from casetrail_embedded.stack.addresses import StackAddresses
from casetrail_embedded.stack.paths import DataDir
from casetrail_embedded.stack.ports import LOOPBACK
from casetrail_embedded.stack.seaweed import WHOLE_FILE_SYNC
from casetrail_embedded.stack.secrets import load_or_create
from support.traces import store_of

UNTIL = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
PART = b"0123456789abcdef" * (5 * 1024 * 1024 // 16)


@pytest.fixture
def store(stack: StackAddresses) -> Minio:
    """Return a client of the store."""
    return store_of(stack)


@pytest.fixture
def bucket(store: Minio) -> str:
    """Return a bucket with object lock."""
    name = f"b-{uuid.uuid4().hex}"
    store.make_bucket(name, object_lock=True)
    return name


@pytest.fixture
def locked(store: Minio, bucket: str) -> str:
    """Return the version of an object that is locked in compliance mode."""
    version = store.put_object(bucket, "recording", io.BytesIO(b"original"), 8).version_id
    assert version is not None
    store.set_object_retention(bucket, "recording", Retention(COMPLIANCE, UNTIL), version_id=version)
    return version


def test_a_locked_version_can_be_neither_removed_nor_unlocked(store: Minio, bucket: str, locked: str) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: store.remove_object(bucket, "recording", version_id=locked),
        lambda: store.set_object_retention(
            bucket, "recording", Retention(COMPLIANCE, UNTIL - timedelta(days=1)), version_id=locked
        ),
        lambda: store.set_object_retention(bucket, "recording", Retention(GOVERNANCE, UNTIL), version_id=locked),
        lambda: store.set_bucket_versioning(bucket, VersioningConfig(SUSPENDED)),
        lambda: store.remove_bucket(bucket),
    ]
    for attempt in attempts:
        with pytest.raises(S3Error):
            attempt()
    doomed = [DeleteObject("recording", locked)]
    assert [error.code for error in store.remove_objects(bucket, doomed, bypass_governance_mode=True)] == [
        "AccessDenied"
    ]
    assert store.get_object(bucket, "recording", version_id=locked).read() == b"original"


def test_a_lock_may_be_prolonged(store: Minio, bucket: str, locked: str) -> None:
    later = UNTIL + timedelta(days=1)
    store.set_object_retention(bucket, "recording", Retention(COMPLIANCE, later), version_id=locked)
    retention = store.get_object_retention(bucket, "recording", version_id=locked)
    assert retention is not None
    assert retention.retain_until_date == later


def test_what_is_laid_over_a_locked_version_leaves_it_readable(store: Minio, bucket: str, locked: str) -> None:
    store.put_object(bucket, "recording", io.BytesIO(b"forgery"), 7)
    store.remove_object(bucket, "recording")
    versions = list(store.list_objects(bucket, "recording", include_version=True))
    assert [version.is_delete_marker for version in versions].count(True) == 1
    assert len(versions) == 3
    assert store.get_object(bucket, "recording", version_id=locked).read() == b"original"


def test_parts_go_to_presigned_urls(store: Minio, bucket: str, stack: StackAddresses) -> None:
    upload = store._create_multipart_upload(bucket, "film", {"Content-Type": "video/mp4"})
    http = urllib3.PoolManager()
    url = store.get_presigned_url(
        "PUT", bucket, "film", expires=timedelta(minutes=5), extra_query_params={"uploadId": upload, "partNumber": "1"}
    )
    assert http.request("PUT", url.replace("Signature=", "Signature=0"), body=PART).status == 403
    assert http.request("PUT", url, body=PART).status == 200
    assert [part.size for part in store._list_parts(bucket, "film", upload).parts] == [len(PART)]
    assert http.request("GET", f"{stack.s3_endpoint}/{bucket}/film").status == 403


def test_only_accounts_of_ours_may_do_anything(store: Minio, bucket: str, stack: StackAddresses) -> None:
    anonymous = urllib3.PoolManager()
    for method, path in (("GET", ""), ("GET", f"{bucket}/"), ("PUT", f"{bucket}/x"), ("DELETE", bucket)):
        assert anonymous.request(method, f"{stack.s3_endpoint}/{path}", body=b"").status in (403, 405)


def test_no_bucket_appears_that_nobody_made(store: Minio) -> None:
    with pytest.raises(S3Error, match="NoSuchBucket"):
        store.put_object(f"b-{uuid.uuid4().hex}", "x", io.BytesIO(b"x"), 1)


def test_objects_are_written_through_and_the_filer_obeys_only_us(stack: StackAddresses) -> None:
    configuration = "/etc/seaweedfs/filer.conf"
    assert filer(stack, "PUT", configuration, {})[0] == 401
    key = load_or_create(DataDir(stack.data_dir).secrets)["seaweed_filer_signing"]
    token = jwt.encode({"alg": "HS256"}, {"exp": int(time.time()) + 60}, OctKey.import_key(key))
    status, body = filer(stack, "GET", configuration, {"Authorization": f"Bearer {token}"})
    assert status == 200
    assert json.loads(body) == WHOLE_FILE_SYNC


def filer(stack: StackAddresses, method: str, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """Ask the store's inner server for something."""
    connection = HTTPConnection(LOOPBACK, stack.ports["seaweed_filer"])
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read()
