"""What the rules of Henan refuse before it happens."""

from collections.abc import Sequence
from datetime import datetime

from casetrail_common.facts import intake, review
from casetrail_common.ids import stream_name
from casetrail_common.ledger.append import NewFact
from casetrail_common.rules import LawBook, Refusal, activate, build, compile_pack, gate, pack_document
from support import penalty
from support.penalty import AGENCY, Step, at, decision, record, step, story, told_otherwise, without

BOOK = LawBook((activate(compile_pack(pack_document("henan-2019", "2019-06-04"))),))
HEAD = Refusal("head_or_collective_missing", "henan-2019/11.1(4)", "henan-2019@2019-06-04")
DECIDED = at("2025-09-04T15:00")
LEGAL = Refusal("legal_review_missing", "henan-2019/11.1(3)", "henan-2019@2019-06-04")


def refused(steps: Sequence[Step], *, command: str = "issue_decision", now: datetime = DECIDED) -> Refusal | None:
    """Return what a decision meets that is wanted after all earlier steps but the decision itself."""
    earlier = [s for s in without(steps, review.DecisionIssuedV1) if s.when <= now]
    wanted = NewFact(stream_name("case", AGENCY, "K1"), decision())
    return gate(BOOK, build(penalty.facts(earlier)), [wanted], command=command, now=now)


def test_a_reviewed_and_approved_decision_passes() -> None:
    assert refused(story()) is None


def test_while_both_are_missing_the_legal_review_is_named_first() -> None:
    assert refused(story(), now=at("2025-09-01T10:00")) == LEGAL


def test_with_the_legal_review_done_the_head_is_still_awaited() -> None:
    assert refused(story(), now=at("2025-09-03T17:00")) == HEAD


def test_only_the_agreement_of_the_head_opens_the_gate() -> None:
    assert refused(told_otherwise(story(), review.HeadApprovedV1, result="disagree")) == HEAD


def test_a_collective_discussion_opens_it_too() -> None:
    talk = record("R-talk", "collective_discussion_record", ["members", "opinions", "conclusion"])
    steps = [*without(story(), review.HeadApprovedV1), step("2025-09-04T09:00", "intake", "case:K1", talk)]
    assert refused(steps) is None


def test_legal_review_is_asked_of_other_acts_only_if_they_are_major() -> None:
    bare = without(told_otherwise(story(), intake.CaseRegisteredV1, conduct_type="levy"), review.LegalOpinedV1)
    flag = intake.CaseFlaggedV1(target="K1", flag="major", reason=penalty.TEXT)
    assert refused(bare) is None
    assert refused([*bare, step("2025-08-12T09:00", "intake", "case:K1", flag)]) == LEGAL


def test_a_simplified_penalty_is_decided_on_the_spot() -> None:
    steps = told_otherwise(story(), intake.CaseRegisteredV1, procedure="simplified")
    assert refused(without(steps, review.ReviewSubmittedV1)) is None


def test_without_any_submission_the_decision_is_refused() -> None:
    assert refused(without(story(), review.ReviewSubmittedV1)) == LEGAL


def test_a_flag_on_an_activity_does_not_make_the_case_major() -> None:
    bare = without(told_otherwise(story(), intake.CaseRegisteredV1, conduct_type="levy"), review.LegalOpinedV1)
    flag = intake.CaseFlaggedV1(target="A1", flag="major", reason=penalty.TEXT)
    assert refused([*bare, step("2025-08-14T09:00", "intake", "case:K1", flag)]) is None


def test_an_old_violation_does_not_stand_in_the_way_of_other_work() -> None:
    # The case is decided already, and without legal review: the same command breaks nothing newly.
    steps = without(story(), review.LegalOpinedV1)
    file = build(penalty.facts(s for s in steps if s.when <= at("2025-09-04T15:00")))
    wanted = NewFact(stream_name("case", AGENCY, "K1"), decision())
    assert gate(BOOK, file, [wanted], command="issue_decision", now=at("2025-09-04T16:00")) is None


def test_a_command_that_no_rule_gates_is_not_judged() -> None:
    assert refused(without(story(), review.LegalOpinedV1), command="close_case") is None
