"""One function per command: how it is done through the HTTP API of the service that owns it."""

from collections.abc import Mapping
from typing import Final

from casetrail_embedded.scenarios.adapters import archive, intake, media, review
from casetrail_embedded.scenarios.adapters.sending import Adapter

ADAPTERS: Final[Mapping[str, Adapter]] = {
    **intake.COMMANDS,
    **media.COMMANDS,
    **review.COMMANDS,
    **archive.COMMANDS,
}
"""By command."""

__all__ = ["ADAPTERS", "Adapter"]
