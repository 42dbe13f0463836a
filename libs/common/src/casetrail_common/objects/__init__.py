"""Object storage behind one small interface: versions that, once locked, nobody can change or remove."""

from casetrail_common.objects.s3 import S3ObjectStore
from casetrail_common.objects.store import (
    ListedVersion,
    ObjectLockedError,
    ObjectNotFoundError,
    ObjectStore,
    ObjectStoreError,
    PartsMissingError,
    StatedVersion,
    StoreUnavailableError,
    UnfinishedUpload,
    UploadedPart,
    UploadNotFoundError,
)

__all__ = [
    "ListedVersion",
    "ObjectLockedError",
    "ObjectNotFoundError",
    "ObjectStore",
    "ObjectStoreError",
    "PartsMissingError",
    "S3ObjectStore",
    "StatedVersion",
    "StoreUnavailableError",
    "UnfinishedUpload",
    "UploadNotFoundError",
    "UploadedPart",
]
