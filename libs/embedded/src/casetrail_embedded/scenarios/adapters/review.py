"""Commands of review, and reading an item as another unit does."""

from collections.abc import Mapping
from typing import Any, Final

import httpx

from casetrail_embedded.scenarios.adapters.sending import Adapter, posting, sending
from casetrail_embedded.scenarios.tenant import Desk


async def submit_review(desk: Desk, args: dict[str, Any]) -> httpx.Response:
    """Submit a form, which lies in review from then on."""
    answer = await desk.send("POST", "/v1/reviews", args)
    if answer.is_success:
        desk.tenant.submissions[args["form"]] = answer.json()["submission"]
    return answer


COMMANDS: Final[Mapping[str, Adapter]] = {
    "submit_review": submit_review,
    "issue_decision": posting("/v1/decisions"),
    "request_access": posting("/v1/access-requests"),
    "decide_access": posting("/v1/access-requests/{request}/decisions"),
    "read_item": sending("GET", "/v1/items/{item}?as_borrower=true"),
    "export_items": posting("/v1/exports"),
}
