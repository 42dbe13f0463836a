"""What the blocks of a sentence mean, on small cases."""

import copy
from collections.abc import Sequence
from typing import Any

import pytest

from casetrail_common.facts import Payload, acts, intake, keeping, media, recording
from casetrail_common.rules import Finding, LawBook, activate, build, compile_pack, evaluate, pack_document
from support import penalty
from support.penalty import AGENCY, TEXT, Step, at, record, step

CASE = "case:K1"


def judged(rule: dict[str, Any], steps: Sequence[Step], now: str, **settings: Any) -> dict[str, Finding]:
    """Return the findings of one rule, by subject."""
    document = copy.deepcopy(pack_document("henan-2019", "2019-06-04"))
    text = {"rule": "henan-2019/99.1", "gist": {"zh": "试", "en": "trial"}, **rule}
    book = LawBook((activate(compile_pack({**document, "rules": [text]})),), settings=settings)
    instant = at(now)
    found = evaluate(book, build(penalty.facts(steps), as_of=instant), as_of=instant)
    return {finding.subject: finding for finding in found}


def told(*payloads: tuple[str, Payload]) -> list[Step]:
    """Return a case with some facts in it."""
    opened = penalty.story()[0]
    return [opened, *(step(when, "intake", CASE, payload) for when, payload in payloads)]


def refused(when: str, number: int) -> tuple[str, Payload]:
    """Return that a party would not be investigated."""
    event = acts.PartyObstructedV1(event=f"E{number}", kind="refusal", party="hengyuan", description=TEXT)
    return when, event


def test_one_record_per_refusal() -> None:
    rule = {
        "for": {"case": {"party_event": "refusal"}},
        "must": {"record": "refusal_to_cooperate_record", "count": {"one_per": {"party_event": "refusal"}}},
    }
    first = ("2025-08-20T10:00", record("R1", "refusal_to_cooperate_record"))
    facts = [refused("2025-08-20T09:00", 1), first, refused("2025-08-20T11:00", 2)]
    assert judged(rule, told(*facts), "2025-08-20T10:30")["K1"].status == "satisfied"
    assert judged(rule, told(*facts), "2025-08-20T12:00")["K1"].status == "violated"


@pytest.mark.parametrize(("officers", "status"), [(["feng"], "violated"), (["feng", "lv"], "satisfied")])
def test_two_officers_are_two_people(officers: list[str], status: str) -> None:
    rule = {
        "for": {"record": {"refusal": {}}},
        "must": {"refusal_officer": {}, "persons": "$n"},
        "parameters": {"n": {"value": 2, "unit": "people", "stricter": "more"}},
    }
    refusal = acts.RecordRefusedV1(record="R1", party="hengyuan", note=TEXT, officers=officers)
    steps = told(("2025-08-20T10:00", record("R1", "inquiry_record")), ("2025-08-20T10:05", refusal))
    assert judged(rule, steps, "2025-08-20T12:00")["R1"].status == status


def session(*more: tuple[str, Payload]) -> list[Step]:
    """Return a recording from nine o'clock on."""
    begun = media.AvSessionStartedV1(
        session="AV-1", case="K1", kind="video", mode="full", device="dv1", recorder="lv", activities=["A1"]
    )
    steps = [step("2025-08-20T09:00", "media", "session:AV-1", begun)]
    return steps + [step(when, "media", "session:AV-1", payload) for when, payload in more]


NOTICE = {
    "for": {"session": {}},
    "must": {"notice": {}},
    "by": {"within": "$grace", "from": "subject.started_at", "due": "hidden"},
    "missed": "violated",
    "parameters": {"grace": {"value": 60, "unit": "seconds", "stricter": "shorter", "agency": True}},
}


@pytest.mark.parametrize(
    ("told_at", "settings", "status"),
    [
        ("2025-08-20T09:01:00", {}, "satisfied"),
        ("2025-08-20T09:01:01", {}, "violated"),
        ("2025-08-20T09:01:01", {"grace": 90}, "satisfied"),
        ("2025-08-20T09:01:01", {"grace": "2 hours"}, "satisfied"),
    ],
)
def test_a_tolerance_shows_no_due_date_and_an_agency_may_set_its_own(
    told_at: str, settings: dict[str, Any], status: str
) -> None:
    steps = session((told_at, media.AvNoticeGivenV1(session="AV-1")))
    finding = judged(NOTICE, steps, "2025-08-20T12:00", **settings)["AV-1"]
    assert (finding.status, finding.due, finding.late_by_s) == (status, None, None)


def recorded(gaps: str) -> dict[str, Any]:
    """Return a rule that asks for a whole recording."""
    must = {"recorded": "throughout", "by": {"kind": {"not": "photo"}}, "gaps": gaps}
    return {"for": {"activity": {}}, "must": must, "by": {"once": "subject.ended_at"}}


@pytest.mark.parametrize(("gaps", "status"), [("excused", "satisfied"), ("none", "violated")])
@pytest.mark.parametrize("final", [True, False])
def test_an_interruption_that_was_entered_is_excused_unless_the_clause_admits_none(
    gaps: str, status: str, final: bool
) -> None:
    act = intake.ActivityStartedV1(activity="A1", kind="seizure", place=TEXT, officers=["lv"], present=[])
    gap = recording.AvSessionInterruptedV1(session="AV-1", gap=1, cause="bad_weather", description=TEXT, final=final)
    back = recording.AvSessionResumedV1(session="AV-1", gap=1, device="dv1", voice_explanation=True)
    rest: list[tuple[str, Payload]] = [("2025-08-20T09:30", back)]
    rest.append(("2025-08-20T10:00", media.AvSessionEndedV1(session="AV-1")))
    steps = told(("2025-08-20T09:00", act), ("2025-08-20T10:00", intake.ActivityEndedV1(activity="A1")))
    steps += session(("2025-08-20T09:20", gap), *([] if final else rest))
    assert judged(recorded(gaps), steps, "2025-08-20T12:00")["A1"].status == status


def test_the_worst_part_is_the_finding_and_the_period_that_of_the_part_that_has_one() -> None:
    rule = {
        "for": {"case": {"closed_at": "filled"}},
        "parts": [
            {"must": {"dossier": {}}, "by": {"within": "$p", "from": "case.closed_at"}},
            {"must": {"record": "closure_record"}},
        ],
        "parameters": {"p": {"value": 3, "unit": "hours", "stricter": "shorter"}},
    }
    steps = told(("2025-08-20T10:00", intake.CaseClosedV1(outcome="performed", form="R9")))
    finding = judged(rule, steps, "2025-08-20T11:00")["K1"]
    assert (finding.status, finding.due) == ("violated", at("2025-08-20T13:00"))


def test_a_consequence_holds_since_what_it_follows_from() -> None:
    rule = {"for": {"case": {}}, "when": {"long_term_mark": {}}, "sets": {"retention_class": "long_term"}}
    mark = step("2025-08-20T10:00", "archive", CASE, keeping.LongTermMarkedV1(case="K1", reason=TEXT))
    steps = [*told(), mark]
    assert judged(rule, steps, "2025-08-20T09:00") == {}
    finding = judged(rule, steps, "2025-08-20T11:00")["K1"]
    assert (finding.status, finding.since, finding.sets) == (
        "satisfied",
        at("2025-08-20T10:00"),
        {"retention_class": "long_term"},
    )


@pytest.mark.parametrize(
    ("back", "stored", "base", "exception"),
    [
        (None, None, "not_applicable", "pending"),
        ("2025-08-23T10:00", "2025-08-24T10:00", "not_applicable", "satisfied"),
        ("2025-08-23T10:00", "2025-08-24T10:00:01", "not_applicable", "violated"),
        ("2025-08-23T10:00", "2025-08-22T10:00", "not_applicable", "satisfied"),
    ],
)
def test_an_exception_only_relaxes(back: str | None, stored: str | None, base: str, exception: str) -> None:
    book = LawBook((activate(compile_pack(pack_document("henan-2019", "2019-06-04"))),))
    day = "2025-08-20"
    act = intake.ActivityStartedV1(activity="A1", kind="inquiry", place=TEXT, officers=["lv"], present=[])
    steps = [
        penalty.story()[0],
        step(f"{day}T09:00", "intake", CASE, act),
        step(f"{day}T09:30", "intake", CASE, intake.ActivityEndedV1(activity="A1")),
    ]
    begun = media.AvSessionStartedV1(
        session="AV-1", case="K1", kind="video", mode="full", device="dv1", recorder="lv", activities=["A1"]
    )
    why = recording.AvExceptionRecordedV1(session="AV-1", ground="remote", reason=TEXT)
    for when, payload in (
        (f"{day}T09:00", begun),
        (f"{day}T09:20", media.AvSessionEndedV1(session="AV-1")),
        (f"{day}T09:25", why),
    ):
        steps.append(step(when, "media", "session:AV-1", payload))
    if back:
        steps.append(step(back, "intake", f"agency:{AGENCY}", acts.OfficerReturnedV1(officers=["lv"])))
    if stored:
        steps.append(step(stored, "media", "session:AV-1", penalty.stored("AV-1", stored)))
    now = at("2025-08-25T09:00")
    found = {f.rule: f.status for f in evaluate(book, build(penalty.facts(steps)), as_of=now) if f.subject == "AV-1"}
    assert (found["henan-2019/22.1a"], found["henan-2019/22.2"]) == (base, exception)
