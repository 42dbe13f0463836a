"""Where a command arrives: who calls, once, after what, and on which condition; and how its outcome is told."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse, Response

from casetrail_common.auth import Principal, principal
from casetrail_common.canonical import canonical
from casetrail_common.ledger.fact import Actor
from casetrail_common.ledger.store import Answer, Call, Decide, Store
from casetrail_common.ledger.view import View
from casetrail_common.telemetry import current_traceparent
from casetrail_common.web.headers import POSITION_HEADER, IdempotencyKey, IfMatch, Positions

T = TypeVar("T")
Look = Callable[[View], Awaitable[tuple[T, bool]]]
"""Says what it sees, and whether nothing more is awaited."""


class Written(BaseModel):
    """The outcome of a command: ids of what it made, and where it stands."""

    model_config = ConfigDict(extra="allow")

    position: str
    """`<service>:<n>`; send it back as Casetrail-Positions to read what this wrote, in any service."""
    stream_position: int | None = None
    """Position in the stream the command wrote to; send it back as If-Match to decide on this state only."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One request that wishes to change something."""

    store: Store
    principal: Principal
    key: str
    if_match: int | None
    request_hash: bytes
    settle: Callable[[str, Look[Any]], Awaitable[Any]]
    """Looks at an agency until nothing more is awaited, or the time is up."""

    async def run(self, decide: Decide, *, stream: str | None = None) -> Response:
        """Decide and append; answer with ids and positions.

        Parameters
        ----------
        stream
            The stream that If-Match speaks of; usually that of the case.
        """
        return told(await self.decided(decide, stream=stream), status=201)

    async def decided(self, decide: Decide, *, stream: str | None = None) -> Answer:
        """Decide and append, for commands whose answer needs more than that."""
        call = Call(
            agency=self.principal.agency,
            actor=_actor(self.principal),
            key=self.key,
            request_hash=self.request_hash,
            stream=stream,
            if_match=self.if_match,
            traceparent=current_traceparent(),
        )
        return await self.store.execute(call, decide)

    async def settled(self, look: Look[T]) -> T:
        """Return what became of a command that other services, or jobs, complete; awaited for some seconds."""
        seen: T = await self.settle(self.principal.agency, look)
        return seen


def told(answer: Answer, *, status: int, **more: Any) -> Response:
    """Render the outcome of a command."""
    body = {**answer.body, **more, "position": answer.position}
    return JSONResponse(body, status_code=status, headers={POSITION_HEADER: answer.position})


async def desk(
    request: Request,
    who: Annotated[Principal, Depends(principal)],
    key: IdempotencyKey,
    if_match: IfMatch,
    positions: Positions,
) -> Desk:
    """Receive a command: known person, named wish, and everything it builds on followed."""
    state = request.app.state
    await state.wait_followed(who.agency, positions)
    named = canonical([request.method, request.url.path, request.url.query])
    body = await request.body()
    return Desk(state.store, who, key, if_match, hashlib.sha256(named + b"\n" + body).digest(), state.settled)


AtDesk = Annotated[Desk, Depends(desk)]


@dataclass(frozen=True, slots=True)
class Window:
    """One request that only wishes to see something."""

    store: Store
    principal: Principal

    async def decided(self, decide: Decide) -> Answer:
        """Decide whether something may be seen, and append that it was seen or that somebody tried to.

        No two looks are one: each has a key of its own, so that each is decided and recorded.
        """
        call = Call(
            agency=self.principal.agency,
            actor=_actor(self.principal),
            key=secrets.token_hex(16),
            request_hash=b"",
            traceparent=current_traceparent(),
        )
        return await self.store.execute(call, decide)


def _actor(who: Principal) -> Actor:
    return Actor(who.person, tuple(sorted(who.roles)), who.unit)


async def window(request: Request, who: Annotated[Principal, Depends(principal)], positions: Positions) -> Window:
    """Receive a query, after everything it asks to see has been followed."""
    state = request.app.state
    await state.wait_followed(who.agency, positions)
    return Window(state.store, who)


AtWindow = Annotated[Window, Depends(window)]

AsBorrower = Annotated[
    bool,
    Query(
        description="Read as somebody who has no part in handling the case, under an approved request, whoever calls."
        " 以调阅人身份查阅，须有经批准的申请。"
    ),
]
"""Whether an item is to be read as a borrower although the caller might read it by duty."""
