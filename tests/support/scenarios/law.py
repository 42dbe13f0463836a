"""The packs that bind the agency of a scenario."""

from datetime import date
from functools import cache

from casetrail_common.rules import SHIPPED, Pack, activate, compile_pack, pack_document
from casetrail_common.rules.pack import ActivePack
from support.scenarios.reading import Scenario


def packs_of(scenario: Scenario) -> tuple[ActivePack, ...]:
    """Return the packs of the agency, and those that it loads."""
    active = [
        activate(_shipped(one["pack"]), date.fromisoformat(one["valid_from"]))
        for one in scenario.text["agency"]["packs"]
    ]
    for step in scenario.text["steps"]:
        if step["do"] == "load_pack" and step["expect"] == "ok":
            args = step["args"]
            rules = [{"rule": rule["id"], **{k: v for k, v in rule.items() if k != "id"}} for rule in args["rules"]]
            child = {"pack": args["pack"], "version": args["version"], "inherits": args["inherits"], "rules": rules}
            active.append(activate(compile_pack(child), date.fromisoformat(args["valid_from"])))
    return tuple(active)


@cache
def _shipped(pack_id: str) -> Pack:
    return compile_pack(pack_document(pack_id, dict(SHIPPED)[pack_id]))
