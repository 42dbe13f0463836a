"""The file of a derivative goes the way of an original, and can be lent where the original is not."""

from typing import Any

from support.filming import Filming, put_parts
from support.refusals import refused

REDACTED = b"as the original, without the face of a witness"


async def derived(desk: Filming, video: bytes) -> tuple[str, str]:
    """Return a stored session and a derivative of it that has no file yet."""
    session = await desk.stored(video)
    made = await desk.accepted(desk.bai, f"/v1/media/sessions/{session}/derivatives", {"description": "遮挡证人面部"})
    return session, made["derivative"]


def wish(desk: Filming, **more: Any) -> dict[str, Any]:
    """Return what is said of the file before it is sent."""
    told = desk.declaration(REDACTED)
    return {"repository": told["repository"], "custodian": told["custodian"], "file": told["files"][0], **more}


async def send(desk: Filming, derivative: str, content: bytes) -> Any:
    """Declare the redacted file and send some bytes for it; return the answer to its completion."""
    upload = await desk.accepted(desk.bai, f"/v1/media/derivatives/{derivative}/uploads", wish(desk))
    await put_parts(upload["files"][0], content)
    async with desk.jobs():
        return await desk.send(desk.bai, "POST", f"/v1/media/uploads/{upload['upload']}/completion")


async def test_a_redacted_copy_is_verified_locked_and_lent_where_its_original_is_not(
    desk: Filming, video: bytes
) -> None:
    session, derivative = await derived(desk, video)
    path, wu = f"/v1/media/derivatives/{derivative}/content", desk.who("wu", "case_officer", unit="u9")
    refused(await desk.send(desk.feng, "GET", path), 404, "not_found")
    assert (await send(desk, derivative, REDACTED)).status_code == 201
    refused(await desk.send(wu, "GET", path), 403, "access_not_approved")
    await desk.grant_wu(derivative)
    lent = await desk.send(wu, "GET", path)
    assert (lent.status_code, lent.content, lent.headers["content-type"]) == (200, REDACTED, "video/mp4")
    refused(await desk.send(wu, "GET", f"/v1/media/sessions/{session}/files/1/content"), 403, "access_not_approved")
    shown = (await desk.send(desk.feng, "GET", f"/v1/items/{derivative}")).json()["file"]
    stored = (await desk.facts(session))[-5].fields["file"]
    assert (shown["bytes"], shown["notes"]) == (len(REDACTED), ["not_decodable"])
    assert (await desk.objects.stat(stored["object"], stored["version_id"])).locked_until is not None


async def test_bytes_that_were_not_declared_are_removed_and_the_copy_can_be_sent_again(
    desk: Filming, video: bytes
) -> None:
    session, derivative = await derived(desk, video)
    refused(await send(desk, derivative, REDACTED[::-1]), 409, "upload_rejected")
    (original,) = await desk.objects.list_versions(f"{desk.agency}/")
    assert original.version_id == (await desk.facts(session))[4].fields["files"][0]["version_id"]
    assert (await send(desk, derivative, REDACTED)).status_code == 201
    again = await desk.send(desk.bai, "POST", f"/v1/media/derivatives/{derivative}/uploads", wish(desk))
    refused(again, 409, "transition_not_allowed")
    assert [kind for kind in await desk.types(session) if "derivative" in kind] == [
        "av.derivative_created",
        *("av.derivative_upload_declared", "av.derivative_received", "av.derivative_rejected"),
        *("av.derivative_upload_declared", "av.derivative_received", "av.derivative_stored"),
    ]


async def test_copies_may_be_kept_where_and_by_whom_originals_may(desk: Filming, video: bytes) -> None:
    session, derivative = await derived(desk, video)
    path = f"/v1/media/derivatives/{derivative}/uploads"
    for offence, code in (
        ({"repository": desk.ids["unregistered"]}, "unregistered_storage"),
        ({"custodian": "feng"}, "self_custody"),
    ):
        refused(await desk.send(desk.bai, "POST", path, wish(desk, **offence)), 403, code)
        assert (await desk.last(session))["item"] == derivative
    refused(await desk.send(desk.feng, "POST", path, wish(desk)), 403, "role_not_allowed")


async def test_what_is_laid_over_a_copy_is_found(desk: Filming, video: bytes) -> None:
    session, derivative = await derived(desk, video)
    await send(desk, derivative, REDACTED)
    await desk.objects.put((await desk.last(session))["file"]["object"], b"forged")
    assert [await desk.sweeper.sweep() for _ in range(2)] == [1, 0]
    assert ((await desk.last(session))["item"], (await desk.last(session))["code"]) == (derivative, "original_overlaid")
