"""What belongs to no case is judged live, too: the agency, its devices, recordings, records and requests."""

from typing import Any

from casetrail_common.facts.common import IncidentRecordedV1
from casetrail_common.facts.intake import (
    ActivityStartedV1,
    CaseRegisteredV1,
    LinkedStream,
    PersonRegisteredV1,
    RecordAddedV1,
)
from casetrail_common.facts.media import AvSessionStartedV1, AvStoredV1, DeviceRegisteredV1
from casetrail_common.facts.recording import AvItemListPublishedV1
from casetrail_common.facts.use import AccessRequestedV1
from casetrail_common.ids import new_id, stream_name
from casetrail_common.ledger.fact import decode_fact
from support.archiving import Archiving
from support.penalty_case import CASE, china

REVIEW = "jining-aic-2017/27.1(3)"
DUE = "2025-10-24T15:59:59Z"


async def shandong(desk: Archiving) -> None:
    """Register the agency in another province and put the law of that one in force."""
    [registered] = [fact for fact in desk.book.facts if fact.type == "agency.registered"]
    elsewhere = registered.payload.model_copy(update={"province": "山东省"})  # type: ignore[union-attr]
    desk.book.now = china(10, 20, 9)
    await desk.follow([desk.book.fact_of("intake", registered.stream, elsewhere)])
    desk.told = len(desk.book.facts)
    for path, body in (
        ("packs", {"pack": "jining-aic-2017", "version": "2017-11-21"}),
        ("calendars", {"calendar": "CN-2024-2026"}),
        ("parameters", {"values": {"unlinked_session_review": {"value": 2, "unit": "working_days"}}}),
        ("retention-tables", {"entries": [{"dossier_class": "general", "years": 10}]}),
    ):
        answer = await desk.send(desk.who("admin", "pack_admin"), "POST", f"/v1/rules/{path}", body)
        assert answer.status_code == 201, answer.text


def stream(desk: Archiving, kind: str, item: str) -> str:
    return stream_name(kind, desk.agency, item)


async def film(desk: Archiving) -> str:
    """Start a recording that belongs to no case, and store it."""
    session = new_id("media")
    where = stream(desk, "session", session)
    await desk.say(
        "media", where, AvSessionStartedV1(session=session, kind="video", mode="full", device="dv1", recorder="feng")
    )
    stored = AvStoredV1(
        session=session,
        upload=new_id("media"),
        repository="repo1",
        custodian="bai",
        files=[],
        received_at=china(10, 22, 10),
        retained_until=china(12, 31),
    )
    await desk.at(china(10, 22, 10))
    await desk.say("media", where, stored)
    await desk.settle()
    return session


async def missed(desk: Archiving) -> list[tuple[str, str | None, str]]:
    """Return the deadlines that were missed, with the kind of stream they stand in."""
    rows = await desk.served.process.store.pool.fetch("select body, prev_hash, hash from ledger order by n")
    facts = [decode_fact(row["body"], prev_hash=row["prev_hash"], hash_=row["hash"]) for row in rows]
    return [(f.fields["rule"], f.fields["case"], f.stream_kind) for f in facts if f.type == "deadline.missed"]


async def test_a_recording_that_nobody_links_is_reviewed_when_its_period_has_passed(desk: Archiving) -> None:
    await shandong(desk)
    session = await film(desk)
    found = await desk.finding(REVIEW, session)
    assert (found["status"], found["due"], found["case"]) == ("pending", DUE, None)
    await desk.at(china(10, 27, 9))
    late = await desk.finding(REVIEW, session)
    assert (late["status"], late["due"]) == ("needs_review", DUE)
    as_of = china(10, 24, 9).isoformat()
    assert (await desk.finding(REVIEW, session, as_of=as_of))["status"] == "pending"


async def test_a_recording_that_a_case_takes_up_is_judged_there(desk: Archiving) -> None:
    await shandong(desk)
    session = await film(desk)
    before = await desk.findings(as_of=china(10, 22, 10).isoformat())
    opened = CaseRegisteredV1(
        case=CASE,
        conduct_type="inspection",
        procedure="none",
        start_mode="ex_officio",
        matter=desk.book.seal("检查"),
        parties=["hengyuan"],
        officers=["feng"],
        responsible_officer="feng",
    )
    await desk.at(china(10, 23, 9))
    await desk.say("intake", stream(desk, "case", CASE), opened)
    where = stream(desk, "session", session)
    last = desk.book.of("media", where)[-1]
    link = LinkedStream(service="media", stream=where, position=last.stream_seq, hash=last.hash.hex())
    started = ActivityStartedV1(
        activity=new_id("intake"),
        kind="site_inspection",
        place=desk.book.seal("某店"),
        officers=["feng"],
        present=[],
        sessions=[session],
        links=[link],
        key_steps=[],
    )
    await desk.say("intake", stream(desk, "case", CASE), started)
    await desk.settle()
    found = await desk.finding(REVIEW, session)
    assert (found["status"], found["case"]) == ("satisfied", CASE)
    assert await desk.finding(REVIEW, session, as_of=china(10, 23, 9).isoformat()) == found
    assert await desk.findings(as_of=china(10, 22, 10).isoformat()) == before
    await desk.at(china(10, 27, 9))
    assert (await desk.finding(REVIEW, session))["status"] == "satisfied"


async def test_devices_requests_and_records_without_a_case_are_judged(desk: Archiving) -> None:
    await shandong(desk)
    device = DeviceRegisteredV1(
        device="dv9",
        device_type="recorder",
        serial="9",
        responsible_unit="",
        custodian="duan",
        registered_on=china(10, 20).date(),
    )
    await desk.say("media", stream(desk, "device", "dv9"), device)
    request, record = new_id("review"), new_id("intake")
    asked = AccessRequestedV1(
        request=request,
        items=[record],
        mode="copy",
        requester="feng",
        requester_kind="staff",
        purpose=desk.book.seal("核对"),
    )
    await desk.say("review", stream(desk, "request", request), asked)
    added = RecordAddedV1(record=record, record_type="complaint_register", fields={}, filled=[], author="feng")
    await desk.say("intake", stream(desk, "record", record), added)
    attempt = IncidentRecordedV1(
        item=record, code="worm_protected", clause="jining-aic-2017/27.1(4)", command="delete_original"
    )
    await desk.say("intake", stream(desk, "record", record), attempt)
    await desk.settle()
    wanted = {
        ("jining-aic-2017/6.1c", "dv9"): "pending",
        ("jining-aic-2017/22.1", request): "pending",
        ("jining-aic-2017/27.1(4)", record): "satisfied",
    }
    rows = await desk.findings(agency="true")
    assert {(f["rule"], f["subject"]): f["status"] for f in rows if (f["rule"], f["subject"]) in wanted} == wanted
    assert {f["case"] for f in rows} == {None}
    [incident] = [f for f in rows if f["rule"] == "jining-aic-2017/27.1(4)"]
    assert incident["incidents"] == 1
    now: Any = await desk.findings(agency="true", as_of=china(10, 20, 9).isoformat())
    assert now == rows


async def test_the_agency_is_judged_again_when_lists_and_people_change(desk: Archiving) -> None:
    await desk.close_case()
    lists, custodians = "henan-2019/16.1", "henan-2019/20.1"
    assert (await desk.finding(lists, "agency"))["status"] == "violated"
    assert (await desk.finding(custodians, "agency"))["status"] == "violated"
    await desk.at(china(10, 21, 9))
    published = AvItemListPublishedV1(list_id="AVL-1", unit="u1", valid_from=china(1, 1).date(), items=[])
    await desk.say("media", stream(desk, "agency", desk.agency), published)
    for person, role in (("bai", "records_custodian"), ("du", "device_custodian")):
        somebody = PersonRegisteredV1(person=person, name=desk.book.seal("某人"), kind="staff", roles=[role])
        await desk.say("intake", stream(desk, "person", person), somebody)
    await desk.settle()
    assert (await desk.finding(lists, "agency"))["status"] == "satisfied"
    assert (await desk.finding(custodians, "agency"))["status"] == "satisfied"
    assert (await desk.finding(lists, "agency", as_of=china(10, 20, 23).isoformat()))["status"] == "violated"
    assert not [f for f in await desk.findings(case=CASE) if f["subject"] == "agency"]


async def test_what_is_found_of_the_agency_goes_into_no_dossier(desk: Archiving) -> None:
    await desk.close_case()
    rows = await desk.served.process.store.pool.fetch("select stream from ledger where stream like 'finding:%'")
    assert {row["stream"] for row in rows} == {stream(desk, "finding", desk.agency)}
