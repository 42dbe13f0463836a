"""A fact on the wire: a CloudEvents 1.0 document around the canonical bytes, which travel unchanged.

Source: CloudEvents specification 1.0.2, JSON event format, structured mode.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from pydantic_core import from_json

from casetrail_common.bus.order import Key, Seen
from casetrail_common.facts.model import format_instant
from casetrail_common.ids import SERVICES, Service
from casetrail_common.ledger.content import ContentItem
from casetrail_common.ledger.fact import BrokenChainError, Fact, decode_fact

CE_TYPE: Final = "ce_type"
CE_ID: Final = "ce_id"
TRACEPARENT: Final = "traceparent"
NOTE_TYPE: Final = "casetrail.note.v1"
"""`ce_type` of an answer to a control request: it stands among the facts but is none."""

_REFERENCE: Final = re.compile(rb'\{"sha256":"([0-9a-f]{64})"\}')
"""How a reference to content looks in canonical JSON."""


class GarbledError(Exception):
    """A message from which not even the position of its fact can be read; the gap it leaves is asked for again."""


def content_references(body: bytes) -> list[bytes]:
    """Return the commitments that a body holds."""
    return [bytes.fromhex(found.decode()) for found in _REFERENCE.findall(body)]


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A fact as its owner's database holds it."""

    service: str
    agency: str
    n: int
    body: bytes
    prev_hash: bytes
    hash: bytes
    recorded_at: datetime


def encode(row: LedgerRow, content: Sequence[ContentItem]) -> tuple[dict[str, str], bytes]:
    """Return the headers and the value of the message that carries a fact. Erased content is simply absent."""
    head = json.loads(row.body)
    headers = {CE_TYPE: f"casetrail.{head['type']}.v{head['version']}", CE_ID: f"{row.service}/{row.agency}/{row.n}"}
    event = {
        "specversion": "1.0",
        "id": headers[CE_ID],
        "source": f"/casetrail/{row.service}",
        "type": headers[CE_TYPE],
        "subject": head["stream"],
        "time": format_instant(row.recorded_at),
        "datacontenttype": "application/json",
        "data": {
            "body": row.body.decode(),
            "prev_hash": row.prev_hash.hex(),
            "hash": row.hash.hex(),
            "content": [
                {"commitment": item.commitment.hex(), "salt": item.salt.hex(), "bytes": item.bytes.decode()}
                for item in content
            ],
        },
    }
    return headers, json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Letter:
    """A fact as it arrived, not yet believed."""

    service: Service
    agency: str
    n: int
    stream: str
    body: bytes
    prev_hash: bytes
    hash: bytes
    content: tuple[ContentItem, ...] = ()
    traceparent: str | None = None

    @property
    def key(self) -> Key:
        """What names it within its agency."""
        return self.service, self.n

    @cached_property
    def _opened(self) -> Fact | Exception:
        try:
            fact = decode_fact(self.body, prev_hash=self.prev_hash, hash_=self.hash)
        except (BrokenChainError, ValueError, KeyError, TypeError, AttributeError) as error:
            return error
        if (fact.service, fact.agency, fact.n, fact.stream) != (self.service, self.agency, self.n, self.stream):
            return BrokenChainError("the body is that of another fact")
        if not all(item.is_genuine for item in self.content):
            return BrokenChainError("content is not what the body commits to")
        return fact

    def open(self) -> Fact:
        """Return the fact, after checking its hash, its place and its content.

        Raises
        ------
        BrokenChainError
            If a hash, the place or a commitment does not match.
        ValueError
            If it is no fact, or the payload is not of its type. `KeyError`, `TypeError` likewise.
        """
        if isinstance(self._opened, Exception):
            raise self._opened
        return self._opened

    @property
    def opened(self) -> Fact | None:
        """The fact, or None where `open` would raise."""
        return None if isinstance(self._opened, Exception) else self._opened

    @property
    def seen(self) -> Seen:
        """What its service had followed; nothing if it cannot be read, so that it is parked when its turn comes."""
        return self.opened.seen if self.opened else {}


def decode(value: bytes, headers: Mapping[str, bytes]) -> Letter:
    """Read a message.

    Raises
    ------
    GarbledError
        If it is no event of ours.
    """
    try:
        event = from_json(value)
        name, agency, n = str(event["id"]).split("/")
        service = next(service for service in SERVICES if service == name)
        data: dict[str, Any] = event["data"]
        return Letter(
            service=service,
            agency=agency,
            n=int(n),
            stream=str(event["subject"]),
            body=data["body"].encode(),
            prev_hash=bytes.fromhex(data["prev_hash"]),
            hash=bytes.fromhex(data["hash"]),
            content=tuple(_content_item(item) for item in data["content"]),
            traceparent=headers[TRACEPARENT].decode() if TRACEPARENT in headers else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration) as error:
        raise GarbledError(type(error).__name__) from error


def _content_item(item: Mapping[str, str]) -> ContentItem:
    return ContentItem(bytes.fromhex(item["commitment"]), bytes.fromhex(item["salt"]), item["bytes"].encode())
