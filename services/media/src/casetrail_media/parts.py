"""What only media holds: its bucket, and what works on it."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

from casetrail_common.objects import ObjectStore, S3ObjectStore
from casetrail_common.runtime import Process
from casetrail_media.evidence.lengthening import Lengthener
from casetrail_media.evidence.receiving import Receiving
from casetrail_media.evidence.sweeping import Sweeper
from casetrail_media.evidence.verifying import Verifier

BUCKET: Final = "casetrail-media"


@dataclass(frozen=True)
class MediaParts:
    """Made once per process."""

    objects: ObjectStore
    receiving: Receiving
    verifier: Verifier
    lengthener: Lengthener
    sweeper: Sweeper
    wait_s: float
    """Seconds a completed upload is waited for before the answer is 202."""


def open_parts(process: Process, stack: AsyncExitStack) -> MediaParts:
    """Make what media holds; the bucket itself is made by the worker, or when the first upload needs it."""
    objects = S3ObjectStore(process.settings, bucket=BUCKET)
    stack.callback(objects.close)
    return MediaParts(
        objects,
        Receiving(process.store.pool, objects),
        Verifier(process.store, objects),
        Lengthener(process.store, objects),
        Sweeper(process.store, objects, process.settings.sweep_interval_s),
        process.settings.deferred_wait_s,
    )
