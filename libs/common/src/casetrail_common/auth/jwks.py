"""The issuer's public keys, kept so that its rotation is followed and its outage survived."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

import httpx
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from casetrail_common.errors import CasetrailError

logger = logging.getLogger(__name__)

Key = ECKey | RSAKey | OKPKey | OctKey
Fetch = Callable[[], Awaitable[Any]]

MAX_AGE_S: Final = 300.0
"""Seconds after which keys are fetched anew: how long a key that the issuer withdrew is still believed."""

MIN_REFETCH_S: Final = 10.0
"""Seconds between two fetches: tokens with invented key ids must not become a flood at the issuer."""

FIRST_FETCH_S: Final = 1.0
"""Seconds between two fetches while there are no keys at all, so that starting together with the issuer is quick."""

FETCH_TIMEOUT_S: Final = 2.0


class KeySource(Protocol):
    """Gives the public key a token names."""

    async def key(self, kid: str | None) -> Key:
        """Return the key with this id; without an id, the only key there is.

        Raises
        ------
        InvalidKeyIdError
            If the issuer has no such key.
        CasetrailError
            `issuer_unavailable` if no keys could be fetched so far.
        """
        ...


class JwksCache:
    """Keys fetched from the issuer, fetched again when they are old or do not hold the key asked for."""

    def __init__(self, fetch: Fetch, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = asyncio.Lock()
        self._keys: KeySet | None = None
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")

    async def key(self, kid: str | None) -> Key:
        """Return the key with this id."""
        found = self._find(kid)
        if found is None or self._monotonic() - self._fetched_at > MAX_AGE_S:
            await self._refresh()
            found = self._find(kid)
        if found is not None:
            return found
        if self._keys is None:
            raise CasetrailError("issuer_unavailable")
        raise InvalidKeyIdError

    def _find(self, kid: str | None) -> Key | None:
        if self._keys is None:
            return None
        try:
            return self._keys.get_by_kid(kid)
        except InvalidKeyIdError:
            return None

    async def _refresh(self) -> None:
        """Fetch the keys unless that was tried a moment ago; keep the old ones if it fails."""
        async with self._lock:
            pause = FIRST_FETCH_S if self._keys is None else MIN_REFETCH_S
            if self._monotonic() - self._tried_at < pause:
                return
            self._tried_at = self._monotonic()
            try:
                self._keys = KeySet.import_key_set(await self._fetch())
            except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
                logger.warning("keys of the issuer could not be fetched: %s", type(error).__name__)
                return
            self._fetched_at = self._monotonic()


def fetch_from(url: str) -> Fetch:
    """Return what fetches a key set over HTTP."""

    async def fetch() -> Any:
        async with httpx.AsyncClient(timeout=FETCH_TIMEOUT_S) as client:
            answer = await client.get(url)
            answer.raise_for_status()
            return answer.json()

    return fetch
