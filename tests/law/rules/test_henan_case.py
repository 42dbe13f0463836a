"""One penalty case judged by the rules of Henan, and what changes when the case runs otherwise."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from casetrail_common.calendar import Calendar, calendar_document
from casetrail_common.facts import archive, common, intake, media, review
from casetrail_common.rules import Finding, LawBook, activate, build, compile_pack, evaluate, pack_document
from support import penalty
from support.penalty import Step, at, moved, record, step, story, told_otherwise, without

HENAN = activate(compile_pack(pack_document("henan-2019", "2019-06-04")))
CALENDAR = Calendar.of(calendar_document())
BOOK = LawBook((HENAN,), CALENDAR)
LATER = at("2025-10-27T09:00")


def judged(steps: Sequence[Step], now: datetime = LATER, book: LawBook = BOOK) -> dict[tuple[str, str], Finding]:
    """Return the findings by the number of the clause and the subject."""
    found = evaluate(book, build(penalty.facts(steps), as_of=now), as_of=now)
    return {(finding.rule.removeprefix("henan-2019/"), finding.subject): finding for finding in found}


def broken(steps: Sequence[Step], now: datetime = LATER) -> dict[tuple[str, str], str]:
    """Return what is not fulfilled."""
    return {
        key: finding.status
        for key, finding in judged(steps, now).items()
        if finding.status in {"violated", "overdue", "needs_review"}
    }


LATE_STORAGE = {("22.1a", "AV-2"): "violated"}
LATE_FILING = {("21.1", "K1"): "violated"}


def test_before_the_due_date_filing_is_pending_and_only_the_late_storage_stands_out() -> None:
    now = at("2025-10-20T09:00")
    found = judged(story(), now)
    assert broken(story(), now) == LATE_STORAGE
    filing, storage = found["21.1", "K1"], found["22.1a", "AV-2"]
    assert (filing.status, filing.severity, filing.due) == ("pending", None, at("2025-10-23T23:59:59"))
    assert filing.next_due == filing.due
    assert (storage.severity, storage.due) == ("error", at("2025-08-20T23:59:59"))
    assert storage.late_by_s == 8 * 3600 + 10 * 60 + 1


def test_at_the_end_every_duty_but_the_two_late_ones_is_fulfilled() -> None:
    found = judged(story())
    assert broken(story()) == LATE_STORAGE | LATE_FILING
    assert found["21.1", "K1"].due == at("2025-10-23T23:59:59")
    assert found["21.1", "K1"].late_by_s == 10 * 3600 + 1
    assert found["22.1a", "AV-1"].due == at("2025-08-13T23:59:59")
    for clause, subject in (
        ("11.1(3)", "K1"),
        ("11.1(4)", "K1"),
        ("12.1(1)", "SV1"),
        ("12.1(3)", "K1"),
        ("13.1", "K1"),
    ):
        finding = found[clause, subject]
        assert (finding.status, finding.severity, finding.due) == ("satisfied", None, None)


def test_a_finding_cites_the_law_and_the_objects_it_rests_on() -> None:
    finding = judged(story())["21.1", "K1"]
    assert (finding.pack, finding.calendar, finding.engine) == ("henan-2019@2019-06-04", "CN-2024-2026", "1")
    assert finding.evidence == ("DS1",)
    fact = finding.as_fact("K1")
    assert isinstance(fact, archive.FindingChangedV1)
    assert (fact.case, fact.rule, fact.subject, fact.late_by_s) == ("K1", "henan-2019/21.1", "K1", 36001)


@pytest.mark.parametrize(
    ("filed", "status", "late_by_s"),
    [("2025-10-23T23:59:59", "satisfied", None), ("2025-10-24T00:00:00", "violated", 1)],
)
def test_filing_is_in_time_up_to_the_last_second_of_the_twentieth_working_day(
    filed: str, status: str, late_by_s: int | None
) -> None:
    finding = judged(moved(story(), archive.DossierFiledV1, filed))["21.1", "K1"]
    assert (finding.status, finding.late_by_s) == (status, late_by_s)


@pytest.mark.parametrize(("now", "status"), [("2025-10-23T23:59:59", "pending"), ("2025-10-24T00:00:00", "overdue")])
def test_an_unfiled_dossier_is_overdue_from_the_second_after_the_due_date(now: str, status: str) -> None:
    finding = judged(without(story(), archive.DossierFiledV1), at(now))["21.1", "K1"]
    assert (finding.status, finding.next_due is None) == (status, status == "overdue")


def test_a_fraction_of_the_last_second_still_belongs_to_the_day() -> None:
    steps = moved(story(), archive.DossierFiledV1, "2025-10-23T23:59:59.900000")
    assert judged(steps)["21.1", "K1"].status == "satisfied"


def test_without_legal_review_the_decision_violates_the_clause_on_it() -> None:
    assert broken(without(story(), review.LegalOpinedV1)) == LATE_STORAGE | LATE_FILING | {
        ("11.1(3)", "K1"): "violated"
    }


def test_a_head_who_disagrees_does_not_carry_the_decision() -> None:
    steps = told_otherwise(story(), review.HeadApprovedV1, result="disagree")
    assert broken(steps) == LATE_STORAGE | LATE_FILING | {("11.1(4)", "K1"): "violated"}


def test_a_collective_discussion_carries_the_decision_in_place_of_the_head() -> None:
    discussion = record("R-talk", "collective_discussion_record", ["members", "opinions", "conclusion"])
    steps = [*without(story(), review.HeadApprovedV1), step("2025-09-04T09:00", "intake", "case:K1", discussion)]
    finding = judged(steps)["11.1(4)", "K1"]
    assert (finding.status, finding.evidence) == ("satisfied", ("R-talk",))


def test_opinions_given_in_a_submission_fall_with_it() -> None:
    back = review.ReviewReturnedV1(submission="S1", reason=penalty.TEXT)
    again = review.ReviewSubmittedV1(submission="S2", case="K1", form="R-handling")
    steps = [
        *story(),
        step("2025-09-04T11:00", "review", "case:K1", back),
        step("2025-09-04T12:00", "review", "case:K1", again),
        step("2025-09-04T12:00", "intake", "case:K1", intake.ReviewAcceptedV1(submission="S2")),
    ]
    missing = {("11.1(2)", "K1"), ("11.1(3)", "K1"), ("11.1(4)", "K1")}
    assert set(broken(steps)) == missing | set(LATE_STORAGE | LATE_FILING)


def test_an_opinion_given_before_the_submission_counts() -> None:
    legal = penalty.opinion(intake.OpinionGivenV1, "R-handling", "legal", "2025-08-29")
    steps = [*without(story(), review.LegalOpinedV1), step("2025-08-29T09:15", "intake", "case:K1", legal)]
    assert judged(steps)["11.1(3)", "K1"].status == "satisfied"


def test_a_submission_that_intake_did_not_accept_counts_for_nothing() -> None:
    steps = without(story(), intake.ReviewAcceptedV1)
    assert {"11.1(2)", "11.1(3)", "11.1(4)"} <= {clause for clause, _ in broken(steps)}


def test_closing_on_the_eve_of_national_day_moves_the_due_date_past_the_holidays() -> None:
    steps = moved(without(story(), archive.DossierFiledV1), intake.CaseClosedV1, "2025-09-30T17:00")
    assert judged(steps)["21.1", "K1"].due == at("2025-11-04T23:59:59")


def test_a_year_without_calendar_gives_a_provisional_due_date() -> None:
    steps = moved(without(story(), archive.DossierFiledV1), intake.CaseClosedV1, "2026-12-21T17:00")
    finding = judged(steps, at("2026-12-22T09:00"))["21.1", "K1"]
    assert (finding.status, finding.provisional) == ("pending", True)
    assert finding.due == at("2027-01-18T23:59:59")


def test_what_is_recorded_later_is_not_known_yet_and_what_is_entered_late_is_not_late() -> None:
    late_entry = [
        Step(s.when, s.service, s.stream, s.payload, at("2025-10-26T09:00"))
        if isinstance(s.payload, archive.DossierFiledV1)
        else s
        for s in moved(story(), archive.DossierFiledV1, "2025-10-20T09:00")
    ]
    assert judged(late_entry, at("2025-10-25T09:00"))["21.1", "K1"].status == "overdue"
    assert judged(late_entry)["21.1", "K1"].status == "satisfied"


def test_a_recording_without_spoken_notes_or_notice_violates_both_clauses() -> None:
    silent = without(story(), media.AvNoticeGivenV1, lambda p: p.session == "AV-1")
    silent = without(silent, media.AvAnnotatedV1, lambda p: p.session == "AV-1" and bool(p.voice))
    added = media.AvAnnotatedV1(session="AV-1", voice=["time", "place", "officers", "act", "focus"])
    healed = [*silent, step("2025-08-14T09:00", "media", "session:AV-1", added)]
    assert broken(silent) == LATE_STORAGE | LATE_FILING | {
        ("18.2a", "AV-1"): "violated",
        ("18.2b", "AV-1"): "violated",
    }
    assert ("18.2a", "AV-1") not in broken(healed)


def test_people_are_told_during_the_recording_and_not_afterwards() -> None:
    for when, is_broken in (("16:30:00", False), ("16:30:01", True)):
        untold = without(story(), media.AvNoticeGivenV1, lambda p: p.session == "AV-1")
        notice = step(f"2025-08-13T{when}", "media", "session:AV-1", media.AvNoticeGivenV1(session="AV-1"))
        assert (("18.2b", "AV-1") in broken([*untold, notice])) == is_broken


def test_a_missing_record_is_pending_during_the_act_and_violated_from_its_end() -> None:
    steps = without(story(), intake.RecordAddedV1, lambda p: p.record == "D-1")
    assert judged(steps, at("2025-08-13T16:00"))["10.1(2)", "A1"].status == "pending"
    assert judged(steps, at("2025-08-13T16:30"))["10.1(2)", "A1"].status == "violated"


@pytest.mark.parametrize(("ends", "status"), [("11:50", "satisfied"), ("11:40", "violated")])
def test_an_act_that_touches_property_is_filmed_to_its_end(ends: str, status: str) -> None:
    flag = intake.CaseFlaggedV1(target="A2", flag="major_property", reason=penalty.TEXT)
    cut = [
        Step(at(f"2025-08-20T{ends}"), s.service, s.stream, s.payload)
        if isinstance(s.payload, media.AvSessionEndedV1) and s.payload.session == "AV-2"
        else s
        for s in story()
    ]
    found = judged([*cut, step("2025-08-20T11:05", "intake", "case:K1", flag)])
    assert found["15.1", "A2"].status == found["18.1", "A2"].status == status
    assert ("15.2", "A2") not in found


def test_an_act_without_recording_needs_a_note_that_says_why() -> None:
    bare = told_otherwise(story(), intake.ActivityStartedV1, lambda p: p.activity == "A1", sessions=[])
    note = record("R-waiver", "av_waiver_note", ["ground", "reason"], about=["A1"])
    noted = judged([*bare, step("2025-08-13T16:30", "intake", "case:K1", note)])["15.2", "A1"]
    missing = judged(bare)["15.2", "A1"]
    assert (missing.status, missing.severity) == ("violated", "warning")
    assert (noted.status, noted.basis, noted.evidence) == ("satisfied", "waiver", ("R-waiver",))


def test_an_order_to_correct_asks_for_its_verification_before_closure() -> None:
    ordered = told_otherwise(story(), review.DecisionIssuedV1, correction_deadline=date(2025, 9, 10))
    checked = record("R-check", "correction_verification", ["order", "checked_at", "result"], identity=penalty.IDENTITY)
    assert ("12.1(2)", "K1") in broken(ordered)
    assert ("12.1(2)", "K1") not in broken([*ordered, step("2025-09-11T09:00", "intake", "case:K1", checked)])
    assert ("12.1(2)", "K1") not in judged(story())


def test_refused_attempts_are_counted_where_they_lie_and_break_nothing() -> None:
    attempt = common.IncidentRecordedV1(
        item="AV-1", code="worm_protected", clause="henan-2019/24.1a", command="delete_original"
    )
    twice = [step(f"2025-08-14T09:0{n}", "media", "session:AV-1", attempt) for n in range(2)]
    finding = judged([*story(), *twice])["24.1a", "AV-1"]
    assert (finding.status, finding.incidents, judged(story())["24.1a", "AV-2"].incidents) == ("satisfied", 2, 0)


def test_what_began_before_the_regulation_is_not_judged_by_it() -> None:
    late_law = LawBook((activate(HENAN.pack, date(2025, 8, 12)),), CALENDAR)
    found = judged(story(), book=late_law)
    assert ("11.1(3)", "K1") not in found
    assert ("22.1a", "AV-1") in found
    assert ("21.1", "K1") in found


def test_a_period_follows_the_version_in_force_at_its_trigger() -> None:
    document = {**pack_document("henan-2019", "2019-06-04"), "version": "2025-09-01", "in_force_from": "2025-09-01"}
    newer = activate(compile_pack(document))
    found = judged(story(), book=LawBook((newer, HENAN), CALENDAR))
    assert found["21.1", "K1"].pack == "henan-2019@2025-09-01"
    assert found["11.1(3)", "K1"].pack == "henan-2019@2019-06-04"
    assert found["22.1a", "AV-1"].pack == "henan-2019@2019-06-04"
    assert len(found) == len(judged(story()))


def test_every_second_around_a_due_date_is_judged_alike_when_looked_at_again() -> None:
    file = build(penalty.facts(without(story(), archive.DossierFiledV1)))
    due = at("2025-10-23T23:59:59")
    statuses = [
        next(f.status for f in evaluate(BOOK, file, as_of=due + timedelta(seconds=n)) if f.rule == "henan-2019/21.1")
        for n in (-1, 0, 1, 2)
    ]
    assert statuses == ["pending", "pending", "overdue", "overdue"]
