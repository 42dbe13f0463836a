"""Reading a ledger: facts by position, content by commitment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import asyncpg

from casetrail_common.ledger.content import ContentItem
from casetrail_common.ledger.fact import Fact, decode_fact

ERASED: Final = {"erased": True}
"""What a reader sees in place of content that was disposed of."""


async def facts_of(conn: asyncpg.Connection, stream: str, positions: Sequence[int] | None = None) -> list[Fact]:
    """Return the facts of a stream in order: all of them, or those at the given positions."""
    rows = await conn.fetch(
        "select body, prev_hash, hash from ledger "
        "where stream = $1 and ($2::bigint[] is null or stream_seq = any ($2)) order by stream_seq",
        stream, positions,
    )  # fmt: skip
    return [decode_fact(row["body"], prev_hash=row["prev_hash"], hash_=row["hash"]) for row in rows]


async def content_of(conn: asyncpg.Connection, commitments: Iterable[str]) -> dict[str, ContentItem]:
    """Return content by hexadecimal commitment; what was erased is absent."""
    rows = await conn.fetch(
        "select commitment, salt, bytes from content where commitment = any ($1) and bytes is not null",
        [bytes.fromhex(digest) for digest in commitments],
    )
    items = (ContentItem(row["commitment"], row["salt"], row["bytes"]) for row in rows)
    return {item.commitment.hex(): item for item in items}


def commitments_in(value: Any) -> Iterator[str]:
    """Yield every commitment that a payload, as plain JSON, refers to."""
    if isinstance(value, Mapping):
        if is_reference(value):
            yield value["sha256"]
            return
        for inner in value.values():
            yield from commitments_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from commitments_in(inner)


def is_reference(value: Any) -> bool:
    """Whether a value of a payload stands for content."""
    return isinstance(value, Mapping) and value.keys() == {"sha256"}


def with_content(value: Any, content: Mapping[str, ContentItem]) -> Any:
    """Return a payload, as plain JSON, with content in place of the references to it."""
    if is_reference(value):
        item = content.get(value["sha256"])
        return ERASED if item is None else item.value()
    if isinstance(value, Mapping):
        return {name: with_content(inner, content) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [with_content(inner, content) for inner in value]
    return value


async def shown(conn: asyncpg.Connection, facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """Return the payloads of facts with their content."""
    wanted = {digest for fact in facts for digest in commitments_in(fact.fields)}
    content = await content_of(conn, wanted)
    return [with_content(fact.fields, content) for fact in facts]
