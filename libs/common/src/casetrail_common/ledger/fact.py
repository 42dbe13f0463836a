"""A fact as it stands in a ledger, decoded once and passed around."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import from_json

from casetrail_common.canonical import chain
from casetrail_common.facts import Payload, parse_payload


class BrokenChainError(Exception):
    """A fact's bytes do not hash to what stands beside them."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted, by id and in which capacity; never a name."""

    person: str
    """Subject of the token, or `system:<service>` for a worker."""
    roles: tuple[str, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry of a ledger.

    `body` is the canonical JSON that was hashed; everything else is read from it, except the two hashes.
    """

    service: str
    agency: str
    n: int
    """Position in the log of (service, agency): 1, 2, 3 … without gaps."""
    stream: str
    stream_seq: int
    """Position in the stream, from 1."""
    type: str
    version: int
    actor: Actor
    occurred_at: datetime
    recorded_at: datetime
    seen: Mapping[str, int]
    """How far the service had followed each other service when it decided."""
    packs: tuple[str, ...]
    """`pack@version` of the packs in force when it was decided."""
    calendar: str | None
    payload: Payload | None
    """Typed payload; None for a type or version this build does not know."""
    fields: Mapping[str, Any]
    """The payload as plain JSON."""
    body: bytes
    prev_hash: bytes
    hash: bytes

    @property
    def stream_kind(self) -> str:
        """The kind of the stream, e.g. `case`."""
        return self.stream.partition(":")[0]

    @property
    def stream_item(self) -> str:
        """The id of the object whose stream this is."""
        return self.stream.split(":", 2)[2]


def decode_fact(body: bytes, *, prev_hash: bytes, hash_: bytes, check: bool = True) -> Fact:
    """Read a fact from its canonical bytes.

    Raises
    ------
    BrokenChainError
        If `check` is set and the hash is not that of `prev_hash` and `body`.
    """
    if check and chain(prev_hash, body) != hash_:
        raise BrokenChainError("hash does not match body and previous hash")
    data = from_json(body)
    actor = data["actor"]
    return Fact(
        service=data["service"],
        agency=data["agency"],
        n=data["n"],
        stream=data["stream"],
        stream_seq=data["stream_seq"],
        type=data["type"],
        version=data["version"],
        actor=Actor(actor["person"], tuple(actor["roles"]), actor["unit"]),
        occurred_at=datetime.fromisoformat(data["occurred_at"]),
        recorded_at=datetime.fromisoformat(data["recorded_at"]),
        seen=data["seen"],
        packs=tuple(data["packs"]),
        calendar=data["calendar"],
        payload=parse_payload(data["type"], data["version"], data["payload"]),
        fields=data["payload"],
        body=body,
        prev_hash=prev_hash,
        hash=hash_,
    )
