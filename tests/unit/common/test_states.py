"""How much is remembered of folded states."""

import json
from dataclasses import dataclass

from casetrail_common.ledger.fold import Fold
from casetrail_common.ledger.states import MOST_CHARACTERS, States


@dataclass(frozen=True)
class Note:
    """Some state."""

    text: str


NOTE = Fold("note", Note, lambda _: (), lambda state, _: state, frozenset({"intake"}))


def put(states: States, item: str, *, version: int = 1, characters: int = 10) -> None:
    states.put("xinzheng", ("note", item), version=version, text=json.dumps({"text": "x" * characters}))


def test_a_state_is_remembered_with_its_version() -> None:
    states = States()
    put(states, "a", version=7, characters=1)
    assert states.remembered("xinzheng", NOTE, "a") == (7, Note("x"))
    assert states.remembered("zhongmu", NOTE, "a") is None


def test_what_was_not_used_for_longest_makes_room() -> None:
    states = States()
    third = MOST_CHARACTERS // 3
    put(states, "a", characters=third)
    put(states, "b", characters=third)
    assert states.remembered("xinzheng", NOTE, "a")
    put(states, "c", characters=third)
    remembered = {item for item in "abc" if states.remembered("xinzheng", NOTE, item)}
    assert remembered == {"a", "c"}


def test_a_state_put_again_takes_room_once() -> None:
    states = States()
    put(states, "a")
    for version in range(10):
        put(states, "b", version=version, characters=MOST_CHARACTERS // 2)
    assert states.remembered("xinzheng", NOTE, "a")
