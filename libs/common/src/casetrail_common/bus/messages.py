"""What services ask of each other on the control topic, and the notes that answer it."""

import json
import logging
import secrets
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from casetrail_common.bus.envelope import NOTE_TYPE
from casetrail_common.ids import AgencyId, Service

log = logging.getLogger(__name__)

Kind = Literal["range", "heads", "watermark", "status", "clock"]
"""`range`: publish facts again. `heads`: say how long every log is. `watermark`: close the past up to now.
`status`: say how far you are. `clock`: set the simulated clock, then say how far you are."""


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Request(_Message):
    """A request to the owner of a log."""

    kind: Kind
    id: str = Field(default_factory=lambda: secrets.token_hex(8))
    asker: Service
    owner: Service
    agency: AgencyId | None = None
    first: Annotated[int, Field(ge=1)] | None = None
    last: Annotated[int, Field(ge=1)] | None = None
    now: AwareDatetime | None = None
    """Where `clock` sets the clock."""
    heads: dict[str, int] = {}
    """Positions by service: `status` is told once these are followed and nothing of the agency moves in the service, or
    a little later if that takes longer."""

    def encode(self) -> bytes:
        """Return the value of the message on the control topic."""
        return self.model_dump_json(exclude_none=True).encode()


class Held(_Message):
    """A parked stream."""

    service: str
    """Whose facts are parked."""
    stream: str


class Status(_Message):
    """How far a service is with one agency, at one moment."""

    service: Service
    n: int
    """The last position of its own log."""
    followed: dict[str, int]
    waiting: int
    """Facts that came before their predecessors or causes."""
    parked: list[Held]
    """The first few parked streams."""
    jobs: int
    """Work caused by facts and not yet done."""
    simulated: AwareDatetime | None = None
    """The agency's clock; None = real."""
    last: AwareDatetime | None = None
    """Instant before which the log is closed: its last fact or watermark."""

    def lacks(self, heads: Mapping[str, int]) -> str:
        """Return what keeps the service from being at rest at some heads, in a few words; empty if nothing does."""
        if self.jobs:
            return f"{self.service}: {self.jobs} jobs"
        for other, head in heads.items():
            if other != self.service and self.followed.get(other, 0) < head:
                return f"{self.service}: {other}:{head}"
        return f"{self.service}: {self.waiting} facts wait for their causes" if self.waiting else ""


class Note(_Message):
    """An answer. Heads stand among the owner's facts, on the agency's partition, but have no position; the others go
    to the asker on a topic of their own."""

    kind: Literal["heads", "watermark", "status"]
    request: str
    owner: Service
    agency: AgencyId
    n: int
    """The last position of the owner's log. Heads follow that fact on the topic."""
    t: AwareDatetime | None = None
    """Watermark: every fact recorded before t is among the first n."""
    status: Status | None = None

    @property
    def id(self) -> str:
        """What the event is called; the request comes last."""
        return f"{self.owner}/{self.agency}/{self.request}"

    def encode(self) -> bytes:
        """Return the value of the message."""
        event = {
            "specversion": "1.0",
            "id": self.id,
            "source": f"/casetrail/{self.owner}",
            "type": NOTE_TYPE,
            "datacontenttype": "application/json",
            "data": self.model_dump(mode="json", exclude_none=True),
        }
        return json.dumps(event, separators=(",", ":")).encode()


def decode_note(value: bytes) -> Note | None:
    """Read a note; None if it is none of ours, which is logged."""
    try:
        return Note.model_validate(json.loads(value)["data"])
    except (ValueError, KeyError, TypeError):
        log.exception("a note could not be read")
        return None
