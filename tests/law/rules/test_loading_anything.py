"""Whatever stands in a pack, reading it ends in a pack or in faults."""

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail_common.rules import PackError, compile_pack, pack_document
from casetrail_common.rules.selftest import self_test

WORDS = ["henan-2019/1.1", "record", "filled", "$contact_work", "case.closed_at", "none", "all", "promptly", "basis"]
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-2, 40), st.sampled_from(WORDS), st.text(max_size=3))
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(WORDS), st.integers()), inner, max_size=3),
    ),
    max_leaves=6,
)
DOCUMENT = pack_document("henan-2019", "2019-06-04")


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every value of a document."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place for key, value in items for place in ((*path, key), *places(value, (*path, key)))]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(places(DOCUMENT)), ANYTHING)
def test_a_value_replaced_by_anything_gives_a_pack_or_faults(place: tuple[Any, ...], value: Any) -> None:
    document = copy.deepcopy(DOCUMENT)
    node: Any = document
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = value
    try:
        faults = self_test(compile_pack(document))
    except PackError as error:
        faults = error.faults
    assert all(fault.zh and fault.en for fault in faults)
