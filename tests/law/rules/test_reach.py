"""How far the rules about the agency and its devices look."""

from datetime import date

import pytest

from casetrail_common.rules import SHIPPED, LawBook, activate, compile_pack, needs_cases, pack_document

LOOKS = {"fusong-env": False, "henan-2019": False, "jining-aic-2017": True, "pengyang-2019": False, "qinghe-2019": True}
"""Jining looks at what happened to a device; Qinghe at which cases were opened and which recordings stored."""


@pytest.mark.parametrize(("pack", "version"), SHIPPED)
def test_a_law_says_whether_the_agency_is_judged_by_its_cases(pack: str, version: str) -> None:
    active = activate(compile_pack(pack_document(pack, version)), date(2020, 1, 1))
    assert needs_cases(LawBook((active,))) is LOOKS[pack]
