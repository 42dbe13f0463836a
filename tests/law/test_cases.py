"""What the regulations say, clause by clause, in small cases: the tables of `tests/law/cases`."""

import pytest

from casetrail_common.rules import SHIPPED
from support.law import cases_of, tables
from support.law.limits import broken_limits
from support.law.tables import active, law_of


@pytest.mark.parametrize("rule", sorted(tables()))
def test_a_clause_finds_what_its_table_says(rule: str) -> None:
    law = law_of(rule)
    assert [f"{case.story} -> {line}" for case in cases_of(rule) for line in case.differences(law)] == []


@pytest.mark.parametrize("pack", [pack for pack, _ in SHIPPED])
def test_every_rule_has_a_table(pack: str) -> None:
    assert {rule.id for rule in active(pack).pack.rules} - tables().keys() == set()


@pytest.mark.parametrize("pack", [pack for pack, _ in SHIPPED])
def test_a_pack_holds_the_numbers_of_its_text_and_may_be_tightened_but_not_relaxed(pack: str) -> None:
    assert list(broken_limits(active(pack).pack)) == []
