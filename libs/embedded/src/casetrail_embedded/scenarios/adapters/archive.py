"""Commands of archive."""

from collections.abc import Mapping
from typing import Final

from casetrail_embedded.scenarios.adapters.sending import Adapter, posting

COMMANDS: Final[Mapping[str, Adapter]] = {
    "register_disc": posting("/v1/discs"),
    "annotate_disc": posting("/v1/discs/{disc}/annotations"),
    "file_dossier": posting("/v1/dossiers"),
    "transfer_dossier": posting("/v1/dossiers/{dossier}/transfers"),
    "set_retention": posting("/v1/dossiers/{dossier}/retention"),
    "load_pack": posting("/v1/rules/packs"),
}
