"""When a missing range is asked for, and asked for again."""

from casetrail_common.bus.gaps import AGAIN_AFTER_S, PAGE, Gaps, Wanted


def gaps_with_hole(followed: int, hole_end: int, now: float = 0.0) -> Gaps:
    gaps = Gaps()
    gaps.stands("a", "intake", followed=followed, hole_end=hole_end, kept_next=False, now=now)
    return gaps


def test_a_hole_is_asked_for_at_once_and_only_once() -> None:
    gaps = gaps_with_hole(4, 7)
    assert gaps.due(0.0) == [Wanted("a", "intake", 5, 7)]
    assert gaps.due(0.1) == []


def test_an_unanswered_question_is_repeated_with_growing_pauses() -> None:
    gaps = gaps_with_hole(4, 7)
    gaps.due(0.0)
    assert gaps.due(AGAIN_AFTER_S)
    assert not gaps.due(2 * AGAIN_AFTER_S)
    assert gaps.due(3 * AGAIN_AFTER_S)


def test_a_long_range_is_asked_for_page_by_page() -> None:
    gaps = Gaps()
    gaps.heard_of("a", "intake", 2 * PAGE + 5)
    assert gaps.due(0.0) == [Wanted("a", "intake", 1, PAGE)]
    gaps.stands("a", "intake", followed=PAGE - 1, hole_end=0, kept_next=False, now=0.5)
    assert gaps.due(0.5) == []
    gaps.stands("a", "intake", followed=PAGE, hole_end=0, kept_next=False, now=0.6)
    assert gaps.due(0.6) == [Wanted("a", "intake", PAGE + 1, 2 * PAGE)]


def test_a_fact_that_waits_for_its_cause_is_not_asked_for() -> None:
    gaps = Gaps()
    gaps.heard_of("a", "review", 3)
    gaps.stands("a", "review", followed=1, hole_end=0, kept_next=True, now=0.0)
    assert gaps.due(0.0) == []


def test_what_has_been_followed_is_forgotten() -> None:
    gaps = gaps_with_hole(4, 7)
    gaps.stands("a", "intake", followed=9, hole_end=0, kept_next=False, now=1.0)
    assert not gaps.logs
    assert gaps.due(100.0) == []


def test_a_head_that_is_reached_asks_for_nothing() -> None:
    gaps = Gaps()
    gaps.heard_of("a", "intake", 3)
    gaps.stands("a", "intake", followed=3, hole_end=0, kept_next=False, now=0.0)
    assert gaps.due(0.0) == []


def test_what_another_worker_has_followed_is_not_asked_for() -> None:
    gaps = gaps_with_hole(4, 7)
    gaps.reached("a", "intake", 7, 1.0)
    assert gaps.due(1.0) == []
