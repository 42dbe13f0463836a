"""A record is lent with the secrecy it is under; the reading stands in its stream."""

import pytest

from casetrail_common.auth import Principal
from casetrail_common.errors import CasetrailError
from casetrail_common.facts.intake import PersonRegisteredV1
from casetrail_common.facts.review import DecisionIssuedV1
from casetrail_common.facts.use import AccessApprovedV1, AccessRequestedV1
from casetrail_common.ids import new_id, stream_name
from casetrail_intake.service.items import read_item
from support.life import TEXT, Life

AGENCY = "xinzheng"
WU = Principal("wu", AGENCY, "u9", frozenset({"case_officer"}))


async def grant(life: Life, item: str) -> None:
    """Let review tell that wu asked for an item and the head granted it."""
    request = new_id("review")
    given = {"request": request, "items": [item]}
    asked = {**given, "mode": "consult", "requester": "wu", "requester_kind": "other_unit", "purpose": TEXT}
    granted = {**given, "reason": TEXT, "by": "songw", "role": "agency_head"}
    stream = stream_name("request", AGENCY, request)
    await life.ledger.follow("review", stream, AccessRequestedV1.model_validate(asked))
    await life.ledger.follow("review", stream, AccessApprovedV1.model_validate(granted))


async def refused(life: Life, item: str) -> str:
    """Return the code with which reading is refused."""
    with pytest.raises(CasetrailError) as refusal:
        await life.ledger.execute(read_item(item, WU))
    return refusal.value.code


async def test_a_record_of_a_case_is_lent_and_the_reading_stands_with_the_case() -> None:
    life = await Life().begin()
    record = await life.add("site_record")
    assert await refused(life, record) == "access_not_approved"
    assert life.ledger.facts[-1].type == "incident.recorded"
    await grant(life, record)
    await life.ledger.execute(read_item(record, WU))
    read = life.ledger.facts[-1]
    assert (read.type, read.stream) == ("access.executed", stream_name("case", AGENCY, life.case))


async def test_a_record_without_a_case_has_a_stream_of_its_own() -> None:
    life = await Life().begin()
    record = await life.add("complaint_register", case=None)
    await grant(life, record)
    await life.ledger.execute(read_item(record, WU))
    assert life.ledger.facts[-1].stream == stream_name("record", AGENCY, record)


async def test_a_secret_record_asks_for_clearance() -> None:
    life = await Life().begin()
    record = await life.add("site_record", classification="state_secret")
    await grant(life, record)
    assert await refused(life, record) == "classified_no_clearance"
    cleared = PersonRegisteredV1(person="wu", name=TEXT, kind="staff", roles=[], clearance=["state_secret"])
    await life.ledger.follow("intake", stream_name("person", AGENCY, "wu"), cleared)
    await life.ledger.execute(read_item(record, WU))


async def test_what_intake_does_not_own_it_does_not_lend() -> None:
    life = await Life().begin()
    record = new_id("review")
    issued = DecisionIssuedV1(
        record=record, case=life.case, number="1", content=TEXT, seal="agency", issued_on="2025-09-04"
    )
    await life.ledger.follow("review", stream_name("case", AGENCY, life.case), issued)
    for item in (record, new_id("intake")):
        assert await refused(life, item) == "not_found"
