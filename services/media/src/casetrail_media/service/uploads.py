"""Storing a session, or a derivative of one: declared, received, then verified by a job."""

from typing import Final

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.media import AvReceivedV1, AvUploadDeclaredV1, DeclaredFile, ReceivedFile
from casetrail_common.facts.recording import AvDerivativeReceivedV1, AvDerivativeUploadDeclaredV1
from casetrail_common.ids import new_id, stream_name
from casetrail_common.incidents import refused_act
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_common.people import PERSON
from casetrail_media.commands import DeclareCopy, DeclareUpload
from casetrail_media.domain.session import Derivative, Session, Upload
from casetrail_media.projections import DERIVATIVE, REPOSITORY, UPLOAD
from casetrail_media.service.sessions import found_session

STORING: Final = ("case_officer", "records_custodian")
"""Who stores sessions. Source: command vocabulary, `store_session`."""

COPYING: Final = ("records_custodian",)
"""Who makes derivatives and stores them. Source: command vocabulary, `create_derivative`."""


def declare_upload(session_id: str, wish: DeclareUpload, who: Principal) -> Decide:
    """Begin to store a session; unregistered storage and self-custody are refused and recorded."""
    upload_id = new_id("media")

    async def decide(view: View) -> Plan:
        session = await found_session(view, session_id)
        await _require_keeper(view, wish.custodian, session)
        who.require(STORING)
        stream = stream_name("session", view.agency, session_id)
        if code := await _offence(view, wish, session):
            return await refused_act(
                view, code, stream=stream, item=session_id, kind="session", command="store_session"
            )
        _require_storable(session, None)
        if not session.takes_files(len(wish.files)):
            facts = {"files": len(wish.files), "segments": len(session.segments)}
            raise CasetrailError("files_unlike_segments", facts)
        payload = AvUploadDeclaredV1(
            session=session_id,
            upload=upload_id,
            repository=wish.repository,
            custodian=wish.custodian,
            files=[DeclaredFile(**file.model_dump()) for file in wish.files],
        )
        return Plan([NewFact(stream, payload)], {"upload": upload_id})

    return decide


def declare_copy(derivative_id: str, wish: DeclareCopy, who: Principal) -> Decide:
    """Begin to store the file of a derivative, where and with whom originals may be stored."""
    upload_id = new_id("media")

    async def decide(view: View) -> Plan:
        derivative = await found_derivative(view, derivative_id)
        session = await found_session(view, derivative.of)
        await _require_keeper(view, wish.custodian, session)
        who.require(COPYING)
        stream = stream_name("session", view.agency, derivative.of)
        if code := await _offence(view, wish, session):
            return await refused_act(
                view, code, stream=stream, item=derivative_id, kind="derivative", command="store_derivative"
            )
        _require_open(derivative, None)
        payload = AvDerivativeUploadDeclaredV1(
            derivative=derivative_id,
            of=derivative.of,
            upload=upload_id,
            repository=wish.repository,
            custodian=wish.custodian,
            file=DeclaredFile(**wish.file.model_dump()),
        )
        return Plan([NewFact(stream, payload)], {"upload": upload_id})

    return decide


def receive_upload(upload_id: str, files: list[ReceivedFile], who: Principal) -> Decide:
    """Say that an upload is complete: this instant is what storage deadlines look at."""

    async def decide(view: View) -> Plan:
        upload = await receivable(view, upload_id, who)
        if upload.state != "declared":
            raise CasetrailError("transition_not_allowed", {"state": upload.state, "command": "store_session"})
        payload: AvReceivedV1 | AvDerivativeReceivedV1
        if upload.derivative is None:
            payload = AvReceivedV1(session=upload.session, upload=upload_id, files=files)
        else:
            payload = AvDerivativeReceivedV1(derivative=upload.derivative, upload=upload_id, file=files[0])
        return Plan([NewFact(stream_name("session", view.agency, upload.session), payload)], {"upload": upload_id})

    return decide


async def receivable(view: View, upload_id: str, who: Principal) -> Upload:
    """Return an upload that a person may complete, or that was completed before.

    Raises
    ------
    CasetrailError
        `not_found`, `role_not_allowed`, or `transition_not_allowed` if what it belongs to cannot be stored now.
    """
    upload = await found_upload(view, upload_id)
    who.require(who_sends(upload))
    if upload.state != "declared":
        return upload
    if upload.derivative is None:
        _require_storable(await found_session(view, upload.session), upload_id)
    else:
        _require_open(await found_derivative(view, upload.derivative), upload_id)
    return upload


def who_sends(upload: Upload) -> tuple[str, ...]:
    """Return the roles that may send and complete an upload."""
    return STORING if upload.derivative is None else COPYING


async def found_upload(view: View, upload_id: str) -> Upload:
    """Return an upload.

    Raises
    ------
    CasetrailError
        `not_found`.
    """
    upload = await view.get(UPLOAD, upload_id)
    if upload is None:
        raise CasetrailError("not_found", {"id": upload_id})
    return upload


async def found_derivative(view: View, derivative_id: str) -> Derivative:
    """Return a derivative.

    Raises
    ------
    CasetrailError
        `not_found`.
    """
    derivative = await view.get(DERIVATIVE, derivative_id)
    if derivative is None:
        raise CasetrailError("not_found", {"id": derivative_id})
    return derivative


async def _require_keeper(view: View, custodian: str, session: Session) -> None:
    """Insist that somebody keeps recordings; of the recorder, who must not, more is said later."""
    person = await view.get(PERSON, custodian)
    if person is None or ("records_custodian" not in person.roles and custodian != session.recorder):
        raise CasetrailError("not_found", {"id": custodian})


async def _offence(view: View, wish: DeclareUpload | DeclareCopy, session: Session) -> str | None:
    """Return the code of what is forbidden about a place or a keeper, if anything is."""
    repository = await view.get(REPOSITORY, wish.repository)
    if repository is None or not repository.registered:
        return "unregistered_storage"
    return "self_custody" if wish.custodian == session.recorder else None


def _require_open(derivative: Derivative, upload_id: str | None) -> None:
    """Insist that no other upload of a derivative is complete, or was stored."""
    if derivative.receiving not in {None, upload_id}:
        raise CasetrailError("transition_not_allowed", {"state": "received", "command": "store_derivative"})


def _require_storable(session: Session, upload_id: str | None) -> None:
    """Insist that the recording has ended and no other upload of it is complete, or was stored."""
    if session.state not in {"ended", "stored"} or session.receiving not in {None, upload_id}:
        raise CasetrailError("transition_not_allowed", {"state": session.state, "command": "store_session"})
