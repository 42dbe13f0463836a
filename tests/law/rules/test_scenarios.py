"""Every scenario that comes with the tests, told as facts and judged in process."""

import pytest

from casetrail_common.rules import LawBook
from support.scenarios import Scenario, differences, packs_of, scenarios, tell


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.id)
def test_a_scenario_finds_exactly_what_it_says(scenario: Scenario) -> None:
    active = packs_of(scenario)
    steps = tell(scenario, tuple(one.pack for one in active))
    book = LawBook(active, scenario.calendar, scenario.settings)
    assert differences(scenario, book, steps) == []
