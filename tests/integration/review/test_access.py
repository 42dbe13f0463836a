"""Asking for items, deciding on it, and taking copies out, over HTTP and in the ledger."""

from typing import Any

from casetrail_common.facts.intake import RecordAddedV1
from casetrail_common.ids import new_id, stream_name
from casetrail_common.ledger.reading import facts_of
from support.reviewing import Reviewing

REQUESTS = "/v1/access-requests"


async def secret_of(desk: Reviewing, case: str) -> str:
    """Return a record of the case that is a trade secret."""
    record = new_id("intake")
    added = RecordAddedV1(
        record=record,
        record_type="site_record",
        case=case,
        fields={},
        filled=[],
        author="feng",
        classification="trade_secret",
    )
    await desk.follow("intake", desk.stream(case), added)
    return record


async def asked(desk: Reviewing, *items: str, **more: Any) -> str:
    """Return a request of the party for copies."""
    wish = {"items": list(items), "mode": "copy", "requester_kind": "party", "purpose": "申请行政复议", **more}
    answer = await desk.send(desk.who("hengyuan", "party", unit=None), "POST", REQUESTS, wish)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["request"])


async def test_copies_go_out_item_by_item_under_the_heads_consent(desk: Reviewing) -> None:
    await desk.enact()
    case, form = await desk.open_case()
    secret = await secret_of(desk, case)
    request = await asked(desk, form, secret)
    path, decision = (
        f"{REQUESTS}/{request}/decisions",
        {"result": "approved", "items": [form, secret], "reason": "同意"},
    )
    export = {"items": [form, secret], "to": {"kind": "party", "name": "恒源"}, "request": request}
    keeper, duan, head = (
        desk.who("quan", "records_custodian"),
        desk.who("duan", "unit_head"),
        desk.who("songw", "agency_head"),
    )
    assert (await desk.send(duan, "POST", path, decision)).status_code == 201
    refused = await desk.send(keeper, "POST", "/v1/exports", export)
    assert (refused.status_code, refused.json()["code"]) == (403, "head_consent_required")
    assert refused.json()["clause"] == "henan-2019/24.2"
    assert (await desk.send(head, "POST", path, decision)).status_code == 201
    handed = (await desk.send(keeper, "POST", "/v1/exports", export)).json()
    assert handed["delivered"] == [form]
    assert handed["refused"] == [{"item": secret, "reason": "must_be_kept_secret"}]
    shown = (await desk.send(desk.who("hengyuan", "party", unit=None), "GET", f"{REQUESTS}/{request}")).json()
    assert (shown["purpose"], shown["cases"], shown["classified"]) == ("申请行政复议", [case], [secret])
    assert [(one["role"], one["result"], one["reason"]) for one in shown["decisions"]] == [
        ("unit_head", "approved", "同意"),
        ("agency_head", "approved", "同意"),
    ]
    (handout,) = shown["handouts"]
    assert (handout["delivered"], handout["refused"]) == ([form], {secret: "must_be_kept_secret"})
    assert (handout["target_kind"], handout["by"]) == ("party", "quan")
    async with desk.process.store.pool.acquire() as conn:
        facts = await facts_of(conn, stream_name("request", desk.agency, request))
    assert [fact.type for fact in facts] == ["access.requested", *["access.approved"] * 2, "access.executed"]
    assert not any("恒源" in fact.body.decode() for fact in facts)


async def test_copies_without_a_request_are_refused_and_stay_on_record(desk: Reviewing) -> None:
    await desk.enact()
    case, form = await desk.open_case()
    export = {"items": [form], "to": {"kind": "personal_drive"}}
    for _ in range(2):
        refused = await desk.send(desk.who("zhao", "case_officer"), "POST", "/v1/exports", export, key="once")
        assert (refused.status_code, refused.json()["clause"]) == (403, "henan-2019/24.2")
    assert [fact.type for fact in await desk.facts(case)] == ["incident.recorded"]


async def test_each_sees_the_own_requests_and_overseers_see_all(desk: Reviewing) -> None:
    case, form = await desk.open_case()
    mine = [await asked(desk, form) for _ in range(3)]
    wish = {"items": [form], "mode": "consult", "requester_kind": "staff", "purpose": "参考"}
    theirs = (await desk.send(desk.who("zhao", "case_officer", unit="u9"), "POST", REQUESTS, wish)).json()["request"]
    party, keeper = desk.who("hengyuan", "party", unit=None), desk.who("quan", "records_custodian")
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await desk.send(party, "GET", f"{REQUESTS}?limit=2&cursor={cursor}")).json()
        found += [one["request"] for one in page["items"]]
        cursor = page["next"]
    assert found == mine
    all_ = (await desk.send(keeper, "GET", f"{REQUESTS}?case={case}")).json()["items"]
    assert [one["request"] for one in all_] == [*mine, theirs]
    assert (await desk.send(keeper, "GET", f"{REQUESTS}?case={new_id('intake')}")).json()["items"] == []
    refused = await desk.send(party, "GET", f"{REQUESTS}/{theirs}")
    assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")


async def test_a_decision_document_is_lent_to_who_has_no_part_in_the_case(desk: Reviewing) -> None:
    case, submission = await desk.submitted()
    await desk.enact("jining-aic-2017")
    decision = {"number": "1", "content": "罚款", "seal": "agency", "issued_on": "2025-09-04"}
    feng, zhao = desk.who("feng", "case_officer"), desk.who("zhao", "case_officer", unit="u9")
    record = (await desk.send(feng, "POST", f"/v1/reviews/{submission}/decision", decision)).json()["record"]
    path = f"/v1/items/{record}"
    assert (await desk.send(feng, "GET", path)).status_code == 200
    assert (await desk.facts(case))[-1].type == "decision.issued"
    for who, where in ((zhao, path), (feng, f"{path}?as_borrower=true")):
        refused = await desk.send(who, "GET", where)
        assert (refused.status_code, refused.json()["code"]) == (403, "access_not_approved")
        incident = (await desk.facts(case))[-1]
        assert (incident.fields["item"], incident.fields["clause"]) == (record, "jining-aic-2017/21.1b")
        assert incident.actor.person == who.person
    wish = {"items": [record], "mode": "consult", "requester_kind": "other_unit", "purpose": "参考"}
    request = (await desk.send(zhao, "POST", REQUESTS, wish)).json()["request"]
    refused = await desk.send(zhao, "GET", path)
    assert (refused.status_code, refused.json()["code"]) == (403, "head_approval_required")
    told = len(await desk.facts(case))
    granted = {"result": "approved", "items": [record], "reason": "同意"}
    await desk.send(desk.who("songw", "agency_head"), "POST", f"{REQUESTS}/{request}/decisions", granted)
    for seen in (1, 2):
        shown = await desk.send(zhao, "GET", path)
        assert (shown.status_code, shown.json()["content"]) == (200, "罚款")
        facts = await desk.facts(case)
        assert (len(facts), facts[-1].type, facts[-1].fields["request"]) == (told + seen, "access.executed", request)
