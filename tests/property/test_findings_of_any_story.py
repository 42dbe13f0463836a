"""Whatever people do, in whatever order: what is found does not depend on how, and changes when it was said to."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail_common.canonical import first_prev
from casetrail_common.ledger.fact import decode_fact
from casetrail_common.rules import SHARED, SHIPPED, CaseFile, Finding, Happening, LawBook, after, build, evaluate
from casetrail_common.rules.judging import BROKEN
from support import penalty
from support.law.stories import told
from support.law.tables import CALENDAR, active
from support.penalty import Step

SECOND = timedelta(seconds=1)
BEGUN = (
    "register conduct={conduct} start={start} procedure={procedure} complaint=R0; device dv1; "
    "record R0 complaint_register fields=named:yes; record R1 initiation_approval marks=officer; "
    "record H1 handling_opinion; record D1 site_record identity=o1,o2 pages=2 corrections=c1; "
    "session S1 upload=yes; activity A1 {act} sessions=S1 key=entry"
)
DEEDS = (
    "flag K1 major",
    "flag A1 life_health",
    "flag K1 materials_incomplete",
    "emergency",
    "file_initiation R1",
    "opine R1 unit; opine R1 head",
    "opine R1 head result=disagree",
    "open",
    "refuse_acceptance",
    "record D2 inquiry_record about=A1,S1 begun=@10:00 ended=@11:00 fields=person,qa steps=identity,certificate_shown",
    "sign D1 officer:o1,officer:o2,party:p1:seal,party:p1:thumbprint:cross_page",
    "refuse D1 officers=o1",
    "end A1",
    "activity A2 enforcement method=transfer_of_funds; end A2",
    "party refusal",
    "party demand_response",
    "say S1 notice=yes voice=time,place,officers,act,focus tags=scene,door",
    "interrupt S1; resume S1",
    "interrupt S1 cause=bad_weather final=yes; tell_head S1",
    "fault F1 dv1",
    "repair dv1",
    "finish S1",
    "claim S1 remote",
    "return",
    "store S1",
    "prove S1",
    "disc C1 sessions=S1 notes=matter,time,place,method,officers",
    "submit H1; opine H1 legal; opine H1 head",
    "submit H1; returned H1",
    "decide R9 deadline=2025-09-20",
    "record V1 mail_proof fields=mail_class:express; serve SV1 R9 method=mail evidence=V1",
    "record P1 performance_record",
    "close",
    "file DS1 sessions=S1",
    "file DS1; hand_over DS1",
    "list u1 inquiry:penalty:full:door",
    "plan penalty general decision:sketch:item_list",
    "person c1 records_custodian",
    "retention inquiry",
    "mark_long_term",
    "attempt S1 worm_protected henan-2019/24.1a",
)
PAUSES = ("+1m", "+1h", "+23h", "+24h", "+9d")


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Step], datetime]:
    """Return the facts of some deeds, and the instant after the last."""
    begun = BEGUN.format(
        conduct=draw(st.sampled_from(["penalty", "permit", "compulsion", "inspection"])),
        start=draw(st.sampled_from(["ex_officio", "application", "complaint"])),
        procedure=draw(st.sampled_from(["general", "simplified"])),
        act=draw(st.sampled_from(["inquiry", "site_inspection", "seizure"])),
    )
    deeds = draw(st.lists(st.tuples(st.sampled_from(PAUSES), st.sampled_from(DEEDS)), max_size=14))
    return told("; ".join([begun, *(f"{pause} {deed}" for pause, deed in deeds)]), case="")


def found(pack: str, file: CaseFile, as_of: datetime) -> tuple[Finding, ...]:
    """Return what a regulation finds."""
    return evaluate(LawBook((active(pack),), CALENDAR), file, as_of=as_of)


PACKS = pytest.mark.parametrize("pack", [pack for pack, _ in SHIPPED])


@settings(max_examples=40, deadline=None)
@given(stories())
def test_every_stream_of_any_story_is_an_unbroken_chain(story: tuple[list[Step], datetime]) -> None:
    heads: dict[tuple[str, str], tuple[int, bytes]] = {}
    for fact in penalty.facts(story[0]):
        seq, head = heads.get((fact.service, fact.stream), (0, first_prev(fact.service, fact.stream)))
        assert (fact.stream_seq, fact.prev_hash) == (seq + 1, head)
        assert decode_fact(fact.body, prev_hash=fact.prev_hash, hash_=fact.hash) == fact
        heads[fact.service, fact.stream] = (fact.stream_seq, fact.hash)


@PACKS
@settings(max_examples=20, deadline=None)
@given(story=stories(), cut=st.integers(0, 60))
def test_findings_kept_fact_by_fact_are_those_from_scratch(
    pack: str, story: tuple[list[Step], datetime], cut: int
) -> None:
    steps, now = story
    facts = penalty.facts(steps)
    half = CaseFile.from_plain(json.loads(json.dumps(build(facts[:cut]).to_plain())))
    kept = after(half, *map(Happening.of, facts[cut:]))
    apart = build(f for f in facts if f.type not in SHARED).with_(build(f for f in facts if f.type in SHARED))
    assert found(pack, kept, now) == found(pack, apart, now) == found(pack, build(facts), now)


@PACKS
@settings(max_examples=20, deadline=None)
@given(story=stories(), back=st.integers(1, 20))
def test_what_was_found_then_is_found_again_later(pack: str, story: tuple[list[Step], datetime], back: int) -> None:
    steps, _ = story
    facts = penalty.facts(steps)
    then = facts[max(0, len(facts) - back)].recorded_at
    known_then = [fact for fact in facts if fact.recorded_at <= then]
    assert found(pack, build(facts, as_of=then), then) == found(pack, build(known_then), then)


@PACKS
@settings(max_examples=30, deadline=None)
@given(story=stories())
def test_between_two_facts_nothing_changes_but_at_the_due_dates_that_were_told(
    pack: str, story: tuple[list[Step], datetime]
) -> None:
    steps, now = story
    file = build(penalty.facts(steps))
    at_first = found(pack, file, now)
    dues = [finding.next_due for finding in at_first if finding.next_due]
    until = min(dues, default=now + timedelta(days=800))
    assert statuses(found(pack, file, until)) == statuses(at_first)
    if dues:
        assert statuses(found(pack, file, until + SECOND)) != statuses(at_first)


@PACKS
@settings(max_examples=30, deadline=None)
@given(story=stories())
def test_a_finding_never_contradicts_itself(pack: str, story: tuple[list[Step], datetime]) -> None:
    steps, now = story
    findings = found(pack, build(penalty.facts(steps)), now)
    assert len({(one.rule, one.subject) for one in findings}) == len(findings)
    for one in findings:
        assert (one.severity is not None) == (one.status in BROKEN)
        assert one.late_by_s is None or (one.status == "violated" and one.due is not None and one.late_by_s > 0)
        assert one.next_due is None or (one.status == "pending" and one.next_due >= now)
        assert not one.sets or (one.status == "satisfied" and one.since is not None)
        assert one.basis is None or one.status not in BROKEN


def statuses(findings: Sequence[Finding]) -> list[tuple[str, str, str]]:
    """Return how the subjects stand."""
    return [(one.rule, one.subject, one.status) for one in findings]
