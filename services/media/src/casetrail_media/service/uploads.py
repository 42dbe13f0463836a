"""Storing a session: declared, received, then verified by a job."""

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError, not_found
from casetrail_common.facts.media import AvReceivedV1, AvUploadDeclaredV1, DeclaredFile, ReceivedFile
from casetrail_common.ids import new_id, stream_name
from casetrail_common.incidents import refused_act
from casetrail_common.ledger.append import NewFact
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_common.people import PERSON
from casetrail_media.commands import DeclareUpload
from casetrail_media.domain.session import Session, Upload
from casetrail_media.projections import REPOSITORY, SESSION, UPLOAD


def declare_upload(session_id: str, wish: DeclareUpload, who: Principal) -> Decide:
    """Begin to store a session; unregistered storage and self-custody are refused and recorded."""
    upload_id = new_id("media")

    async def decide(view: View) -> Plan:
        session = await view.found(SESSION, session_id)
        custodian = await view.get(PERSON, wish.custodian)
        if custodian is None or ("records_custodian" not in custodian.roles and wish.custodian != session.recorder):
            raise not_found(wish.custodian)
        who.require_for("store_session")
        stream = stream_name("session", view.agency, session_id)
        repository = await view.get(REPOSITORY, wish.repository)
        for code, offended in (
            ("unregistered_storage", repository is None or not repository.registered),
            ("self_custody", wish.custodian == session.recorder),
        ):
            if offended:
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


def receive_upload(upload_id: str, files: list[ReceivedFile], who: Principal) -> Decide:
    """Say that an upload is complete: this instant is what storage deadlines look at."""

    async def decide(view: View) -> Plan:
        upload = await receivable(view, upload_id, who)
        if upload.state != "declared":
            raise CasetrailError("transition_not_allowed", {"state": upload.state, "command": "store_session"})
        payload = AvReceivedV1(session=upload.session, upload=upload_id, files=files)
        return Plan([view.new_fact("session", upload.session, payload)], {"upload": upload_id})

    return decide


async def receivable(view: View, upload_id: str, who: Principal) -> Upload:
    """Return an upload that a person may complete, or that was completed before.

    Raises
    ------
    CasetrailError
        `not_found`, `role_not_allowed`, or `transition_not_allowed` if its session cannot be stored now.
    """
    upload = await view.found(UPLOAD, upload_id)
    session = await view.found(SESSION, upload.session)
    who.require_for("store_session")
    if upload.state == "declared":
        _require_storable(session, upload_id)
    return upload


def _require_storable(session: Session, upload_id: str | None) -> None:
    """Insist that the recording has ended and no other upload of it is complete, or was stored."""
    if session.state not in {"ended", "stored"} or session.receiving not in {None, upload_id}:
        raise CasetrailError("transition_not_allowed", {"state": session.state, "command": "store_session"})
