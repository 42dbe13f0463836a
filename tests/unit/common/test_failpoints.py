"""How failpoints are named."""

import pytest

from casetrail_common.failpoints import armed_by


def test_a_misspelt_failpoint_is_refused() -> None:
    assert armed_by("a.b_c:2, d\n") == {"a.b_c": 2, "d": 1}
    for text in ("a:0", "a:b", "a b:", "a;b"):
        with pytest.raises(ValueError, match="not a failpoint"):
            armed_by(text)
