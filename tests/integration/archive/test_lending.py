"""A dossier is read by who has no part in its case only under an approved request; what it holds of secrets counts."""

from casetrail_common.facts.intake import PersonRegisteredV1, RecordAddedV1
from casetrail_common.facts.use import AccessApprovedV1, AccessRequestedV1
from casetrail_common.ids import new_id, stream_name
from support.archiving import Archiving
from support.penalty_case import CASE


async def drafted(desk: Archiving) -> str:
    """Return the dossier of the closed case."""
    await desk.close_case()
    await desk.drain("draft")
    return str([fact for fact in await desk.facts() if fact.type == "dossier.drafted"][-1].fields["dossier"])


async def test_a_dossier_is_lent_under_a_grant_and_the_reading_is_recorded_with_its_case(desk: Archiving) -> None:
    dossier = await drafted(desk)
    wu, path = desk.who("wu", "case_officer", unit="u9"), f"/v1/items/{dossier}"
    for where in (path, f"/v1/dossiers/{dossier}/content"):
        refused = await desk.send(wu, "GET", where)
        assert (refused.status_code, refused.json()["code"]) == (403, "access_not_approved")
        assert refused.json()["clause"] == "henan-2019/24.2"
    incidents = [fact.fields["item"] for fact in await desk.facts() if fact.type == "incident.recorded"]
    assert incidents == [dossier, dossier]
    request = new_id("review")
    stream = stream_name("request", desk.agency, request)
    given = {"request": request, "items": [dossier]}
    asked = {**given, "mode": "consult", "requester": "wu", "requester_kind": "other_unit"}
    await desk.say("review", stream, AccessRequestedV1.model_validate({**asked, "purpose": desk.book.seal("参考")}))
    assert (await desk.send(wu, "GET", path)).json()["code"] == "head_approval_required"
    granted = {**given, "reason": desk.book.seal("同意"), "by": "songw", "role": "agency_head"}
    await desk.say("review", stream, AccessApprovedV1.model_validate(granted))
    assert (await desk.send(wu, "GET", path)).json()["dossier"] == dossier
    assert (await desk.send(wu, "GET", f"/v1/dossiers/{dossier}/content")).status_code == 200
    read = [fact for fact in await desk.facts() if fact.type == "access.executed"]
    assert [(fact.stream, fact.fields["delivered"]) for fact in read] == 2 * [
        (stream_name("case", desk.agency, CASE), [dossier])
    ]
    secret = RecordAddedV1(
        record=new_id("intake"),
        record_type="site_record",
        case=CASE,
        fields={},
        filled=[],
        author="feng",
        classification="trade_secret",
    )
    await desk.say("intake", stream_name("case", desk.agency, CASE), secret)
    refused = await desk.send(wu, "GET", path)
    assert (refused.json()["code"], refused.json()["clause"]) == ("classified_no_clearance", "henan-2019/25.1")
    cleared = PersonRegisteredV1(
        person="wu", name=desk.book.seal("吴"), kind="staff", roles=["case_officer"], clearance=["trade_secret"]
    )
    await desk.say("intake", stream_name("person", desk.agency, "wu"), cleared)
    assert (await desk.send(wu, "GET", path)).status_code == 200


async def test_who_handles_the_case_reads_it_without_asking_unless_as_a_borrower(desk: Archiving) -> None:
    dossier = await drafted(desk)
    feng, path = desk.who("feng", "case_officer", unit="u1"), f"/v1/items/{dossier}"
    assert (await desk.send(feng, "GET", path)).status_code == 200
    told = len(await desk.facts())
    assert (await desk.send(feng, "GET", f"{path}?as_borrower=true")).json()["code"] == "access_not_approved"
    assert len(await desk.facts()) == told + 1
