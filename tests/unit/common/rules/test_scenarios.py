"""Every scenario that comes with the tests, told as facts and judged in process."""

from datetime import date

import pytest

from casetrail_common.rules import SHIPPED, LawBook, activate, compile_pack, pack_document
from casetrail_common.rules.pack import ActivePack
from support.scenarios import Scenario, differences, scenarios, tell


def packs_of(scenario: Scenario) -> tuple[ActivePack, ...]:
    """Return the packs of the agency, and those that it loads."""
    versions = dict(SHIPPED)
    active = [
        activate(compile_pack(pack_document(one["pack"], versions[one["pack"]])), date.fromisoformat(one["valid_from"]))
        for one in scenario.text["agency"]["packs"]
    ]
    for step in scenario.text["steps"]:
        if step["do"] == "load_pack" and step["expect"] == "ok":
            args = step["args"]
            rules = [{"rule": rule["id"], **{k: v for k, v in rule.items() if k != "id"}} for rule in args["rules"]]
            child = {"pack": args["pack"], "version": args["version"], "inherits": args["inherits"], "rules": rules}
            active.append(activate(compile_pack(child), date.fromisoformat(args["valid_from"])))
    return tuple(active)


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.id)
def test_a_scenario_finds_exactly_what_it_says(scenario: Scenario) -> None:
    active = packs_of(scenario)
    steps = tell(scenario, tuple(one.pack for one in active))
    book = LawBook(active, scenario.calendar, scenario.settings)
    assert differences(scenario, book, steps) == []
