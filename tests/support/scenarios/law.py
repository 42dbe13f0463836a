"""The packs that bind the agency of a scenario."""

from datetime import date

from casetrail_common.rules import SHIPPED, activate, compile_pack, pack_document
from casetrail_common.rules.pack import ActivePack
from support.scenarios.reading import Scenario


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
