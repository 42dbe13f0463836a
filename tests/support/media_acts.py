"""What people may do with recordings and devices that an ordinary case does not need."""

from casetrail_embedded.demo import cast
from support.noting import NotingClient

FENG, BAI, NIU = cast.FENG.login, cast.BAI.login, cast.NIU.login


async def act_in_media(client: NotingClient, *, device: str, activity: str, stored: str) -> str:
    """Do each of it once; return the id of electronic data that were taken.

    Parameters
    ----------
    stored
        A session whose originals are locked.
    """
    repository = {"kind": "enforcement_system", "name": "电子证据平台", "registered": True}
    place = (await client.post(cast.ADMINISTRATOR, "/v1/media/repositories", repository))["repository"]
    wish = {"kind": "video", "mode": "full", "device": device}
    session = (await client.post(FENG, "/v1/media/sessions", wish))["session"]
    path = f"/v1/media/sessions/{session}"
    gap = {"cause": "low_battery", "description": "电池耗尽"}
    await client.post(FENG, f"{path}/interruptions", {**gap, "final": False})
    await client.post(FENG, f"{path}/resumption", {"device": device, "voice_explanation": True})
    await client.post(FENG, f"{path}/interruptions", {**gap, "final": True})
    report = {"gap": 2, "reported_to": cast.DUAN.person, "content": "无法继续录制"}
    await client.post(FENG, f"{path}/interruption-reports", report)
    await client.post(FENG, f"{path}/storage-exceptions", {"ground": "remote", "reason": "驻地无网络"})
    await client.post(FENG, f"{path}/evidence-marks", {"proves": "现场情况"})
    await client.post(BAI, f"/v1/media/sessions/{stored}/custody", {"custodian": cast.NIU.person})
    copy = await client.post(BAI, f"/v1/media/sessions/{stored}/derivatives", {"description": "遮挡证人面部"})
    times = {"started_at": "2025-08-13T15:00:00+08:00", "ended_at": "2025-08-13T16:00:00+08:00"}
    file = {"sha256": "00" * 32, "bytes": 1024, "media_type": "video/mp4", **times}
    declared = {"repository": place, "custodian": cast.BAI.person, "file": file}
    await client.post(BAI, f"/v1/media/derivatives/{copy['derivative']}/uploads", declared)
    await _keep_device(client, device)
    await _lay_down(client)
    taken = {"activity": activity, "description": "后台流水"}
    data = (await client.post(FENG, "/v1/media/electronic-data", taken))["data"]
    await client.post(FENG, f"/v1/media/electronic-data/{data}/saving", {"repository": place})
    return str(data)


async def _keep_device(client: NotingClient, device: str) -> None:
    path = f"/v1/media/devices/{device}"
    await client.post(FENG, f"{path}/faults", {"fault": "记录仪死机"})
    await client.post(NIU, f"{path}/repairs", {"note": "更换电池", "repaired_by": "维修点"})
    await client.post(NIU, f"{path}/maintenance", {"maintained_on": "2025-08-01"})
    await client.post(NIU, f"{path}/alterations", {"change": "replaced", "note": "换镜头", "is_private": False})


async def _lay_down(client: NotingClient) -> None:
    item = {
        "event": "site_inspection",
        "scope": "penalty",
        "link": "investigation",
        "method": "video",
        "mode": "as_appropriate",
    }
    listed = {"list_id": "AVL-2025-1", "unit": "u1", "valid_from": "2025-01-01", "items": [item]}
    await client.post(cast.ADMINISTRATOR, "/v1/media/item-lists", listed)
    guide = {"unit": "u1", "version": "WG-2025-1", "valid_from": "2025-01-01", "text": "请您配合录像"}
    await client.post(cast.ADMINISTRATOR, "/v1/media/wording-guides", guide)
