"""How records are asked for and taken out, which an ordinary case does not need."""

from casetrail_embedded.demo import cast
from support.noting import NotingClient


async def ask_and_take_out(client: NotingClient, *, record: str) -> str:
    """Let the party ask for a copy, the head consent and the custodian hand it out; return the id of the request."""
    wish = {"items": [record], "mode": "copy", "requester_kind": "party", "purpose": "申请行政复议"}
    request = str((await client.post(cast.PARTY.login, "/v1/access-requests", wish))["request"])
    decision = {"result": "approved", "items": [record], "reason": "同意"}
    await client.post(cast.SONG.login, f"/v1/access-requests/{request}/decisions", decision)
    export = {"items": [record], "to": {"kind": "party"}, "request": request}
    await client.post(cast.BAI.login, "/v1/exports", export)
    return request
