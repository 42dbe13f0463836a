"""Clauses that are the sum of others."""

from casetrail_common.calendar import Calendar, calendar_document
from casetrail_common.rules import LawBook, activate, build, compile_pack, evaluate, pack_document, rolled_up
from support import penalty
from support.penalty import at

HENAN = activate(compile_pack(pack_document("henan-2019", "2019-06-04")))

WHOLES = {
    "fusong-env": {"11.1", "13.1", "17.1", "25.1"},
    "henan-2019": {"6.3", "9.1", "10.1", "11.1", "12.1", "17.1"},
    "jining-aic-2017": {"5.1b", "27.1"},
    "pengyang-2019": {"9.1", "15.1"},
    "qinghe-2019": {"6.1", "7.1", "8.1"},
}
"""The clauses whose items are judged one by one."""


def test_the_sum_is_as_bad_as_the_worst_of_its_items() -> None:
    now = at("2025-10-27T09:00")
    found = evaluate(
        LawBook((HENAN,), Calendar.of(calendar_document())), build(penalty.facts(penalty.story())), as_of=now
    )
    sums = {one.rule.removeprefix("henan-2019/"): one.status for one in rolled_up(HENAN.pack, found)}
    assert sums["10.1"] == sums["11.1"] == sums["17.1"] == "satisfied"
    bad = [one for one in found if one.rule == "henan-2019/12.1(3)"]
    assert sums["12.1"] == bad[0].status
    assert sums["6.3"] == "violated"


def test_every_clause_with_items_has_its_sum() -> None:
    for pack, clauses in WHOLES.items():
        version = {"henan-2019": "2019-06-04", "jining-aic-2017": "2017-11-21", "qinghe-2019": "2019-12-01"}
        compiled = compile_pack(pack_document(pack, version.get(pack, "undated")))
        sums = {one.rule.removeprefix(f"{pack}/") for one in rolled_up(compiled, ())}
        assert sums == clauses
