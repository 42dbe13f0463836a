"""Fetch sessions, which aiokafka lacks: the broker remembers what is fetched, and only changes are named.

Without them every fetch names every partition, and so does every answer: for three topics, half a millisecond of
processor here and more at the broker, however little comes.

Source: KIP-227 (incremental fetch requests); Apache Kafka protocol guide, Fetch API (key 1) version 11.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import AIOKafkaConsumer
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import FetchSessionIdNotFound, InvalidFetchSessionEpoch
from aiokafka.protocol.api import Request
from aiokafka.protocol.fetch import FetchRequest, FetchRequest_v11

from casetrail_common.bus.kafka.broker import Place

_LOST: Final = frozenset({FetchSessionIdNotFound.errno, InvalidFetchSessionEpoch.errno})
_UNKNOWN: Final = -1
"""Leader epoch and beginning of the log, which only brokers tell each other."""
_LAST_EPOCH: Final = 2**31 - 1

From = tuple[int, int]
"""Offset and most bytes of a partition."""


@dataclass
class _Session:
    """What a broker knows of one consumer."""

    id: int = 0
    epoch: int = 0
    """Number of the next request; 0 asks for a new session."""
    known: Mapping[Place, From] = field(default_factory=dict)


def keep_sessions(consumer: AIOKafkaConsumer) -> None:
    """Have a consumer that has been started fetch in sessions."""
    fetcher = consumer._fetcher  # noqa: SLF001  aiokafka offers no way
    fetcher._client = _InSessions(fetcher._client)  # noqa: SLF001


class _InSessions:
    """A client that sends the fetches of one consumer in sessions, one with each broker, and all else as it is."""

    def __init__(self, client: AIOKafkaClient) -> None:
        self._client = client
        self._sessions: defaultdict[int, _Session] = defaultdict(_Session)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def send(self, node: int, request: Any, **options: Any) -> Any:
        """Send a request; a fetch names only what has changed since the last."""
        if not isinstance(request, FetchRequest):
            return await self._client.send(node, request, **options)
        response = await self._fetch(node, request)
        if response.error_code in _LOST:
            response = await self._fetch(node, request)
        return response

    async def _fetch(self, node: int, request: FetchRequest) -> Any:
        # Whatever goes wrong, the broker may be an answer ahead of us: then the next fetch begins a session anew.
        session = self._sessions.pop(node, _Session())
        wanted = {(topic, part): (at, most) for topic, parts in request.topics for part, at, most in parts}
        response = await self._client.send(node, _SessionRequest(request, session, wanted))
        if response.error_code == 0 and response.session_id:
            epoch = session.epoch + 1 if session.epoch < _LAST_EPOCH else 1
            self._sessions[node] = _Session(response.session_id, epoch, wanted)
        return response


class _SessionRequest(Request[FetchRequest_v11]):  # type: ignore[misc]  # aiokafka is not typed
    """A fetch that names what has changed since the last of its session."""

    API_KEY = 1

    def __init__(self, request: FetchRequest, session: _Session, wanted: Mapping[Place, From]) -> None:
        self._request = request
        self._session = session
        self._wanted = wanted

    def build(self, request_struct_class: type[FetchRequest_v11]) -> FetchRequest_v11:
        """Return the request in the only version that is used."""
        known = self._session.known
        changed = [
            (topic, (part, _UNKNOWN, at, _UNKNOWN, most))
            for (topic, part), (at, most) in self._wanted.items()
            if known.get((topic, part)) != (at, most)
        ]
        return request_struct_class(
            -1,
            self._request._max_wait_ms,  # noqa: SLF001  written by aiokafka's fetcher, read by its requests only
            self._request._min_bytes,  # noqa: SLF001
            self._request._max_bytes,  # noqa: SLF001
            self._request._isolation_level,  # noqa: SLF001
            self._session.id,
            self._session.epoch,
            _by_topic(changed),
            _by_topic(known.keys() - self._wanted.keys()),
            "",
        )


def _by_topic(pairs: Iterable[tuple[str, Any]]) -> list[tuple[str, list[Any]]]:
    topics: defaultdict[str, list[Any]] = defaultdict(list)
    for topic, one in pairs:
        topics[topic].append(one)
    return list(topics.items())
