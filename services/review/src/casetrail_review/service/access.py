"""Requests to consult, copy and disclose (调阅、复制、对外提供), the decisions on them, and taking copies out."""

from collections.abc import Sequence

from casetrail_common.access import HEAD, deciders, is_granted
from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError, not_found
from casetrail_common.facts.use import (
    AccessApprovedV1,
    AccessDeniedV1,
    AccessExecutedV1,
    AccessRequestedV1,
    Approver,
    Mode,
    RefusedItem,
)
from casetrail_common.ids import new_id, stream_name
from casetrail_common.incidents import Aim, refused_acts
from casetrail_common.lawbook import clause_of_refusal
from casetrail_common.ledger.store import Decide, Plan
from casetrail_common.ledger.view import View
from casetrail_review.commands import DecideAccess, ExportItems, RequestAccess
from casetrail_review.domain.item import Item
from casetrail_review.domain.request import AccessRequest
from casetrail_review.projections import CASE, ITEM, REQUEST


def request_access(wish: RequestAccess, who: Principal) -> Decide:
    """Ask to consult, copy or disclose items; anybody may.

    Raises
    ------
    CasetrailError
        `not_found`.
    """
    request = new_id("review")

    async def decide(view: View) -> Plan:
        items = {id_: await view.found(ITEM, id_) for id_ in wish.items}
        asked = AccessRequestedV1(
            request=request,
            items=list(items),
            mode=wish.mode,
            requester=who.person,
            requester_kind=wish.requester_kind,
            purpose=view.seal(wish.purpose),
            recipient=view.seal_optional(wish.recipient),
            cases=sorted({item.case for item in items.values() if item.case}),
            classified=[id_ for id_, item in items.items() if item.classification],
        )
        return Plan([view.new_fact("request", request, asked)], {"request": request})

    return decide


def decide_access(request_id: str, wish: DecideAccess, who: Principal) -> Decide:
    """Grant or refuse items of a request; it is recorded also where the decision of this role grants nothing.

    Raises
    ------
    CasetrailError
        `not_found` (also for an item that was not requested), or `role_not_allowed`, also for one's own request.
    """

    async def decide(view: View) -> Plan:
        request = await view.found(REQUEST, request_id)
        for item in wish.items:
            if item not in request.items:
                raise not_found(item)
        who.require_for("decide_access")
        if who.person == request.requester:
            raise CasetrailError("role_not_allowed", {"reason": "requester_may_not_decide", "request": request_id})
        role: Approver = HEAD if HEAD in who.roles else "unit_head"
        decision = AccessApprovedV1 if wish.result == "approved" else AccessDeniedV1
        decided = decision(
            request=request_id,
            items=list(dict.fromkeys(wish.items)),
            reason=view.seal(wish.reason),
            by=who.person,
            role=role,
        )
        return Plan([view.new_fact("request", request_id, decided)], {"request": request_id})

    return decide


def export_items(wish: ExportItems, _who: Principal) -> Decide:
    """Take copies out under a request; what was not granted and what is secret stays, whoever consented.

    Raises
    ------
    CasetrailError
        `not_found`; `head_consent_required`; `disclosure_not_approved` or `copy_not_approved` without a request that
        covers it (one to consult covers no copies), recorded as an incident on each item.
    """

    async def decide(view: View) -> Plan:
        items = {id_: await view.found(ITEM, id_) for id_ in wish.items}
        for id_, item in items.items():
            if item.kind == "dossier":
                raise not_found(id_)
        request = None
        if wish.request is not None:
            request = await view.found(REQUEST, wish.request)
        to_outside = wish.to.kind == "external"
        granted = await _granted(view, request, "disclose" if to_outside else request.mode) if request else frozenset()
        if request is not None and not granted:
            raise await _no_consent(view, request)
        if request is None or request.mode == "consult":
            code = "disclosure_not_approved" if to_outside else "copy_not_approved"
            return await refused_acts(view, code, await _aims(view, items), command="export_items")
        refused = _refused(items, granted)
        delivered = [id_ for id_ in items if id_ not in {one.item for one in refused}]
        handed = AccessExecutedV1(
            request=request.id,
            mode="disclose" if to_outside else "copy",
            delivered=delivered,
            refused=refused,
            target_kind=wish.to.kind,
            target=view.seal_optional(wish.to.name),
        )
        answer = {"delivered": delivered, "refused": [one.model_dump() for one in refused]}
        return Plan([view.new_fact("request", request.id, handed)], answer)

    return decide


async def _granted(view: View, request: AccessRequest, mode: Mode) -> frozenset[str]:
    """Return the items of a request that somebody whose decision counts has granted."""
    by = await deciders(view, mode, request.requester_kind)
    return frozenset(item for item in request.items if is_granted(request.decided(item), by))


async def _no_consent(view: View, request: AccessRequest) -> CasetrailError:
    code = "head_consent_required"
    return CasetrailError(code, {"request": request.id}, clause=await clause_of_refusal(view, code))


def _refused(items: dict[str, Item], granted: frozenset[str]) -> Sequence[RefusedItem]:
    """Return what stays: first because nobody granted it, then because it must be kept secret."""
    refused = []
    for id_, item in items.items():
        if id_ not in granted:
            refused.append(RefusedItem(item=id_, reason="not_granted"))
        elif item.classification:
            refused.append(RefusedItem(item=id_, reason="must_be_kept_secret"))
    return refused


async def _aims(view: View, items: dict[str, Item]) -> list[Aim]:
    aims = []
    for id_, item in items.items():
        if item.case is None:
            aims.append(Aim(id_, item.kind, stream_name(item.kind, view.agency, id_)))
        else:
            case = await view.get(CASE, item.case)
            dossier = case.dossier if case else None
            aims.append(Aim(id_, item.kind, stream_name("case", view.agency, item.case), dossier))
    return aims
