"""Commands of media."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx

from casetrail_embedded.scenarios.adapters.sending import Adapter, posting, sending
from casetrail_embedded.scenarios.samples import Sample
from casetrail_embedded.scenarios.tenant import Desk
from casetrail_embedded.scenarios.vocabulary import commands


async def store_session(desk: Desk, args: dict[str, Any]) -> httpx.Response:
    """Declare one file per segment, send its parts straight to the object store, and say that all is there."""
    media = args.pop("media", None)
    if not commands()["store_session"].arguments["media"].fits(media):
        media = []  # for the service to refuse
    samples = [desk.tenant.samples[one["sample"]] for one in media]
    args["files"] = [
        {
            "sha256": sample.sha256,
            "bytes": len(sample.content),
            "media_type": sample.media_type,
            "started_at": one["start"],
            "ended_at": one["end"],
        }
        for one, sample in zip(media, samples, strict=True)
    ]
    answer = await desk.send("POST", "/v1/media/sessions/{session}/uploads", args)
    if not answer.is_success:
        return answer
    upload = answer.json()
    await _send_parts(upload["files"], samples)
    return await desk.send("POST", "/v1/media/uploads/{upload}/completion", {}, upload=upload["upload"])


async def _send_parts(files: Sequence[Mapping[str, Any]], samples: Sequence[Sample]) -> None:
    async with httpx.AsyncClient(timeout=60) as store:
        for file, sample in zip(files, samples, strict=True):
            for part in file["missing"]:
                piece = sample.content[part["start"] : part["start"] + part["bytes"]]
                (await store.put(part["url"], content=piece)).raise_for_status()


COMMANDS: Final[Mapping[str, Adapter]] = {
    "start_session": posting("/v1/media/sessions"),
    "annotate_session": posting("/v1/media/sessions/{session}/annotations"),
    "interrupt_session": posting("/v1/media/sessions/{session}/interruptions"),
    "resume_session": posting("/v1/media/sessions/{session}/resumption"),
    "end_session": posting("/v1/media/sessions/{session}/end"),
    "report_interruption": posting("/v1/media/sessions/{session}/interruption-reports"),
    "record_storage_exception": posting("/v1/media/sessions/{session}/storage-exceptions"),
    "store_session": store_session,
    "set_custodian": posting("/v1/media/sessions/{session}/custody"),
    "mark_evidence": posting("/v1/media/sessions/{session}/evidence-marks"),
    "create_derivative": posting("/v1/media/sessions/{of}/derivatives"),
    "modify_original": sending("PATCH", "/v1/items/{item}"),
    "delete_original": sending("DELETE", "/v1/items/{item}"),
    "report_device_fault": posting("/v1/media/devices/{device}/faults"),
}
