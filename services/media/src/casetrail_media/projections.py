"""What media keeps folded: its own objects, and what it needs of the other services' facts."""

from collections.abc import Iterable
from typing import Any, Final

from casetrail_common.access import FILED_IN, REQUESTS
from casetrail_common.facts.archive import RetentionTableSetV1
from casetrail_common.facts.intake import ActivityStartedV1
from casetrail_common.facts.media import (
    AvReceivedV1,
    AvRejectedV1,
    AvSessionStartedV1,
    AvStoredV1,
    AvUploadDeclaredV1,
    SessionLinkedV1,
)
from casetrail_common.ids import stream_name
from casetrail_common.law import LAW, PACK
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.fact import Fact
from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.view import Consequences, Job, View
from casetrail_common.people import PERSON
from casetrail_common.sealing import seal_streams
from casetrail_media.domain.registers import (
    Device,
    KnownActivity,
    KnownCase,
    Repository,
    Retention,
    evolve_activity,
    evolve_case,
    evolve_device,
    evolve_repository,
    evolve_retention,
)
from casetrail_media.domain.session import Session, Upload, evolve_session, evolve_upload

OWN: Final = frozenset({"media"})
INTAKE: Final = frozenset({"intake"})

VERIFY: Final = "verify"
"""Job: read what arrived, compare it with what was declared, lock it or remove it. Key: upload id."""


def _item_of(kind: str) -> Any:
    def keys(fact: Fact) -> Iterable[str]:
        return (fact.stream_item,) if fact.stream_kind == kind else ()

    return keys


def _upload_id(fact: Fact) -> Iterable[str]:
    match fact.payload:
        case AvUploadDeclaredV1(upload=upload) | AvReceivedV1(upload=upload):
            return (upload,)
        case AvStoredV1(upload=upload) | AvRejectedV1(upload=upload):
            return (upload,)
    return ()


def _activity_id(fact: Fact) -> Iterable[str]:
    return (fact.payload.activity,) if isinstance(fact.payload, ActivityStartedV1) else ()


def _agency_id(fact: Fact) -> Iterable[str]:
    return (fact.agency,) if isinstance(fact.payload, RetentionTableSetV1) else ()


DEVICE: Final = Fold("device", Device, _item_of("device"), evolve_device, OWN)
REPOSITORY: Final = Fold("repository", Repository, _item_of("repository"), evolve_repository, OWN)
SESSION: Final = Fold("session", Session, _item_of("session"), evolve_session, OWN)
UPLOAD: Final = Fold("upload", Upload, _upload_id, evolve_upload, OWN)
CASE: Final = Fold("case", KnownCase, _item_of("case"), evolve_case, INTAKE)
ACTIVITY: Final = Fold("activity", KnownActivity, _activity_id, evolve_activity, INTAKE)
RETENTION: Final = Fold("retention", Retention, _agency_id, evolve_retention, frozenset({"archive"}))

FOLDS: Final[tuple[Fold[Any], ...]] = (
    DEVICE,
    REPOSITORY,
    SESSION,
    UPLOAD,
    CASE,
    ACTIVITY,
    RETENTION,
    FILED_IN,
    REQUESTS,
    PERSON,
    LAW,
    PACK,
)


async def react(fact: Fact, view: View) -> Consequences:
    """Link sessions to their case, verify what has arrived, and end volume 1 where a dossier is filed."""
    received = fact.payload
    jobs = (Job(VERIFY, received.upload),) if isinstance(received, AvReceivedV1) else ()
    return Consequences((*link_to_case(fact), *await seal_streams(fact, view)), jobs)


def link_to_case(fact: Fact) -> tuple[NewFact, ...]:
    """Return the fact that links a session to its case, naming the session's stream as it stood when it began."""
    started = fact.payload
    if not isinstance(started, AvSessionStartedV1) or started.case is None:
        return ()
    link = SessionLinkedV1(session=started.session, stream=fact.stream, position=fact.stream_seq, hash=fact.hash.hex())
    return (NewFact(stream_name("case", fact.agency, started.case), link),)
