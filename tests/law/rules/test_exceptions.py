"""On which grounds a recording may be stored later, as the regulations in force say it together."""

from typing import Any

import pytest

from casetrail_common.records import enumerations
from casetrail_common.rules import Pack, admits_exception, compile_pack, pack_document

NAMED = {
    ("henan-2019", "2019-06-04"): {"remote", "water", "hard_to_reach", "out_of_area", "continuous_enforcement"},
    ("qinghe-2019", "2019-12-01"): {"remote", "water", "hard_to_reach", "out_of_area", "continuous_enforcement"},
    ("pengyang-2019", "undated"): {"remote", "hard_to_reach", "out_of_area", "continuous_work"},
    ("fusong-env", "undated"): set[str](),
    ("jining-aic-2017", "2017-11-21"): set[str](),
}
"""Source: henan-2019/22.2, qinghe-2019/16.2, pengyang-2019/10.2; the other two know no exception."""


def admitted(*packs: Pack) -> set[str]:
    grounds = enumerations()["storage_ground"]
    return {
        code for code in grounds if admits_exception(packs, kind="storage_exception", attribute="ground", code=code)
    }


def county(**more: Any) -> Pack:
    rule = {"rule": "demo-xiangyun/3.1", "overrides": "henan-2019/22.2", "authority_level": "normative_document"}
    pack = {"pack": "demo-xiangyun", "version": "v1", "inherits": "henan-2019"}
    return compile_pack({**pack, "rules": [{**rule, "parameters": {"grounds": {"value": ["remote"]}}, **more}]})


@pytest.mark.parametrize("pack", NAMED, ids=lambda pack: pack[0])
def test_the_grounds_are_those_of_the_text(pack: tuple[str, str]) -> None:
    assert admitted(compile_pack(pack_document(*pack))) == NAMED[pack]


def test_regulations_in_force_together_admit_what_either_does() -> None:
    packs = [compile_pack(pack_document(*pack)) for pack in NAMED]
    assert admitted(*packs) == set(enumerations()["storage_ground"])


def test_a_county_that_names_fewer_grounds_takes_the_place_of_its_province() -> None:
    henan = compile_pack(pack_document("henan-2019", "2019-06-04"))
    assert admitted(henan, county()) == {"remote"}
    assert admitted(county()) == {"remote"}


def test_nothing_in_force_admits_nothing() -> None:
    assert admitted() == set()
