"""Originals on their way to a reader."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import cast


async def begun(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Read the first chunk before the answer begins, so that a store that fails is told by its status.

    Raises
    ------
    ObjectStoreError
        If the store has not got it, or does not answer.
    """
    first = await anext(chunks, b"")
    return _rest(first, chunks)


async def _rest(first: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async with aclosing(cast("AsyncGenerator[bytes]", chunks)):
        yield first
        async for chunk in chunks:
            yield chunk
