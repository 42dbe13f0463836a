"""What to do with facts that arrive in any order, twice, or not at all: pure.

A fact is applied once, directly after its predecessor in the log it comes from, and after everything its service had
seen when it decided. Whatever cannot be applied yet is kept; what is missing is named, so that it can be asked for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casetrail_common.ids import SERVICES, Service

Key = tuple[Service, int]
"""Service and position: names a fact within one agency."""

Seen = Mapping[str, int]
"""How far the fact's service had followed each other service when it decided."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with the facts at hand."""

    apply: tuple[Key, ...]
    """To be applied, in this order."""
    keep: frozenset[Key]
    """Arrived, but their turn has not come."""
    missing: Mapping[Service, tuple[int, int]]
    """First and last position of the first hole in what is at hand, by service."""


def reachable(followed: Mapping[Service, int], keys: Iterable[Key], *, limit: int) -> list[Key]:
    """Return the keys that no hole separates from what is followed, at most `limit` of each service."""
    at_hand = set(keys)
    run: list[Key] = []
    for service in {service for service, _ in at_hand}:
        first = followed.get(service, 0) + 1
        n = first
        while n - first < limit and (service, n) in at_hand:
            run.append((service, n))
            n += 1
    return run


def plan(
    me: Service, followed: Mapping[Service, int], *, arrived: Mapping[Key, Seen], kept: Mapping[Key, Seen | None]
) -> Plan:
    """Decide over the facts of one agency.

    Parameters
    ----------
    me
        The following service; what a fact's service had seen of it needs no waiting.
    followed
        The last position applied, by service.
    arrived
        Facts just received; those already applied are dropped.
    kept
        Facts received earlier whose turn had not come. None stands for one that was not read, perhaps because a hole
        lies before it: it is not applied now.
    """
    at_hand = {key: seen for key, seen in {**kept, **arrived}.items() if key[1] > followed.get(key[0], 0)}
    apply, reached = _in_causal_order(me, followed, at_hand)
    left = at_hand.keys() - set(apply)
    return Plan(
        apply=tuple(apply),
        keep=frozenset(left & arrived.keys()),
        missing=_first_holes(reached, left),
    )


def _in_causal_order(
    me: Service, followed: Mapping[Service, int], at_hand: Mapping[Key, Seen | None]
) -> tuple[list[Key], dict[Service, int]]:
    reached = dict(followed)
    order: list[Key] = []
    services = sorted({service for service, _ in at_hand})
    moved = True
    while moved:
        moved = False
        for service in services:
            while (key := (service, reached.get(service, 0) + 1)) in at_hand:
                seen = at_hand[key]
                if seen is None or not _causes_met(me, reached, service, seen):
                    break
                order.append(key)
                reached[service] = key[1]
                moved = True
    return order, reached


def _causes_met(me: Service, reached: Mapping[Service, int], owner: Service, seen: Seen) -> bool:
    return all(reached.get(other, 0) >= seen.get(other, 0) for other in SERVICES if other not in (me, owner))


def _first_holes(reached: Mapping[Service, int], left: Iterable[Key]) -> dict[Service, tuple[int, int]]:
    nearest: dict[Service, int] = {}
    for service, n in left:
        nearest[service] = min(n, nearest.get(service, n))
    expected = {service: reached.get(service, 0) + 1 for service in nearest}
    return {service: (expected[service], n - 1) for service, n in nearest.items() if n > expected[service]}
