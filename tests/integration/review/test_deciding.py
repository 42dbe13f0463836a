"""From the opinions to the decision document, over HTTP and in the ledger."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from casetrail_common.facts.archive import DossierFiledV1, NamedStream
from casetrail_common.facts.common import ContentErasedV1
from casetrail_common.ids import new_id
from support.reviewing import Reviewing

DECISION = {"number": "新执罚〔2025〕58号", "content": "罚款一万元", "seal": "agency", "issued_on": "2025-09-04"}


def opinion(slot: str, text: str = "同意。", **more: str) -> dict[str, Any]:
    return {"slot": slot, "result": "agree", "opinion": text, "signed_on": "2025-08-29", **more}


async def approved(desk: Reviewing) -> tuple[str, str]:
    """Return a case and its submission, to which nothing lacks but the decision."""
    await desk.enact()
    case, submission = await desk.submitted()
    people = {
        "unit": desk.who("duan", "unit_head"),
        "legal": desk.who("ma", "legal_reviewer", unit="u2"),
        "head": desk.who("songw", "agency_head", unit="u0"),
    }
    for slot, who in people.items():
        answer = await desk.send(who, "POST", f"/v1/reviews/{submission}/opinions", opinion(slot, f"{slot}：同意"))
        assert answer.status_code == 201, answer.text
    return case, submission


async def test_a_decision_waits_for_the_law_and_then_makes_its_document(desk: Reviewing) -> None:
    await desk.enact()
    _, submission = await desk.submitted()
    feng, path = desk.who("feng", "case_officer"), f"/v1/reviews/{submission}"
    refused = (await desk.send(feng, "POST", f"{path}/decision", DECISION)).json()
    assert (refused["code"], refused["clause"]) == ("legal_review_missing", "henan-2019/11.1(3)")
    ma = desk.who("ma", "legal_reviewer", unit="u2")
    await desk.send(ma, "POST", f"{path}/opinions", opinion("legal", suggestion="建议按拟处理意见作出决定。"))
    refused = (await desk.send(feng, "POST", f"{path}/decision", DECISION)).json()
    assert (refused["status"], refused["clause"]) == (409, "henan-2019/11.1(4)")
    await desk.send(desk.who("songw", "agency_head"), "POST", f"{path}/opinions", opinion("head"))
    decided = await desk.send(feng, "POST", f"{path}/decision", DECISION)
    assert decided.status_code == 201
    shown = (await desk.send(feng, "GET", f"/v1/items/{decided.json()['record']}")).json()
    assert {name: shown[name] for name in DECISION} == DECISION
    assert (shown["record_type"], shown["submission"], shown["issued_by"]) == ("decision_document", submission, "feng")
    again = (await desk.send(feng, "POST", f"{path}/decision", DECISION)).json()
    assert (again["code"], again["facts"]["state"]) == ("transition_not_allowed", "decided")


async def test_a_decision_repeated_with_its_key_is_the_same_decision(desk: Reviewing) -> None:
    case, submission = await approved(desk)
    feng, path = desk.who("feng", "case_officer"), f"/v1/reviews/{submission}/decision"
    answers = await asyncio.gather(*(desk.send(feng, "POST", path, DECISION, key="once") for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["record"] for answer in answers}) == 1
    assert [fact.type for fact in await desk.facts(case)].count("decision.issued") == 1
    other = await desk.send(feng, "POST", path, {**DECISION, "content": "罚款两万元"}, key="once")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_conflict")


async def test_of_fifty_decisions_at_once_one_is_made_and_the_chain_has_no_fork(desk: Reviewing) -> None:
    case, submission = await approved(desk)
    feng, path = desk.who("feng", "case_officer"), f"/v1/reviews/{submission}/decision"
    answers = await asyncio.gather(*(desk.send(feng, "POST", path, DECISION) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 49
    facts = await desk.facts(case)
    assert [fact.stream_seq for fact in facts] == list(range(1, len(facts) + 1))
    assert all(later.prev_hash == earlier.hash for earlier, later in pairwise(facts))


async def test_opinions_are_shown_with_their_words_until_these_are_disposed_of(desk: Reviewing) -> None:
    case, submission = await approved(desk)
    feng = desk.who("feng", "case_officer")
    record = (await desk.send(feng, "POST", f"/v1/reviews/{submission}/decision", DECISION)).json()["record"]
    shown = (await desk.send(feng, "GET", f"/v1/reviews/{submission}")).json()
    assert {one["slot"]: one["opinion"] for one in shown["opinions"]} == {
        slot: f"{slot}：同意" for slot in ("unit", "legal", "head")
    }
    before = await desk.facts(case)
    erased = ContentErasedV1(case=case, commitments=["0" * 64], reason="retention_expired")
    await desk.follow("intake", desk.stream(case), erased, erased)
    shown = (await desk.send(feng, "GET", f"/v1/reviews/{submission}")).json()
    assert [one["opinion"] for one in shown["opinions"]] == [{"erased": True}] * 3
    assert (await desk.send(feng, "GET", f"/v1/items/{record}")).json()["content"] == {"erased": True}
    after = await desk.facts(case)
    assert [fact.hash for fact in after[:-1]] == [fact.hash for fact in before]
    assert after[-1].type == "content.erased"
    assert await desk.process.store.pool.fetchval("select count(*) from content where bytes is not null") == 0
    dump = await desk.process.store.pool.fetch("select state::text as state from snapshot")
    assert not any("：同意" in row["state"] or "罚款一万元" in row["state"] for row in dump)


@pytest.mark.parametrize(("method", "command"), [("PATCH", "modify_original"), ("DELETE", "delete_original")])
async def test_an_attempt_on_a_decision_document_is_refused_and_recorded_once(
    desk: Reviewing, method: str, command: str
) -> None:
    case, submission = await approved(desk)
    feng = desk.who("feng", "case_officer")
    record = (await desk.send(feng, "POST", f"/v1/reviews/{submission}/decision", DECISION)).json()["record"]
    for _ in range(2):
        party, body = desk.who("hengyuan", "party", unit=None), {"change": "trim"} if method == "PATCH" else None
        refused = await desk.send(party, method, f"/v1/items/{record}", body, key="once")
        assert (refused.status_code, refused.json()["code"]) == (403, "worm_protected")
        assert refused.json()["clause"] == "henan-2019/24.1a"
    incidents = [fact for fact in await desk.facts(case) if fact.type == "incident.recorded"]
    assert [(fact.fields["item"], fact.fields["command"]) for fact in incidents] == [(record, command)]


async def test_what_the_head_disagrees_with_may_be_submitted_again_which_takes_it_back(desk: Reviewing) -> None:
    case, submission = await desk.submitted()
    disagrees = {**opinion("head", "证据不足。"), "result": "disagree"}
    head, path = desk.who("songw", "agency_head"), f"/v1/reviews/{submission}"
    assert (await desk.send(head, "POST", f"{path}/opinions", disagrees)).status_code == 201
    shown = (await desk.send(head, "GET", path)).json()
    assert shown["state"] == "reviewing"
    answering = asyncio.create_task(desk.accept_next(case))
    wish = {"case": case, "form": shown["form"]}
    again = await desk.send(desk.who("feng", "case_officer"), "POST", "/v1/reviews", wish)
    await answering
    assert again.status_code == 201
    shown = (await desk.send(head, "GET", path)).json()
    assert (shown["state"], shown["returned_by"], shown["return_reason"]) == ("returned", "feng", "证据不足。")
    ids: list[str] = []
    cursor = ""
    while cursor is not None:
        page = (await desk.send(head, "GET", f"/v1/reviews?case={case}&limit=1&cursor={cursor}")).json()
        ids += [one["submission"] for one in page["items"]]
        cursor = page["next"]
    assert ids == [submission, again.json()["submission"]]


async def test_when_a_dossier_is_filed_review_marks_where_its_stream_ends(desk: Reviewing) -> None:
    case, _ = await desk.submitted()
    stream, filed = desk.stream(case), new_id("archive")
    named = [NamedStream(service="review", stream=stream), NamedStream(service="intake", stream=stream)]
    payload = DossierFiledV1(dossier=filed, case=case, streams=named, sessions=[], retention_class="general")
    await desk.follow("archive", stream, payload)
    *before, sealed = await desk.facts(case)
    assert (sealed.type, sealed.fields["dossier"]) == ("stream.sealed", filed)
    assert (sealed.fields["count"], sealed.fields["head"]) == (len(before), before[-1].hash.hex())
