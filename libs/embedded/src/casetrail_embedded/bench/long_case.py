"""A case of any length, as facts: opened, and then inspected again and again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from casetrail_common.facts import ContentRef, Payload
from casetrail_common.facts import intake as i
from casetrail_common.facts import media as m
from casetrail_common.rules import Happening

CASE: Final = "i-case"
BEGIN: Final = datetime(2025, 3, 3, 1, tzinfo=UTC)
_TEXT: Final = ContentRef(sha256="0" * 64)
_OFFICERS: Final = ("feng", "lv")
_PER_INSPECTION: Final = 10
"""Facts of one inspection."""


def long_case(facts: int) -> list[Happening]:
    """Return a case of about so many facts, in the order in which they happen."""
    told = [*_opening()]
    for number in range((facts - len(told)) // _PER_INSPECTION):
        told += _inspection(number)
    return told


def _told(at: datetime, payload: Payload, item: str = CASE, ref: str = "") -> Happening:
    return Happening(payload, item, at, f"bench:{ref or at.isoformat()}/{payload.FACT}")


def _opening() -> Iterator[Happening]:
    registered = i.CaseRegisteredV1(
        case=CASE,
        conduct_type="penalty",
        procedure="general",
        start_mode="ex_officio",
        matter=_TEXT,
        parties=["hengyuan"],
        officers=list(_OFFICERS),
        responsible_officer="feng",
        unit="u1",
    )
    yield _told(BEGIN, registered)
    for minutes, record_type in enumerate(("case_source_register", "initiation_approval", "rights_notice"), 1):
        yield _told(BEGIN + timedelta(minutes=minutes), _record(f"i-{record_type}", record_type, []))
    opinion = {"form": "i-initiation_approval", "opinion": _TEXT, "result": "agree", "signed_on": BEGIN.date()}
    for minutes, slot in enumerate(("unit", "head"), 4):
        given = i.OpinionGivenV1.model_validate({**opinion, "slot": slot, "by": slot})
        yield _told(BEGIN + timedelta(minutes=minutes), given)
    yield _told(BEGIN + timedelta(minutes=6), i.InitiationFiledV1(form="i-initiation_approval"))
    yield _told(BEGIN + timedelta(minutes=7), i.InitiationApprovedV1(form="i-initiation_approval"))


def _inspection(number: int) -> Iterator[Happening]:
    at, film, act = BEGIN + timedelta(hours=1 + number), f"m-film-{number}", f"i-act-{number}"
    started = m.AvSessionStartedV1(session=film, case=CASE, kind="video", mode="full", device="dv1", recorder="lv")
    begun = i.ActivityStartedV1(
        activity=act, kind="site_inspection", place=_TEXT, officers=list(_OFFICERS), present=[], sessions=[film]
    )
    filmed = m.AvStoredV1(
        session=film,
        upload=f"m-upload-{number}",
        repository="repo1",
        custodian="bai",
        files=[],
        received_at=at + timedelta(minutes=50),
        retained_until=at + timedelta(days=3650),
    )
    course: list[tuple[int, Payload, str]] = [
        (0, started, film),
        (0, m.AvNoticeGivenV1(session=film), film),
        (1, m.AvAnnotatedV1(session=film, voice=["time", "place", "officers", "act", "focus"]), film),
        (1, begun, CASE),
        (20, m.AvAnnotatedV1(session=film, tags=["scene", "persons", "items"]), film),
        (29, _record(f"i-record-{number}", "site_record", [act, film]), CASE),
        (30, i.ActivityEndedV1(activity=act), CASE),
        (31, m.AvSessionEndedV1(session=film), film),
        (50, filmed, film),
        (51, _record(f"i-list-{number}", "item_list", [act]), CASE),
    ]
    for minutes, payload, item in course:
        yield _told(at + timedelta(minutes=minutes), payload, item, f"{number}/{minutes}")


def _record(record: str, record_type: str, about: list[str]) -> i.RecordAddedV1:
    marks = [i.Mark(by="feng", as_role="officer"), i.Mark(by="hengyuan", as_role="party")]
    return i.RecordAddedV1(
        record=record,
        record_type=record_type,
        case=CASE,
        about=about,
        fields={},
        filled=["facts", "place"],
        identity=i.Identity(officers=list(_OFFICERS), certificate_shown=True),
        marks=marks,
        author="feng",
    )
