"""Commands of intake, and opinions wherever the form lies."""

from collections.abc import Mapping
from typing import Any, Final

import httpx

from casetrail_embedded.scenarios.adapters.sending import Adapter, posting
from casetrail_embedded.scenarios.tenant import Desk


async def set_flag(desk: Desk, args: dict[str, Any]) -> httpx.Response:
    """Set a flag on a case, or on an activity of one."""
    target = str(args.get("target"))
    return await desk.send("POST", "/v1/cases/{case}/flags", args, case=desk.tenant.case_of.get(target, target))


async def start_activity(desk: Desk, args: dict[str, Any]) -> httpx.Response:
    """Enter; whose case it is is asked for when the activity is flagged."""
    answer = await desk.send("POST", "/v1/cases/{case}/activities", args)
    if answer.is_success:
        desk.tenant.case_of[answer.json()["activity"]] = args["case"]
    return answer


async def give_opinion(desk: Desk, args: dict[str, Any]) -> httpx.Response:
    """Fill a slot at intake, or in review once the form was submitted."""
    form, submissions = str(args.get("form")), desk.tenant.submissions
    if form not in submissions:
        return await desk.send("POST", "/v1/records/{form}/opinions", args)
    path = {"form": submissions[form]}
    return await desk.send("POST", "/v1/reviews/{form}/opinions", _without(args, "form"), **path)


def _without(args: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in args.items() if key != name}


COMMANDS: Final[Mapping[str, Adapter]] = {
    "register_case": posting("/v1/cases"),
    "set_flag": set_flag,
    "start_emergency": posting("/v1/cases/{case}/emergency"),
    "file_initiation": posting("/v1/cases/{case}/initiation"),
    "open_investigation": posting("/v1/cases/{case}/opening"),
    "add_record": posting("/v1/records"),
    "sign_record": posting("/v1/records/{record}/marks"),
    "refuse_signature": posting("/v1/records/{record}/refusals"),
    "start_activity": start_activity,
    "end_activity": posting("/v1/activities/{activity}/end"),
    "record_party_event": posting("/v1/cases/{case}/party-events"),
    "register_measure": posting("/v1/cases/{case}/measures"),
    "give_opinion": give_opinion,
    "officer_returned": posting("/v1/people/returns"),
    "serve_document": posting("/v1/cases/{case}/services"),
    "close_case": posting("/v1/cases/{case}/closure"),
}
