"""What facts of media do to a case file."""

from casetrail_common.facts import media, recording
from casetrail_common.rules.draft import Draft
from casetrail_common.rules.happenings.telling import Happening, tell


@tell.register
def _(payload: media.AvSessionStartedV1, draft: Draft, told: Happening) -> None:
    draft.bear(
        "session",
        payload.session,
        told.at,
        kind=payload.kind,
        mode=payload.mode,
        recorder=payload.recorder,
        of_case=payload.case,
        upload_required=payload.upload_required,
        key_steps=payload.key_steps,
        started_at=told.at,
    )
    draft.link(payload.session, *payload.activities)
    _use(payload.session, payload.device, draft, told)


@tell.register
def _(payload: recording.AvSessionInterruptedV1, draft: Draft, told: Happening) -> None:
    gap = f"{payload.session}/gap/{payload.gap}"
    draft.bear("gap", gap, told.at, cause=payload.cause, final=payload.final)
    draft.link(gap, payload.session)
    # Whichever device was in use failed; its repair is judged on the device.
    uses = sorted(draft.linked_to(payload.session, "device_use"), key=lambda use: (draft.things[use].at, use))
    draft.link(gap, *(str(draft.things[use].held["device"].value) for use in uses[-1:]))
    if payload.final:
        draft.set("session", payload.session, told.at, completed_at=told.at)


@tell.register
def _(payload: recording.AvSessionResumedV1, draft: Draft, told: Happening) -> None:
    gap = f"{payload.session}/gap/{payload.gap}"
    draft.set("gap", gap, told.at, resumed_at=told.at, explained=payload.voice_explanation)
    _use(payload.session, payload.device, draft, told)


@tell.register
def _(payload: recording.AvInterruptionReportedV1, draft: Draft, told: Happening) -> None:
    draft.set_once("gap", f"{payload.session}/gap/{payload.gap}", told.at, reported_at=told.at)


@tell.register
def _(payload: recording.AvExceptionRecordedV1, draft: Draft, told: Happening) -> None:
    exception = f"{payload.session}/exception/{told.ref}"
    draft.bear("storage_exception", exception, told.at, ground=payload.ground)
    draft.link(exception, payload.session)


@tell.register
def _(payload: recording.AvCustodyChangedV1, draft: Draft, told: Happening) -> None:
    draft.set("session", payload.session, told.at, custodian=payload.custodian)


@tell.register
def _(payload: recording.AvMarkedEvidenceV1, draft: Draft, told: Happening) -> None:
    draft.bear_once("evidence_mark", f"{payload.session}/evidence", told.at)
    draft.link(f"{payload.session}/evidence", payload.session)


@tell.register
def _(payload: recording.AvDerivativeCreatedV1, draft: Draft, told: Happening) -> None:
    draft.bear("derivative", payload.derivative, told.at)
    draft.link(payload.derivative, payload.of)


@tell.register
def _(payload: media.AvNoticeGivenV1, draft: Draft, told: Happening) -> None:
    notice = f"{payload.session}/notice"
    draft.bear_once("notice", notice, told.at)
    draft.link(notice, payload.session)


@tell.register
def _(payload: media.AvAnnotatedV1, draft: Draft, told: Happening) -> None:
    marked = {"voice": payload.voice, "tag": payload.tags, "not_present": payload.not_present}
    for kind, codes in marked.items():
        for code in codes:
            # What is shown twice is there twice: the door, on arrival and on leaving.
            annotation = f"{payload.session}/{kind}/{code}/{told.ref}"
            draft.bear(kind, annotation, told.at, code=code)
            draft.link(annotation, payload.session)


@tell.register
def _(payload: media.AvSessionEndedV1, draft: Draft, told: Happening) -> None:
    completed = told.at
    for gap in draft.linked_to(payload.session, "gap"):
        if not draft.knows(
            gap, "resumed_at"
        ):  # It was never gone on with, so the last segment ended where it broke off.
            draft.set("gap", gap, told.at, final=True)
            completed = draft.things[gap].at or completed
    draft.set("session", payload.session, told.at, completed_at=completed)


@tell.register
def _(payload: media.AvStoredV1, draft: Draft, told: Happening) -> None:
    # Storage deadlines look at the instant at which the upload was complete, not at the later one of verification.
    received = payload.received_at
    draft.set("session", payload.session, received, stored_at=received)
    draft.set("session", payload.session, told.at, custodian=payload.custodian, repository=payload.repository)


@tell.register
def _(payload: recording.ElectronicDataCollectedV1, draft: Draft, told: Happening) -> None:
    draft.bear("electronic_data", payload.data, told.at)
    draft.link(payload.data, payload.activity)


@tell.register
def _(payload: recording.ElectronicDataSavedV1, draft: Draft, told: Happening) -> None:
    draft.set("electronic_data", payload.data, told.at, saved_at=told.at)


@tell.register
def _(payload: media.DeviceRegisteredV1, draft: Draft, told: Happening) -> None:
    draft.bear(
        "device",
        payload.device,
        told.at,
        type=payload.device_type,
        responsible_unit=payload.responsible_unit,
        custodian=payload.custodian,
        registered_on=payload.registered_on,
        last_maintained_on=payload.last_maintained_on,
    )


@tell.register
def _(payload: recording.DeviceMaintainedV1, draft: Draft, told: Happening) -> None:
    draft.set("device", payload.device, told.at, last_maintained_on=payload.maintained_on)


@tell.register
def _(payload: recording.DeviceRepairedV1, draft: Draft, told: Happening) -> None:
    repair = f"{payload.device}/repair/{told.ref}"
    draft.bear("repair", repair, told.at)
    draft.link(repair, payload.device)


@tell.register
def _(payload: recording.DeviceAlteredV1, draft: Draft, told: Happening) -> None:
    alteration = f"{payload.device}/alteration/{told.ref}"
    draft.bear("alteration", alteration, told.at, private=payload.is_private)
    draft.link(alteration, payload.device)


@tell.register
def _(payload: recording.AvItemListPublishedV1, draft: Draft, told: Happening) -> None:
    published = f"av_item_list/{payload.list_id}/{payload.unit}"
    draft.bear("av_item_list", published, told.at)
    draft.link(published, f"unit/{payload.unit}")
    for item in payload.items:
        listed = f"{published}/{item.event}/{item.scope}"
        draft.bear("listed_item", listed, told.at, event=item.event, scope=item.scope, mode=item.mode)
        for code in item.extra_content_tags:
            content = f"{published}/{item.event}/{item.scope}/{code}"
            draft.bear("extra_content", content, told.at, event=item.event, scope=item.scope, code=code)


@tell.register
def _(payload: recording.WordingGuidePublishedV1, draft: Draft, told: Happening) -> None:
    guide = f"wording_guide/{payload.unit}"
    draft.bear("wording_guide", guide, told.at)
    draft.link(guide, f"unit/{payload.unit}")


def _use(session: str, device: str, draft: Draft, told: Happening) -> None:
    use = f"{session}/use/{told.ref}"
    draft.bear("device_use", use, told.at, device=device)
    draft.link(use, session, device)
    draft.link(session, device)
