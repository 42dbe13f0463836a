"""Identifiers: a prefix that names the owning service and a time-ordered UUID."""

from typing import Annotated, Final, Literal

import uuid_utils
from pydantic import StringConstraints

Service = Literal["intake", "media", "review", "archive"]
"""The four services, in the order in which positions and `seen` list them."""

SERVICES: Final[tuple[Service, ...]] = ("intake", "media", "review", "archive")

OWNER_OF_PREFIX: Final[dict[str, Service]] = {"i": "intake", "m": "media", "r": "review", "a": "archive"}
"""Which service answers for an item, by the letter its id begins with."""

ItemId = Annotated[str, StringConstraints(pattern=r"^[imra]-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
"""`<i|m|r|a>-<uuid7>`: the creator owns an item."""

AgencyId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
"""The tenant."""

PersonId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
"""The subject of a person's tokens. It stands in bodies for ever, so it must not itself be personal data."""

UnitId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


def new_id(service: Service) -> str:
    """Return a fresh id of an item that the service creates."""
    return f"{service[0]}-{uuid_utils.uuid7()}"


def stream_name(kind: str, agency: str, item: str) -> str:
    """Return the name of a stream, `kind:agency:id`."""
    return f"{kind}:{agency}:{item}"
