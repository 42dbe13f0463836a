"""Commands of archive."""

from collections.abc import Mapping
from typing import Any, Final

import httpx

from casetrail_embedded.scenarios.adapters.sending import Adapter, posting
from casetrail_embedded.scenarios.tenant import Desk


async def load_pack(desk: Desk, args: dict[str, Any]) -> httpx.Response:
    """Load a child pack; a parameter that is no period may stand in the file as its value alone."""
    rules = args.get("rules")
    for rule in rules if isinstance(rules, list) else ():
        if isinstance(rule, dict) and isinstance(rule.get("parameters"), dict):
            values = rule["parameters"].items()
            rule["parameters"] = {name: one if isinstance(one, dict) else {"value": one} for name, one in values}
    return await desk.send("POST", "/v1/rules/packs", args)


COMMANDS: Final[Mapping[str, Adapter]] = {
    "register_disc": posting("/v1/discs"),
    "annotate_disc": posting("/v1/discs/{disc}/annotations"),
    "file_dossier": posting("/v1/dossiers"),
    "transfer_dossier": posting("/v1/dossiers/{dossier}/transfers"),
    "set_retention": posting("/v1/dossiers/{dossier}/retention"),
    "load_pack": load_pack,
}
