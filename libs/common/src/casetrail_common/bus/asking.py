"""Asking a service something and waiting for its answer, in whatever process it is needed."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Final, Self

from casetrail_common.bus.envelope import CE_ID, CE_TYPE, NOTE_TYPE
from casetrail_common.bus.kafka import BrokerUnavailableError, Publisher, open_tail
from casetrail_common.bus.messages import Kind, Note, Request, decode_note
from casetrail_common.bus.questions import outgoing
from casetrail_common.bus.topics import ANSWERS_TOPIC
from casetrail_common.bus.transient import Backoff
from casetrail_common.ids import Service

log = logging.getLogger(__name__)

AGAIN_S: Final = 2.0
"""Seconds after which an unanswered request is sent once more: it, or its answer, may be lost."""


NO_HEADS: Final[Mapping[str, int]] = {}


class NoAnswerError(Exception):
    """A service did not answer in time."""

    def __init__(self, owner: str) -> None:
        super().__init__(f"{owner} did not answer")
        self.owner = owner


class Asker:
    """Sends requests and reads the notes that answer them, as a member of no group.

    So it works in any process, however many answer requests themselves. It starts listening with the first question.
    """

    def __init__(self, me: Service, bootstrap: str, publisher: Publisher) -> None:
        self._me = me
        self._bootstrap = bootstrap
        self._publisher = publisher
        self._waiting: dict[str, asyncio.Future[Note]] = {}
        self._listening: asyncio.Task[None] | None = None
        self._open = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening

    async def ask(
        self,
        owners: Iterable[Service],
        kind: Kind,
        agency: str,
        *,
        timeout_s: float,
        now: datetime | None = None,
        heads: Mapping[str, int] = NO_HEADS,
    ) -> list[Note]:
        """Ask several services at once and return their answers.

        Raises
        ------
        NoAnswerError
            If any of them did not answer in time.
        """
        wish = {"kind": kind, "asker": self._me, "agency": agency, "now": now, "heads": heads}
        requests = [Request.model_validate({**wish, "owner": owner}) for owner in owners]
        futures = [self._waiting.setdefault(one.id, asyncio.get_running_loop().create_future()) for one in requests]
        try:
            async with asyncio.timeout(timeout_s):
                await self._listen()
                while True:
                    open_ = [one for one, future in zip(requests, futures, strict=True) if not future.done()]
                    if not open_:
                        return [future.result() for future in futures]
                    with contextlib.suppress(BrokerUnavailableError):
                        await self._publisher.publish([outgoing(request) for request in open_])
                    await asyncio.wait(futures, timeout=AGAIN_S)
        except TimeoutError:
            silent = next(one.owner for one, future in zip(requests, futures, strict=True) if not future.done())
            raise NoAnswerError(silent) from None
        finally:
            for request in requests:
                self._waiting.pop(request.id, None)

    async def _listen(self) -> None:
        if self._listening is None or self._listening.done():
            self._open.clear()
            self._listening = asyncio.create_task(self._hear(), name="answers")
        await self._open.wait()

    async def _hear(self) -> None:
        backoff = Backoff()
        while True:
            try:
                async with open_tail(self._bootstrap, [ANSWERS_TOPIC]) as tail:
                    self._open.set()
                    backoff.reset()
                    while True:
                        for headers, value in await tail.read():
                            self._take(headers, value)
            except BrokerUnavailableError as error:
                self._open.clear()
                log.info("answers cannot be heard for now", extra={"error": str(error)})
                await asyncio.sleep(backoff.next())

    def _take(self, headers: dict[str, bytes], value: bytes) -> None:
        if headers.get(CE_TYPE) != NOTE_TYPE.encode():
            return
        request = headers.get(CE_ID, b"").decode().rpartition("/")[2]
        future = self._waiting.get(request)
        if future is not None and not future.done():
            note = decode_note(value)
            if note is not None:
                future.set_result(note)
