"""Facts that arrive in any order, twice, or not at all are each applied once, in order, after their causes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from casetrail_common.bus.gaps import Gaps
from casetrail_common.bus.order import Key, Seen, plan, reachable
from casetrail_common.ids import Service

ME: Service = "archive"
OTHERS: tuple[Service, ...] = ("intake", "media", "review")


@dataclass
class FollowerModel:
    """A follower reduced to what it decides."""

    history: Mapping[Key, Seen]
    limit: int
    followed: dict[Service, int] = field(default_factory=dict)
    kept: set[Key] = field(default_factory=set)
    applied: list[Key] = field(default_factory=list)
    gaps: Gaps = field(default_factory=Gaps)
    time: float = 0.0

    def receive(self, keys: Iterable[Key]) -> None:
        arrived = {key: self.history[key] for key in keys}
        while self._take(arrived):
            arrived = {}

    def ask(self) -> list[list[Key]]:
        self.time += 100.0
        return [
            [(wanted.service, n) for n in range(wanted.first, wanted.last + 1)] for wanted in self.gaps.due(self.time)
        ]

    def _take(self, arrived: Mapping[Key, Seen]) -> bool:
        run = set(reachable(self.followed, self.kept | arrived.keys(), limit=self.limit))
        kept = {key: self.history[key] if key in run else None for key in self.kept}
        decided = plan(ME, self.followed, arrived=arrived, kept=kept)
        self.followed.update(decided.apply)
        self.applied += decided.apply
        self.kept = (self.kept | decided.keep) - set(decided.apply)
        for service in OTHERS:
            n = self.followed.get(service, 0)
            self.gaps.stands(
                "a",
                service,
                followed=n,
                hole_end=decided.missing.get(service, (0, 0))[1],
                kept_next=(service, n + 1) in self.kept,
                now=self.time,
            )
        return bool(decided.apply)


@st.composite
def histories(draw: st.DrawFn) -> dict[Key, Seen]:
    """Facts of three services in the order they were decided, each having seen some of what came before."""
    history: dict[Key, Seen] = {}
    heads = dict.fromkeys(OTHERS, 0)
    seen = {service: dict.fromkeys((*OTHERS, ME), 0) for service in OTHERS}
    for _ in range(draw(st.integers(0, 25))):
        service = draw(st.sampled_from(OTHERS))
        for other in OTHERS:
            if other != service:
                seen[service][other] = draw(st.integers(seen[service][other], heads[other]))
        heads[service] += 1
        history[service, heads[service]] = {other: n for other, n in seen[service].items() if other != service}
    return history


@given(st.data(), histories(), st.integers(1, 5))
def test_whatever_is_lost_repeated_or_reordered_each_fact_is_applied_once_in_order_after_its_causes(
    data: st.DataObject, history: dict[Key, Seen], limit: int
) -> None:
    follower = FollowerModel(history, limit)
    keys = list(history)
    deliveries = data.draw(st.lists(st.lists(st.sampled_from(keys), max_size=6), max_size=20)) if keys else []
    for delivery in deliveries:
        follower.receive(delivery)
    for service in OTHERS:
        follower.gaps.heard_of("a", service, max((n for s, n in keys if s == service), default=0))
    follower.receive([])
    lossy_rounds = data.draw(st.integers(0, 5))
    for round_ in range(lossy_rounds + 2 * len(keys) + 2):
        for asked in follower.ask():
            follower.receive([key for key in asked if round_ >= lossy_rounds or data.draw(st.booleans())])
    assert_causal(follower.applied, history)
    assert sorted(follower.applied) == sorted(keys)
    assert not follower.kept
    assert not follower.gaps.logs


def assert_causal(applied: list[Key], history: Mapping[Key, Seen]) -> None:
    reached: dict[str, int] = dict.fromkeys((*OTHERS, ME), 0)
    for service, n in applied:
        assert n == reached[service] + 1
        assert all(reached[other] >= m for other, m in history[service, n].items() if other != ME)
        reached[service] = n


def test_what_the_other_had_seen_of_us_needs_no_waiting() -> None:
    decided = plan(ME, {}, arrived={("review", 1): {ME: 7}}, kept={})
    assert decided.apply == (("review", 1),)


def test_a_repeated_fact_is_dropped() -> None:
    decided = plan(ME, {"intake": 3}, arrived={("intake", 3): {}}, kept={})
    assert not decided.apply
    assert not decided.keep


def test_a_fact_with_a_hole_before_it_is_kept_and_the_hole_is_named() -> None:
    decided = plan(ME, {"intake": 3}, arrived={("intake", 6): {}, ("intake", 9): {}}, kept={})
    assert decided.keep == {("intake", 6), ("intake", 9)}
    assert decided.missing == {"intake": (4, 5)}


def test_an_effect_waits_for_its_cause_and_nothing_is_missing() -> None:
    decided = plan(ME, {}, arrived={("review", 1): {"intake": 2}}, kept={})
    assert decided.keep == {("review", 1)}
    assert not decided.missing


def test_a_cause_releases_its_effect_of_another_service() -> None:
    decided = plan(ME, {"intake": 1}, arrived={("intake", 2): {}}, kept={("review", 1): {"intake": 2}})
    assert decided.apply == (("intake", 2), ("review", 1))


def test_a_kept_fact_that_was_not_read_is_not_applied() -> None:
    decided = plan(ME, {}, arrived={}, kept={("intake", 1): None})
    assert not decided.apply
    assert not decided.missing
