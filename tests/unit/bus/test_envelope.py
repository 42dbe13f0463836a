"""A fact on the wire is the bytes that were hashed, and is believed only if everything about it fits."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from casetrail_common.bus.envelope import GarbledError, LedgerRow, Letter, content_references, decode, encode
from casetrail_common.bus.kafka import partition_of
from casetrail_common.bus.messages import Note, Request, Status, decode_note
from casetrail_common.bus.topics import PARTITIONS
from casetrail_common.canonical import chain
from casetrail_common.facts.intake import PersonRegisteredV1
from casetrail_common.ledger.append import Law, NewFact, Tip
from casetrail_common.ledger.content import ContentBag
from casetrail_common.ledger.fact import Actor, BrokenChainError, Fact

AT = datetime(2025, 3, 3, 1, 2, 3, tzinfo=UTC)
BAG = ContentBag()
NAME = BAG.seal("张三")


def recorded() -> Fact:
    """Return a fact that refers to content."""
    payload = PersonRegisteredV1(person="p1", name=NAME, kind="outside", roles=[])
    tip = Tip("intake", "a1", 6, AT, {"review": 3})
    return tip.extend([NewFact("person:a1:p1", payload)], actor=Actor("p0"), law=Law())[0]


def sent() -> Letter:
    """Return that fact after a journey."""
    fact = recorded()
    row = LedgerRow("intake", "a1", fact.n, fact.body, fact.prev_hash, fact.hash, fact.recorded_at)
    headers, value = encode(row, BAG.items)
    return decode(value, {name: text.encode() for name, text in headers.items()})


def test_what_arrives_is_what_was_recorded() -> None:
    letter, fact = sent(), recorded()
    assert letter.open() == fact
    assert letter.content == tuple(BAG.items)
    assert letter.key == ("intake", 7)
    assert letter.seen == {"media": 0, "review": 3, "archive": 0}


def test_a_body_names_the_content_it_refers_to() -> None:
    assert content_references(recorded().body) == [BAG.items[0].commitment]


@pytest.mark.parametrize(
    "altered",
    [
        replace(sent(), body=sent().body.replace(b"outside", b"inside_")),
        replace(sent(), prev_hash=bytes(32)),
        replace(sent(), n=8),
        replace(sent(), stream="person:a1:p2"),
        replace(sent(), agency="a2"),
        replace(sent(), content=(replace(BAG.items[0], bytes='"李四"'.encode()),)),
    ],
    ids=["body", "previous hash", "position", "stream", "agency", "content"],
)
def test_a_fact_of_which_anything_was_altered_is_not_believed(altered: Letter) -> None:
    with pytest.raises(BrokenChainError):
        altered.open()


def test_an_unreadable_fact_waits_for_nothing() -> None:
    assert replace(sent(), body=b"\xff").seen == {}


def test_a_fact_of_a_later_build_passes_through_without_a_typed_payload() -> None:
    fact = recorded()
    body = fact.body.replace(b'"version":1', b'"version":9')
    row = LedgerRow("intake", "a1", fact.n, body, fact.prev_hash, chain(fact.prev_hash, body), AT)
    headers, value = encode(row, [])
    assert headers["ce_type"] == "casetrail.person.registered.v9"
    assert decode(value, {}).open().payload is None


@pytest.mark.parametrize("value", [b"", b"{}", b"\xff", b'{"id":"nobody/a/1","subject":"s","data":{}}'])
def test_what_is_no_event_of_ours_is_refused(value: bytes) -> None:
    with pytest.raises(GarbledError):
        decode(value, {})


def test_an_event_is_a_cloud_event() -> None:
    fact = recorded()
    _, value = encode(LedgerRow("intake", "a1", 7, fact.body, fact.prev_hash, fact.hash, AT), [])
    event = json.loads(value)
    assert event["id"] == "intake/a1/7"
    assert event["type"] == "casetrail.person.registered.v1"
    assert event["subject"] == "person:a1:p1"
    assert event["time"] == "2025-03-03T01:02:03.000000Z"
    assert event["data"]["body"].encode() == fact.body


def test_notes_and_requests_survive_the_journey() -> None:
    status = Status(service="media", n=3, followed={"intake": 2}, waiting=0, parked=[], jobs=1)
    note = Note(kind="status", request="r1", owner="media", agency="a1", n=3, status=status)
    assert decode_note(note.encode()) == note
    request = Request(kind="clock", asker="archive", owner="media", agency="a1", now=AT)
    assert Request.model_validate_json(request.encode()) == request


@pytest.mark.parametrize(
    ("key", "hash_"),
    [
        ("21", -973932308),
        ("foobar", -790332482),
        ("a-little-bit-long-string", -985981536),
        ("a-little-bit-longer-string", -1486304829),
        ("abc", 479470107),
    ],
)
def test_a_key_goes_where_every_kafka_client_puts_it(key: str, hash_: int) -> None:
    """Source: Apache Kafka, UtilsTest.testMurmur2."""
    assert partition_of(key) == (hash_ & 0x7FFFFFFF) % PARTITIONS
